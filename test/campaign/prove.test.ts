// `gauntlet prove` on a toy project: what is selected, what the record says, and which code it ends with.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Budget } from '../../src/campaign/budget.ts'
import { type ProveOptions, prove, SelectionError, selectWeakenings } from '../../src/campaign/prove.ts'
import type { Weakening } from '../../src/campaign/weakening-file.ts'
import { type ProveRecord, proveFiles, proveRecordSchema, writeProve } from '../../src/reports/prove/record.ts'
import { proveHeadline, proveTable } from '../../src/reports/prove/text.ts'
import { scratch, toyAttack } from './toys.ts'

const SANDBOX = `export default (level) => ({ name: 'toy', version: '1', run: async ({ module }) => ({
  outcome: String.fromCharCode(...module) === 'evil' ? 'refused' : 'completed', detail: '', messages: [], stdout: new Uint8Array(0), stderr: new Uint8Array(0), exitCode: null, values: [], events: [] }) })`
const yaml = (id: string, find: string, replace: string): string =>
  `id: ${id}\ntitle: t\ncontrol: import-match\nthreats: [LNK-01]\nfile: src/targets/sandbox.ts\nfind: ${find}\nreplace: ${replace}\nwitnesses: [EVIL]\n`

let project: ReturnType<typeof scratch>
const write = (path: string, text: string): void => {
  mkdirSync(join(project.path, path, '..'), { recursive: true })
  writeFileSync(join(project.path, path), text)
}
beforeEach(() => {
  project = scratch()
  write('package.json', '{"name":"toy","version":"1.2.3","type":"module"}')
  write('src/targets/sandbox.ts', SANDBOX)
  write('fuzz/weakenings/a.yaml', yaml('lets-in', '"\'evil\'"', '"\'never\'"'))
  write('fuzz/weakenings/b.yaml', yaml('no-effect', 'level', 'grade'))
})
afterEach(() => project.remove())

const run = (changes: Partial<ProveOptions> = {}): Promise<ProveRecord> =>
  prove({
    root: project.path,
    command: 'gauntlet prove',
    seed: 7,
    round: 1,
    parallel: 2,
    parts: { loadAttacks: async () => ({ attacks: [toyAttack('EVIL', 'evil')], unreadable: [] }) },
    ...changes,
  })

describe('prove', () => {
  it('says of each weakening whether it was found, by what, and how long that took', async () => {
    const record = await run()
    expect(proveRecordSchema.parse(record)).toEqual(record)
    expect(record.weakenings).toMatchObject([
      { id: 'lets-in', found: true, by: ['EVIL'] },
      { id: 'no-effect', found: false, by: [], reason: expect.stringContaining('contained all the same') },
    ])
    expect(record.weakenings.every(({ ms }) => ms > 0)).toBe(true)
    expect(record).toMatchObject({ completion: 'complete', selected: 2, stored: 2, project: { name: 'toy' } })
    expect(proveHeadline(record)).toMatch(/^1 of 2 planted weakenings found in .*; 1 missed\.$/)
    expect(proveTable(record)).toMatch(/^control +found +median +slowest\nimport-match +1 of 2 .*\nmissed no-effect: .*\n1 of 2 /)
  })

  it('plants only what is asked for', async () => {
    expect((await run({ only: ['lets-*'] })).weakenings.map(({ id }) => id)).toEqual(['lets-in'])
  })

  it('leaves nothing out in silence when the time is spent or it is stopped', async () => {
    const spent = await run({ budget: new Budget(0) })
    expect(spent.weakenings).toMatchObject([
      { result: 'not-run', found: null, reason: 'the time was spent' },
      { result: 'not-run', found: null, reason: 'the time was spent' },
    ])
    expect(spent.completion).toBe('complete')
    expect(proveHeadline(spent)).toMatch(/^0 of 0 planted weakenings found in .*; 2 not planted\.$/)
    const stopped = await run({ signal: AbortSignal.abort() })
    expect(stopped).toMatchObject({ completion: 'interrupted', weakenings: [{ reason: 'it was interrupted' }, {}] })
  })

  it('reports after each one, as interrupted until the end', async () => {
    const seen: string[] = []
    await run({
      parallel: 1,
      onProgress: (record, { id }) => seen.push(`${record.completion} ${record.weakenings.length} ${id}`),
    })
    expect(seen).toEqual(['interrupted 1 lets-in', 'interrupted 2 no-effect'])
  })

  it('tells of files that cannot be read', async () => {
    write('fuzz/weakenings/bad.yaml', 'id: x\n')
    const unreadable = ['corpus/x.wat: no header']
    const record = await run({ parts: { loadAttacks: async () => ({ attacks: [], unreadable }) } })
    expect(record.faults).toEqual([expect.stringMatching(/^fuzz\/weakenings\/bad\.yaml: /), ...unreadable])
  })

  it('writes a record that reads as it was, and a table of all weakenings', async () => {
    const record = await run()
    await writeProve(record, project.path)
    const files = proveFiles(project.path)
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toEqual(record)
    const markdown = readFileSync(files.markdown, 'utf8')
    // What was missed stands first.
    expect(markdown).toMatch(/no-effect.*lets-in/s)
    expect(markdown).toContain('| `lets-in` t | `import-match` | `LNK-01` | found | `EVIL` |')
  })
})

describe('selectWeakenings', () => {
  const stored = [
    { id: 'a.b-1', threats: ['LNK-01'] },
    { id: 'a-b-2', threats: ['RES-01', 'LNK-01'] },
    { id: 'c', threats: ['RES-01'] },
  ] as unknown as Weakening[]
  const ids = (selection: Parameters<typeof selectWeakenings>[1]) => selectWeakenings(stored, selection).map(({ id }) => id)

  it.each([
    [{}, ['a.b-1', 'a-b-2', 'c']],
    [{ only: ['c'] }, ['c']],
    [{ only: ['a*'] }, ['a.b-1', 'a-b-2']],
    [{ only: ['a.b*'] }, ['a.b-1']],
    [{ only: ['*-2', 'c'] }, ['a-b-2', 'c']],
    [{ threats: ['RES-01'] }, ['a-b-2', 'c']],
    [{ only: ['a*'], threats: ['RES-01'] }, ['a-b-2']],
  ])('%j selects %j', (selection, expected) => expect(ids(selection)).toEqual(expected))

  it.each([
    [{ only: ['a'] }, /No weakening fits "a"/],
    [{ only: ['c', 'd*'] }, /No weakening fits "d\*"/],
    [{ threats: ['XXX-01'] }, /about the threat "XXX-01"/],
    [{ only: ['a.b-1'], threats: ['RES-01'] }, /both --only and --threat/],
  ])('%j is a mistake', (selection, message) => {
    expect(() => ids(selection)).toThrow(SelectionError)
    expect(() => ids(selection)).toThrow(message)
  })

  it('finds nothing where nothing is stored', () => expect(selectWeakenings([], {})).toEqual([]))
})

it('leaves no copy behind', async () => {
  await run()
  expect(existsSync(join(project.path, '.cache/weakened/lets-in'))).toBe(false)
})
