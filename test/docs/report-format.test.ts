// docs/report-format.md: its table of files is the table that the files are written from.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/reports/formats.ts'

const PAGE = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs', 'report-format.md'), 'utf8')

/** Cells of the first table of the page, without its heading. */
function table(): string[][] {
  const lines = /^\|.*\n\| -.*\n((?:^\|.*\n)+)/m.exec(PAGE)![1]!.trimEnd().split('\n')
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

describe('docs/report-format.md', () => {
  it('has a row for each file that a run leaves, in the order in which they are written', () => {
    expect(table()).toEqual(FORMATS.map(({ name, file, reader, what }) => [`\`${file}\``, `\`${name}\``, reader, what]))
  })

  it('has names and files that are each there once', () => {
    for (const key of ['name', 'file'] as const) expect(new Set(FORMATS.map((format) => format[key])).size).toBe(FORMATS.length)
  })
})
