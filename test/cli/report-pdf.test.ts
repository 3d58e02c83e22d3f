// `gauntlet report pdf`: prints what it can, and says what is missing where it cannot.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explain } from '../../src/cli/cli-error.ts'
import { pdfReport } from '../../src/cli/report-pdf.ts'
import type { Output } from '../../src/cli/terminal.ts'
import { writeReports } from '../../src/reports/write.ts'
import { smallRecord } from '../reports/hostile.ts'
import { browserHere } from '../reports/html/browser.ts'

let reports: string
beforeAll(async () => {
  reports = await mkdtemp(path.join(tmpdir(), 'report-pdf-'))
  await writeReports(smallRecord(), reports)
})
afterAll(async () => await rm(reports, { recursive: true, force: true }))

const sink = () => new PassThrough() as unknown as Output & PassThrough

const failureOf = async (named: string, chromium: string) => {
  try {
    await pdfReport(named, { reports, chromium }, sink())
    return null
  } catch (error) {
    return explain(error)
  }
}

it('ends with 69 and a remedy if the browser that was named is not there', async () => {
  const failure = await failureOf(reports, '/nowhere/chromium')
  expect(failure).toEqual({ exitCode: 69, text: expect.stringContaining('There is no browser at /nowhere/chromium') })
})

it('ends with 66 if there is no such run', async () => {
  expect((await failureOf('no-such-run', '/nowhere/chromium'))?.exitCode).toBe(66)
})

const here = browserHere()
it('program' in here
  ? 'prints into the directory of the run, and says where'
  : `prints nothing here: ${here.reason}`, async () => {
  const output = sink()
  if (!('program' in here)) return void expect((await failureOf(reports, ''))?.text).toBe(here.reason)
  await pdfReport(reports, { reports, chromium: here.program }, output)
  const file = String(output.read()).trim()
  expect(file).toBe(path.join(reports, 'report.pdf'))
  expect((await readFile(file)).subarray(0, 5).toString()).toBe('%PDF-')
}, 60_000)
