// The report on paper: the page, printed by a browser of this machine that is allowed nothing.
import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { writeAtomically } from '../atomic.ts'
import type { RunRecord } from '../run-record.ts'
import { reportHtml } from './report.ts'
import { html } from './template.ts'

/** What printing needs is not on this machine; the message says what, and how to get it. */
export class PrintError extends Error {
  override readonly name = 'PrintError'
}

/** Where systems put Chromium and what is built from it. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** @param named path of the browser, if somebody named one; else it is looked for in the usual places @throws {PrintError} */
export function findChromium(named: string | undefined): string {
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    throw new PrintError(
      `There is no browser at ${named}: name the program of a Chromium, Chrome or Edge with --chromium or CHROMIUM.`,
    )
  }
  const found = PLACES.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new PrintError(
    'No Chromium, Chrome or Edge was found to print with: install one (Debian: apt-get install chromium), or name its program with --chromium or CHROMIUM; or print report.html from any browser.',
  )
}

/** A browser that runs no page's scripts and reaches nothing. @throws {PrintError} */
export async function openBrowser(program: string): Promise<Browser> {
  const { chromium } = await playwright()
  try {
    // Chromium's own sandbox cannot be set up by root; what is printed is inert either way.
    return await chromium.launch({ executablePath: program, chromiumSandbox: process.getuid?.() !== 0 })
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new PrintError(
      `The browser ${program} could not be started: ${line} Try it by hand, or name another with --chromium.`,
      {
        cause: error,
      },
    )
  }
}

async function playwright(): Promise<typeof import('playwright-core')> {
  try {
    return await import('playwright-core')
  } catch (error) {
    throw new PrintError('Printing needs the package playwright-core, which is optional: npm install playwright-core.', {
      cause: error,
    })
  }
}

const MARGIN = { top: '15mm', bottom: '17mm', left: '13mm', right: '13mm' }

/** The page of the record as a PDF, with an outline and tags for those who have it read to them. */
export async function reportPdf(record: RunRecord, browser: Browser): Promise<Buffer> {
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true, serviceWorkers: 'block' })
  try {
    const page = await context.newPage()
    // The content is set and not loaded from a file, so that no link in the PDF tells where on which machine the report lies.
    await page.setContent(await reportHtml(record))
    const footer = html`<div style="font: 8px sans-serif; width: 100%; padding: 0 13mm; display: flex; justify-content: space-between"><span>${record.project.name} ${record.run}</span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>`
    return await page.pdf({
      format: 'A4',
      printBackground: true,
      margin: MARGIN,
      displayHeaderFooter: true,
      headerTemplate: '<span></span>',
      footerTemplate: footer.toString(),
      tagged: true,
      outline: true,
    })
  } finally {
    await context.close()
  }
}

/** Prints the record to a file. @throws {PrintError} */
export async function printReport(record: RunRecord, file: string, chromium: string | undefined): Promise<void> {
  const browser = await openBrowser(findChromium(chromium))
  try {
    await writeAtomically(file, await reportPdf(record, browser))
  } finally {
    await browser.close()
  }
}
