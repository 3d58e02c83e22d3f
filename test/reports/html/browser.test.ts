// The page in a real browser, where there is one: nothing is requested, nothing runs, nothing is wider than a telephone, and it prints.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, printReport, reportPdf } from '../../../src/reports/html/pdf.ts'
import { reportHtml } from '../../../src/reports/html/report.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { hostileRecord, smallRecord } from '../hostile.ts'
import { plainRecord, sampleRecord } from '../sample-record.ts'
import { browserHere } from './browser.ts'

const here = browserHere()
// What is done inside of a page is text: the types of a browser are none of this project's.
const UNFOLD = "document.querySelectorAll('details').forEach((details) => { details.open = true })"

const RECORDS: readonly (readonly [string, () => RunRecord])[] = [
  ['held', () => sampleRecord('held')],
  ['findings', () => sampleRecord('findings')],
  ['interrupted', () => sampleRecord('interrupted')],
  ['of a release before', () => plainRecord('findings')],
  ['hostile', hostileRecord],
]

if ('reason' in here) {
  it(`is not looked at in a browser here: ${here.reason}`, () => expect(here.reason).toMatch(/--chromium or CHROMIUM/))
} else {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    browser = await openBrowser(here.program)
    folder = await mkdtemp(path.join(tmpdir(), 'report-page-'))
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Scripts are allowed here: it is the page that must not have any. */
  const opened = async (record: RunRecord, width: number): Promise<{ page: Page; requests: string[]; said: string[] }> => {
    const file = path.join(folder, 'report.html')
    await writeFile(file, await reportHtml(record))
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    const requests: string[] = []
    const said: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('dialog', (dialog) => {
      said.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(pathToFileURL(file).href)
    return { page, requests, said }
  }

  describe.each(RECORDS)('the page of the record "%s" in a browser', (_, make) => {
    let shown: Awaited<ReturnType<typeof opened>>
    beforeAll(async () => {
      shown = await opened(make(), 1280)
    }, 60_000)
    afterAll(async () => await shown?.page.close())

    it('asks for nothing but itself, runs no script, and breaks no rule of its own policy', async () => {
      const { page, requests, said } = shown
      expect(requests).toEqual([page.url()])
      expect(said).toEqual([])
      const found = await page.evaluate(`({
        scripts: document.scripts.length,
        handlers: [...document.querySelectorAll('*')].flatMap((element) =>
          [...element.attributes].map(({ name }) => name).filter((name) => name.startsWith('on') || name === 'style'),
        ),
        loaded: performance.getEntriesByType('resource').length,
      })`)
      expect(found).toEqual({ scripts: 0, handlers: [], loaded: 0 })
    }, 30_000)

    it.each([1280, 390])(
      'is not wider than a window of %i pixels, with everything unfolded',
      async (width) => {
        await shown.page.setViewportSize({ width, height: 900 })
        await shown.page.evaluate(UNFOLD)
        expect(await shown.page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      },
      30_000,
    )
  })

  it('a policy of its own stops a script that somebody puts into the page', async () => {
    const file = path.join(folder, 'tampered.html')
    const whole = await reportHtml(smallRecord())
    await writeFile(
      file,
      whole.replace('<main id="main">', '<main id="main"><script>document.title = "ran"</script><b style="color: red">x</b>'),
    )
    const page = await browser.newPage()
    await page.goto(pathToFileURL(file).href)
    expect(await page.title()).not.toBe('ran')
    expect(await page.evaluate("getComputedStyle(document.querySelector('main > b')).color")).not.toBe('rgb(255, 0, 0)')
    await page.close()
  }, 30_000)

  it('can be used with the keyboard: the first key leads past the first screen, and a fold opens with Enter', async () => {
    const { page } = await opened(smallRecord(), 1280)
    await page.keyboard.press('Tab')
    const focused = "document.activeElement.matches('a.skip') && document.activeElement.getBoundingClientRect().left >= 0"
    expect(await page.evaluate(focused)).toBe(true)
    await page.keyboard.press('Enter')
    expect(new URL(page.url()).hash).toBe('#main')
    const fold = page.locator('details > summary').first()
    const isOpen = () => page.evaluate("document.querySelector('details').open")
    const before = await isOpen()
    await fold.focus()
    await page.keyboard.press('Enter')
    expect(await isOpen()).toBe(!before)
    await page.close()
  }, 30_000)

  it('filters the threats without a script', async () => {
    const { page } = await opened(sampleRecord('findings'), 1280)
    await page.locator('label[for="show-failed"]').click()
    const shown: string[] = await page.evaluate(
      "[...document.querySelectorAll('tr.threat[id]')].filter((row) => row.getClientRects().length > 0).map((row) => row.className)",
    )
    expect(shown.length).toBe(2)
    expect(shown.every((name) => name.includes('is-failed'))).toBe(true)
    await page.close()
  }, 30_000)

  it('unfolds on paper, so that nothing but the bulk is left out', async () => {
    const { page } = await opened(smallRecord(), 1280)
    await page.emulateMedia({ media: 'print' })
    const insides = 'details:not(.bulk) > .inside, details:not(.bulk) > dl'
    const hidden = await page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(insides)})].filter((inside) => !inside.checkVisibility()).length`,
    )
    expect(await page.locator(insides).count()).toBeGreaterThan(10)
    expect(hidden).toBe(0)
    await page.close()
  }, 30_000)

  describe('the PDF', () => {
    it('has pages, an outline, and no link to anywhere outside of itself', async () => {
      const pdf = (await reportPdf(smallRecord(), browser)).toString('latin1')
      expect(pdf.startsWith('%PDF-')).toBe(true)
      expect(pdf.match(/\/Type ?\/Page\b/g)!.length).toBeGreaterThan(3)
      expect(pdf).toContain('/Outlines')
      expect(pdf).not.toMatch(/\/URI|file:|\/JavaScript|\/Launch/)
    }, 60_000)

    it('is printed from a hostile record too', async () => {
      const pdf = (await reportPdf(hostileRecord(), browser)).toString('latin1')
      expect(pdf).not.toMatch(/\/URI|\/JavaScript|\/Launch/)
    }, 60_000)

    it('is written whole', async () => {
      const file = path.join(folder, 'report.pdf')
      await printReport(smallRecord(), file, here.program)
      expect((await readFile(file)).subarray(-16).toString('latin1')).toContain('%%EOF')
    }, 60_000)
  })
}
