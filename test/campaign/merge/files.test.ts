// The files of joined runs: reproducers go along with their findings, and a report from elsewhere reaches nothing outside of its folder.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MergeError } from '../../../src/campaign/merge/compatible.ts'
import { adoptReproducers, readRun } from '../../../src/campaign/merge/files.ts'
import type { FindingRecord, RunRecord } from '../../../src/reports/run-record.ts'
import { scratch } from '../toys.ts'

let place: ReturnType<typeof scratch>
beforeEach(() => {
  place = scratch()
  mkdirSync(join(place.path, 'run', 'findings'), { recursive: true })
  writeFileSync(join(place.path, 'run', 'findings', 'a.json'), 'the trial')
  writeFileSync(join(place.path, 'secret'), 'a secret')
})
afterEach(() => place.remove())

const runWith = (reproducer: readonly string[]): RunRecord =>
  ({
    run: 'run-1',
    findings: [
      {
        id: 'a',
        reproducer,
        replay: 'npx gauntlet replay /elsewhere/reports/run-1/findings/a.json --target jail',
      } as unknown as FindingRecord,
    ],
  }) as unknown as RunRecord

describe('reproducers', () => {
  it('are copied, and the command to repeat the finding names the copy', async () => {
    const into = join(place.path, 'joined')
    const stored = { directory: join(place.path, 'run'), record: runWith(['findings/a.json']) }
    const [finding] = (await adoptReproducers(stored, into)).findings
    expect(finding!.reproducer).toEqual(['runs/run-1/findings/a.json'])
    expect(readFileSync(join(into, finding!.reproducer[0]!), 'utf8')).toBe('the trial')
    const there = relative(process.cwd(), join(into, 'runs/run-1/findings/a.json'))
    expect(finding!.replay).toBe(`npx gauntlet replay ${there} --target jail`)
  })

  it.each(['../secret', 'findings/../../secret', 'linked/secret', 'link'])('%s is not followed', async (path) => {
    symlinkSync(place.path, join(place.path, 'run', 'linked'))
    symlinkSync(join(place.path, 'secret'), join(place.path, 'run', 'link'))
    const into = join(place.path, 'joined')
    const [finding] = (await adoptReproducers({ directory: join(place.path, 'run'), record: runWith([path]) }, into)).findings
    expect(finding!.reproducer).toEqual([])
    expect(existsSync(into)).toBe(false)
  })

  it.each(['../../outside', '/outside', '..', '.', '', 'a/../../../outside', 'c:\\x', 'a\0b', '\u001b[2J'])(
    'go nowhere if their run calls itself %j',
    async (run) => {
      const into = join(place.path, 'deep', 'er', 'joined')
      const record = { ...runWith(['findings/a.json']), run }
      await expect(adoptReproducers({ directory: join(place.path, 'run'), record }, into)).rejects.toThrow(
        /is no name of a run.s directory/,
      )
      expect(readdirSync(place.path).sort()).toEqual(['run', 'secret'])
    },
  )

  it.each(['.', 'findings', 'findings/', 'pipe', ''])('%j is no file and is left out', async (path) => {
    execFileSync('mkfifo', [join(place.path, 'run', 'pipe')])
    const into = join(place.path, 'joined')
    const [finding] = (await adoptReproducers({ directory: join(place.path, 'run'), record: runWith([path]) }, into)).findings
    expect(finding!.reproducer).toEqual([])
  })
})

describe('a directory', () => {
  it.each([
    ['without a report', null, /no directory of a run/],
    ['with a report that is no JSON', '{', /report\.json is no report: it is not JSON\.$/],
    [
      'with a report of another version',
      '{"schemaVersion":99}',
      /report\.json is no report of this version of the project: at schemaVersion/,
    ],
  ])('%s is refused', async (_, text, message) => {
    const directory = join(place.path, 'run')
    if (text !== null) writeFileSync(join(directory, 'report.json'), text)
    await expect(readRun(directory)).rejects.toThrow(message)
    await expect(readRun(directory)).rejects.toThrow(MergeError)
  })
})
