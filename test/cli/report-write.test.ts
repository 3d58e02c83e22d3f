// gauntlet report write: the files of a run made again from its report.json, byte for byte, and bad input answered in one sentence.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/reports/formats.ts'
import { writeReports } from '../../src/reports/write.ts'
import { smallRecord } from '../reports/hostile.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

const RUN = join(dir, 'reports', 'a-run')

beforeAll(async () => {
  mkdirSync(RUN, { recursive: true })
  await writeReports(smallRecord(), RUN)
})

describe('gauntlet report write', () => {
  it('makes every file again as it was, wherever it is told to', async () => {
    const ended = await gauntlet(['report', 'write', 'a-run', '-o', 'copy'], { cwd: dir })
    expect(ended.code, ended.stderr).toBe(0)
    expect(readdirSync(join(dir, 'copy')).sort()).toEqual(FORMATS.map(({ file }) => file).sort())
    for (const { file } of FORMATS)
      expect(readFileSync(join(dir, 'copy', file), 'utf8') === readFileSync(join(RUN, file), 'utf8'), file).toBe(true)
  })

  it('makes only the formats that are named, and prints where they are', async () => {
    const ended = await gauntlet(['report', 'write', RUN, '--format', 'csv', '--format', 'junit', '-o', 'some'], { cwd: dir })
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout.trimEnd().split('\n')).toEqual(['junit.xml', 'matrix.csv'].map((file) => join(dir, 'some', file)))
    expect(readdirSync(join(dir, 'some'))).toHaveLength(2)
  })

  it('writes beside the report, and never over what it reads', async () => {
    const alone = join(dir, 'alone')
    mkdirSync(alone)
    // In another layout than ours: whatever wrote it, it stays as it is.
    writeFileSync(join(alone, 'report.json'), JSON.stringify(smallRecord()))
    const ended = await gauntlet(['report', 'write', 'alone'], { cwd: dir })
    expect(ended.code, ended.stderr).toBe(0)
    expect(readFileSync(join(alone, 'report.json'), 'utf8')).toBe(JSON.stringify(smallRecord()))
    expect(readdirSync(alone)).toHaveLength(FORMATS.length)
  })

  it.each<[string, string[], number, RegExp]>([
    ['a format that there is not', ['a-run', '--format', 'pdf2'], 64, /no format "pdf2"; there are json, html, /],
    ['a run that there is not', ['nothing'], 66, /"nothing" is no run/],
    ['a report that is none', [join('a-run', 'matrix.csv'), '--reports', 'reports'], 66, /is not JSON/],
    [
      'a folder that cannot be made',
      ['a-run', '-o', join('reports', 'a-run', 'report.md', 'x')],
      2,
      /remove it or choose another/,
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const ended = await gauntlet(['report', 'write', ...args], { cwd: dir })
    expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
  })
})
