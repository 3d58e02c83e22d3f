// The index of findings over runs: first and last seen, known again, whole whatever happens, and found without it too.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FindingIndexError, findFinding, noteFindings, readFindingIndex } from '../../src/campaign/finding-index.ts'
import { findingOf } from '../../src/campaign/triage.ts'
import type { FindingRecord } from '../../src/reports/run-record.ts'
import { scratch } from './toys.ts'

let folder: ReturnType<typeof scratch>
beforeEach(() => {
  folder = scratch()
})
afterEach(() => folder.remove())

const about = {
  title: 't',
  own: true,
  source: 'corpus',
  expected: 'e',
  actual: 'a',
  replay: 'r',
  location: { path: 'p', line: 1 },
} as const
const finding = (code: string, changes: Partial<FindingRecord> = {}): FindingRecord => ({
  ...findingOf({ threat: 'LNK-01', oracle: 'time', code, target: 'jail' }, about),
  ...changes,
})
const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`

describe('the index', () => {
  it('remembers when a finding was first and last seen, and in how many runs', async () => {
    const { path } = folder
    await noteFindings(path, 'run-1', [finding('hung', { firstSeen: at(1), lastSeen: at(1) }), finding('late')])
    await noteFindings(path, 'run-2', [finding('hung', { firstSeen: at(2), lastSeen: at(2) })])
    // The same run may say more of it later.
    await noteFindings(path, 'run-2', [finding('hung', { firstSeen: at(2), lastSeen: at(3), bytesAfter: 7 })])
    const known = await readFindingIndex(path)
    expect(known.size).toBe(2)
    expect(known.get(finding('hung').id)).toMatchObject({
      firstRun: 'run-1',
      lastRun: 'run-2',
      runs: 2,
      finding: { firstSeen: at(1), lastSeen: at(3), bytesAfter: 7 },
    })
    expect(readdirSync(path)).toEqual(['findings.json'])
  })
  it('does not forget that a finding was flaky', async () => {
    await noteFindings(folder.path, 'run-1', [finding('hung', { flaky: true })])
    await noteFindings(folder.path, 'run-2', [finding('hung', { flaky: false })])
    expect((await readFindingIndex(folder.path)).get(finding('hung').id)?.finding.flaky).toBe(true)
  })
  it('loses nothing of runs that write at the same time', async () => {
    const codes = Array.from({ length: 12 }, (_, i) => `code-${i}`)
    await Promise.all(codes.map((code) => noteFindings(folder.path, code, [finding(code)])))
    expect((await readFindingIndex(folder.path)).size).toBe(12)
  })
  it('takes over the lock of a run that died', async () => {
    const lock = join(folder.path, '.findings.json.lock')
    mkdirSync(lock)
    const { utimesSync } = await import('node:fs')
    utimesSync(lock, 1, 1)
    await noteFindings(folder.path, 'run-1', [finding('hung')])
    expect((await readFindingIndex(folder.path)).size).toBe(1)
  })
  it.each(['', '{', '{"version":2,"findings":[]}', '[]'])(
    'says what to do about an index that is %j, and leaves it',
    async (text) => {
      writeFileSync(join(folder.path, 'findings.json'), text)
      await expect(readFindingIndex(folder.path)).rejects.toThrow(FindingIndexError)
      await expect(noteFindings(folder.path, 'run-1', [finding('hung')])).rejects.toThrow(/move it away/)
    },
  )
})

describe('findFinding', () => {
  it('finds what is in no index in the reports, the newest first, and in those of runs that were killed', async () => {
    const { path } = folder
    const write = (run: string, name: string, count: number) => {
      mkdirSync(join(path, run))
      writeFileSync(join(path, run, name), JSON.stringify({ findings: [finding('hung', { count })] }))
    }
    write('20260101T000000Z-aaaaaa', 'report.json', 1)
    write('20260102T000000Z-bbbbbb', 'report.json.partial', 2)
    const { id } = finding('hung')
    expect(await findFinding(path, id)).toMatchObject({
      runDirectory: join(path, '20260102T000000Z-bbbbbb'),
      finding: { count: 2 },
    })
    expect(await findFinding(path, '000000000000')).toBeNull()
    expect(await findFinding(join(path, 'gone'), id)).toBeNull()
  })
})
