// Writes a comparison: compare.json, which is the truth, and the pages that are made from it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../atomic.ts'
import { visibleJson } from '../visible.ts'
import { comparisonHtml, hostHtml } from './html.ts'
import { comparisonMarkdown, hostMarkdown } from './markdown.ts'
import type { Comparison } from './record.ts'
import { fileOf } from './words.ts'

const HOSTS = 'hosts'

export interface ComparisonFiles {
  readonly json: string
  readonly markdown: string
  readonly html: string
}

/** @param dir must exist. @throws {ReportError} */
export async function writeComparison(comparison: Comparison, dir: string): Promise<ComparisonFiles> {
  const files = { json: join(dir, 'compare.json'), markdown: join(dir, 'compare.md'), html: join(dir, 'compare.html') }
  await writeAtomically(files.json, visibleJson(comparison))
  await mkdir(join(dir, HOSTS), { recursive: true })
  for (const host of comparison.hosts) {
    const base = join(dir, HOSTS, fileOf(host.name))
    await writeAtomically(`${base}.md`, hostMarkdown(comparison, host))
    await writeAtomically(`${base}.html`, hostHtml(comparison, host, '../compare.html'))
  }
  await writeAtomically(files.markdown, comparisonMarkdown(comparison, HOSTS))
  await writeAtomically(files.html, comparisonHtml(comparison, HOSTS))
  return files
}
