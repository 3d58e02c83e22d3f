// The engine gate against versions that are none of this process's: which are affected, which are not, and what it says where it does not know.
import { describe, expect, test } from 'vitest'
import { ADVISORIES, ENDED_LINES, LIST_DATE } from '../../../src/sandbox/engine/advisories.ts'
import { judgeEngine } from '../../../src/sandbox/engine/gate.ts'
import { createSandbox, resolvePolicy } from '../../../src/sandbox/index.ts'
import { unenforceable } from '../../../src/sandbox/policy/enforceable.ts'

const of = (node: string) => ({ node, v8: '13.6.233.17-node.53' })

describe('judgeEngine', () => {
  test('knows what is published about a version, and only for its line', () => {
    expect(judgeEngine(of('22.13.0')).advisories).toContain('CVE-2025-23083')
    expect(judgeEngine(of('22.13.1')).advisories).not.toContain('CVE-2025-23083')
    expect(judgeEngine(of('24.0.0')).advisories).not.toContain('CVE-2025-23083')
    expect(judgeEngine(of('26.3.0')).advisories).toEqual(['CVE-2026-48617', 'CVE-2026-48935', 'CVE-2026-48936'])
  })

  test.each(['22.23.0', '24.17.0', '24.21.0', '26.3.1', '26.10.0'])('has nothing against %s', (node) => {
    expect(judgeEngine(of(node))).toMatchObject({ problems: [], advisories: [] })
  })

  test.each(ADVISORIES)('$id: the fixed version of each line is not affected, and the one before is', ({ id, node }) => {
    for (const [line, [minor, patch]] of Object.entries(node)) {
      const before = patch > 0 ? `${line}.${minor}.${patch - 1}` : `${line}.${minor - 1}.99`
      expect(judgeEngine(of(`${line}.${minor}.${patch}`)).advisories).not.toContain(id)
      expect(judgeEngine(of(before)).advisories).toContain(id)
    }
  })

  test('says of a line that has ended that nobody mends it', () => {
    expect(judgeEngine(of('25.9.0')).problems.join()).toContain('no fixes since')
  })

  test.each([
    { bun: '1.4.5', node: '24.21.0', webkit: 'x' },
    { deno: '2.9.5', node: '24.21.0', v8: '14.0' },
    { node: '24.21.0' },
    { node: 'next', v8: '14.0' },
    {},
  ])('does not take %o for a Node.js that it knows', (versions) => {
    expect(judgeEngine(versions)).toMatchObject({ advisories: [] })
    expect(judgeEngine(versions).problems.join()).toContain('no Node.js that the list of advisories knows')
  })

  test('says how old its list is, once it is old', () => {
    const at = Date.parse(LIST_DATE)
    expect(judgeEngine(of('24.21.0'), at).list).not.toContain('days old')
    expect(judgeEngine(of('24.21.0'), at + 200 * 24 * 3600e3).list).toContain('200 days old')
  })
})

describe('the list', () => {
  test('has a source and a day for each entry, none later than its own', () => {
    for (const { id, published, source } of ADVISORIES) {
      expect(id).toMatch(/^CVE-\d{4}-\d{4,6}$/)
      expect(published <= LIST_DATE).toBe(true)
      expect(source).toMatch(/^https:\/\/nodejs\.org\/en\/blog\/vulnerability\//)
    }
    expect(new Set(ADVISORIES.map(({ id }) => id)).size).toBe(ADVISORIES.length)
    for (const day of ENDED_LINES.values()) expect(day <= LIST_DATE).toBe(true)
  })
})

describe('a policy', () => {
  const refusing = {
    ...resolvePolicy('default'),
    isolation: { ...resolvePolicy('default').isolation, engineGate: 'refuse' as const },
  }

  test('with engineGate refuse is refused on an engine with a published defect, and on no other', () => {
    expect(unenforceable(refusing, of('22.13.0')).map(({ place }) => place)).toEqual(['isolation.engineGate'])
    expect(unenforceable(refusing, of('22.13.0'))[0]!.reason).toContain('CVE-2025-23083')
    expect(unenforceable(refusing, of('24.21.0'))).toEqual([])
  })

  test('with engineGate report runs on any engine, and describe tells', async () => {
    expect(unenforceable(resolvePolicy('strict'), of('22.13.0'))).toEqual([])
    await using sandbox = createSandbox('default')
    const facts = await sandbox.describe()
    expect(facts['engine list']).toContain(LIST_DATE)
    expect(facts['engine advisories']).toBe(judgeEngine().problems.join('; ') || 'none known')
  })
})
