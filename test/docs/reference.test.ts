// The reference pages are true: their figures are those of the profiles, their policies are valid, and they have the parts that they should.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { parseDuration, parseSize } from '../../src/sandbox/policy/units.ts'

const docs = (path: string) => new URL(`../../docs/${path}`, import.meta.url)
const page = (path: string) => readFileSync(docs(path), 'utf8')
const capabilityPages = readdirSync(docs('capabilities')).map((name) => `capabilities/${name}`)
const PAGES = ['policy.md', ...capabilityPages]
const NAMES = ['strict', 'default', 'relaxed'] as const
const { quotas, capabilities } = PROFILES.get('default')!

/** Rows of all tables with this head, as cells. */
function rows(path: string, head: string): string[][] {
  const lines = page(path).split('\n')
  return lines.flatMap((line, at) => {
    if (!line.startsWith(`| ${head} |`)) return []
    const end = lines.findIndex((other, later) => later > at && !other.startsWith('|'))
    return lines.slice(at + 2, end).map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  })
}
const bare = (cell: string) => cell.replaceAll('`', '')

/** 32 MiB, 10 s, 1,000, 255 bytes: as the policy's own units read them. */
const figure = (cell: string) => {
  const text = cell.replaceAll(',', '').replace(' bytes', '').replaceAll(' ', '')
  return parseSize(text) ?? parseDuration(text)
}

describe.each(PAGES)('docs/%s', (path) => {
  it.each(rows(path, 'quota').map((cells) => [bare(cells[0]!), cells] as const))('gives the figures of %s', (name, cells) => {
    expect(Object.keys(quotas)).toContain(name)
    for (const [column, profile] of NAMES.entries())
      expect(figure(cells[2 + column]!)).toBe(PROFILES.get(profile)!.quotas[name as keyof typeof quotas])
  })

  it.each(rows(path, 'capability | strict').map((cells) => [bare(cells[0]!), cells] as const))(
    'says what the profiles grant of %s',
    (name, cells) => {
      for (const [column, profile] of NAMES.entries())
        expect(parse(bare(cells[1 + column]!))).toEqual(PROFILES.get(profile)!.capabilities[name as keyof typeof capabilities])
    },
  )

  // Live directories are offered on Linux only; the pages say so.
  const examples = [...page(path).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)
  it('has an example', () => expect(examples.length).toBeGreaterThan(0))
  it.each(examples)('has a policy that can be used: %s', (text) => {
    const input = parse(text)
    const policy = resolvePolicy(input)
    for (const [part, values] of Object.entries(input as Record<string, Record<string, unknown>>))
      if (part !== 'extends') for (const name of Object.keys(values)) expect(policy).toHaveProperty([part, name])
  })
})

describe('docs/policy.md', () => {
  it('has every quota and every capability', () => {
    expect(rows('policy.md', 'quota').map(([name]) => bare(name!))).toEqual(Object.keys(quotas))
    expect(rows('policy.md', 'capability | strict').map(([name]) => bare(name!))).toEqual(Object.keys(capabilities))
    const explained = rows('policy.md', 'capability | values').flatMap(([names]) => bare(names!).split(', '))
    expect(explained.sort()).toEqual(Object.keys(capabilities).sort())
  })

  it('links to every page about a capability', () => {
    for (const path of capabilityPages) expect(page('policy.md')).toContain(`(${path})`)
  })
})

describe.each(capabilityPages)('docs/%s', (path) => {
  it('has the parts that every such page has, in their order', () => {
    expect([...page(path).matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual([
      'What it grants',
      'In a policy',
      'What it protects',
      'What it does not protect',
      'Allow and deny',
      'Errors and events',
      'Quotas',
      'Host calls',
    ])
  })
})

describe('the pages about capabilities', () => {
  it('say of every quota that a guest can use up at run time what it does', () => {
    const shown = new Set(capabilityPages.flatMap((path) => rows(path, 'quota').map(([name]) => bare(name!))))
    for (const name of [
      'outputBytes',
      'handles',
      'fileBytes',
      'inodes',
      'networkBytes',
      'networkRequests',
      'kvBytes',
      'kvEntries',
      'reports',
      'reportBytes',
      'hostCallMs',
    ])
      expect([...shown]).toContain(name)
  })

  it('have every host call that needs a capability', () => {
    const shown = new Set(
      capabilityPages.flatMap((path) => [...page(path).matchAll(/\(\.\.\/abi\.md#(\w+)\)/g)].map((match) => match[1])),
    )
    expect(ABI.filter((call) => call.capabilities.length > 0 && !shown.has(call.name)).map(({ name }) => name)).toEqual([])
  })

  // The errnos of a page's table are ones that some call of the page answers.
  it.each(capabilityPages)('docs/%s names only errnos that its calls answer', (path) => {
    const text = page(path)
    const names = new Set([...text.matchAll(/\(\.\.\/abi\.md#(\w+)\)/g)].map((match) => match[1]))
    const calls = names.size > 0 ? ABI.filter(({ name }) => names.has(name)) : ABI
    const answers: readonly string[] = calls.flatMap(({ errnos }) => errnos)
    const own = path.endsWith('host-calls.md') ? ['notcapable'] : []
    for (const [, errno = ''] of text.matchAll(/errors\/errno-(\w+)\.md/g)) expect([...answers, ...own]).toContain(errno)
  })
})
