// Files and directories of a run, against a real file system.
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/reports/formats.ts'
import { ReportError } from '../../src/reports/report-error.ts'
import { createRunDirectory, pointLatest } from '../../src/reports/run-directory.ts'
import { type RunRecord, runRecordSchema } from '../../src/reports/run-record.ts'
import { writeFormats, writeReports } from '../../src/reports/write.ts'
import { hostileRecord, smallRecord } from './hostile.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'gauntlet-reports-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

/** The error of a promise that must be refused. */
async function refusal(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ReportError)
  return error as Error
}

describe('writeReports', () => {
  it('writes a file of every format and nothing else, and the JSON is the record', async () => {
    const files = await writeReports(smallRecord(), dir)
    expect((await readdir(dir)).sort()).toEqual(FORMATS.map(({ file }) => file).sort())
    expect(Object.keys(files)).toEqual(FORMATS.map(({ name }) => name))
    expect(runRecordSchema.parse(JSON.parse(await readFile(files.json, 'utf8')))).toEqual(smallRecord())
    expect(JSON.parse(await readFile(files.sarif, 'utf8'))).toMatchObject({ version: '2.1.0' })
    expect(await readFile(files.html, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
    expect(await readFile(files.markdown, 'utf8')).toMatch(/^# FAILED: /)
  })

  it('keeps hostile text whole in the JSON, but escaped for terminals', async () => {
    const record = hostileRecord()
    const text = await readFile((await writeReports(record, dir)).json, 'utf8')
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(record)))
    expect(text).not.toMatch(/[^\P{C}\n]|[\p{Default_Ignorable_Code_Point}]/u)
  })

  it('replaces the files of before', async () => {
    await writeReports(smallRecord(), dir)
    const files = await writeReports({ ...smallRecord(), seed: 99 }, dir)
    expect(JSON.parse(await readFile(files.json, 'utf8')).seed).toBe(99)
    expect(await readdir(dir)).toHaveLength(FORMATS.length)
  })

  it('refuses a record that is not one, names the field, and writes nothing', async () => {
    const [finding] = smallRecord().findings
    const bad = { ...smallRecord(), findings: [{ ...finding!, severity: 'dreadful' }] } as unknown as RunRecord
    const error = await refusal(writeReports(bad, dir))
    expect(error.message).toMatch(
      /^The run record is not valid at findings\.0\.severity: .*; no report was written\. Mend what fills that field/,
    )
    expect((await refusal(writeReports('x' as unknown as RunRecord, dir))).message).toContain('at its top level')
    expect((await refusal(writeReports({ ...smallRecord(), seed: 0.5, exitCode: 0.5 }, dir))).message).toContain('(and 1 more)')
    expect(await readdir(dir)).toEqual([])
  })

  it('says where it could not write, and leaves no half-written file', async () => {
    const nowhere = path.join(dir, 'missing')
    expect((await refusal(writeReports(smallRecord(), nowhere))).message).toMatch(
      /^Cannot write the report .*missing\/report\.json \(ENOENT\): make sure that/,
    )
    await mkdir(path.join(dir, 'report.html'))
    expect((await refusal(writeReports(smallRecord(), dir))).message).toContain('report.html')
    expect((await readdir(dir)).sort()).toEqual(['report.html', 'report.json'])
  })

  it('writes all others if one cannot be made, and says which', async () => {
    const broken = {
      ...FORMATS[1],
      text: () => {
        throw new Error('out of paper')
      },
    }
    const error = await refusal(writeFormats(smallRecord(), dir, [FORMATS[0], broken, FORMATS[2]]))
    expect(error.message).toMatch(/^Cannot make .*report\.html \(out of paper\): a defect of the gauntlet\. All other reports/)
    expect((await readdir(dir)).sort()).toEqual(['report.json', 'report.md'])
  })

  it('begins no other file once it is stopped, and ends the one that it writes', async () => {
    const controller = new AbortController()
    const stopping = {
      ...FORMATS[1],
      text: () => {
        controller.abort()
        return 'all of it'
      },
    }
    const files = await writeFormats(smallRecord(), dir, [FORMATS[0], stopping, FORMATS[2]], controller.signal)
    expect(Object.keys(files)).toEqual([FORMATS[0].name, FORMATS[1].name])
    expect((await readdir(dir)).sort()).toEqual(['report.html', 'report.json'])
    expect(await readFile(path.join(dir, 'report.html'), 'utf8')).toBe('all of it')
  })

  it('gives the same bytes for the same record, in every format', async () => {
    for (const format of FORMATS) expect(await format.text(smallRecord())).toBe(await format.text(structuredClone(smallRecord())))
  })
})

describe('createRunDirectory', () => {
  const now = new Date('2026-03-14T03:15:09.123Z')

  it('makes a directory named after time and id, and its root', async () => {
    const root = path.join(dir, 'a', 'reports')
    expect(await createRunDirectory(root, now, '7f3a')).toEqual({
      name: '20260314T031509Z-7f3a',
      path: path.join(root, '20260314T031509Z-7f3a'),
    })
    expect(await readdir(root)).toEqual(['20260314T031509Z-7f3a'])
  })

  it('never uses a directory twice', async () => {
    await createRunDirectory(dir, now, 'a')
    expect((await refusal(createRunDirectory(dir, now, 'a'))).message).toMatch(
      /20260314T031509Z-a \(EEXIST\): something of that name is there already/,
    )
  })

  it('says what to do when the root cannot be used', async () => {
    const file = path.join(dir, 'file')
    await writeFile(file, '')
    for (const root of [file, path.join(file, 'below')]) {
      expect((await refusal(createRunDirectory(root, now, 'a'))).message).toMatch(
        /^Cannot make the report directory .*file.* is not a directory; remove it or choose another directory for reports\.$/,
      )
    }
    expect((await refusal(createRunDirectory('/proc/reports', now, 'a'))).message).toMatch(
      /^Cannot make the report directory \/proc\/reports\/.* writable for this user, or choose another/,
    )
  })

  it.each(['', '../x', 'a/b', '.hidden', 'a b', 'x'.repeat(65)])('refuses the id %j', async (id) => {
    expect((await refusal(createRunDirectory(dir, now, id))).message).toContain("cannot be a directory's name")
    expect(await readdir(dir)).toEqual([])
  })
})

describe('pointLatest', () => {
  it('makes and replaces a relative link', async () => {
    expect(await pointLatest(dir, 'one')).toBe('link')
    expect(await pointLatest(dir, 'two')).toBe('link')
    expect(await readlink(path.join(dir, 'latest'))).toBe('two')
    expect(await readdir(dir)).toEqual(['latest'])
  })

  it('writes a note where a link cannot be, and takes it away when it can', async () => {
    await mkdir(path.join(dir, 'latest', 'kept'), { recursive: true })
    expect(await pointLatest(dir, 'one')).toBe('file')
    expect(await readFile(path.join(dir, 'latest.txt'), 'utf8')).toBe('one\n')
    expect((await readdir(dir)).sort()).toEqual(['latest', 'latest.txt'])
    await rm(path.join(dir, 'latest'), { recursive: true })
    expect(await pointLatest(dir, 'two')).toBe('link')
    expect(await readdir(dir)).toEqual(['latest'])
  })

  it('refuses what is not a name, and a root that is not there', async () => {
    expect((await refusal(pointLatest(dir, '../x'))).message).toContain("not the name of a run's directory")
    expect((await refusal(pointLatest(path.join(dir, 'missing'), 'one'))).message).toContain('latest.txt')
  })
})
