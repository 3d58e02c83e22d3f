// `gauntlet report pdf`: prints the report of a run, for those who want it on paper or in a file cabinet.
import { dirname, join, resolve } from 'node:path'
import { findReport } from '../campaign/history/find-run.ts'
import { readReport } from '../campaign/history/stored-run.ts'
import { printReport } from '../reports/html/pdf.ts'
import { type Output, writeLine } from './terminal.ts'

export interface ReportPdfOptions {
  readonly out?: string
  readonly chromium?: string
  readonly reports: string
}

/** @param named the run: its name, its directory, or its report.json */
export async function pdfReport(named: string, { out, chromium, reports }: ReportPdfOptions, output: Output): Promise<void> {
  const report = findReport(reports, named)
  const file = resolve(out ?? join(dirname(report), 'report.pdf'))
  await printReport(readReport(report), file, chromium ?? process.env['CHROMIUM'])
  await writeLine(output, file)
}
