// What is said when there is nothing to print with.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { findChromium, openBrowser, PrintError } from '../../../src/reports/html/pdf.ts'

it('a browser that was named and is not there is no reason to take another', () => {
  expect(() => findChromium('/nowhere/chromium')).toThrow(PrintError)
  expect(() => findChromium('/nowhere/chromium')).toThrow(/no browser at \/nowhere\/chromium.*--chromium or CHROMIUM/)
})

it('a program that is no browser is named, with what it came to', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'no-browser-'))
  const program = path.join(folder, 'browser')
  try {
    await writeFile(program, '#!/bin/sh\nexit 3\n')
    await chmod(program, 0o755)
    await expect(openBrowser(findChromium(program))).rejects.toThrow(
      /^The browser .*\/browser could not be started: .*another with --chromium\.$/,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
