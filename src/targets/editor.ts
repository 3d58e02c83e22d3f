// What an editor would make of a guest's log lines: each shown as Markdown and as HTML, and opened as the place in a file that it may be (OUT-06,
// OUT-07, OUT-14). What comes of it goes where the oracles look.
import { readFile } from 'node:fs/promises'
import { containLocation, type ExecutionResult, guestHtml, guestMarkdown } from '../sandbox/index.ts'

/** @param root workspace of the editor */
export async function showInEditor(root: string, results: readonly ExecutionResult[]): Promise<readonly string[]> {
  const lines = results.flatMap(({ reports }) => reports.flatMap((report) => (report.type === 'log' ? [report.message] : [])))
  const seen: string[] = []
  for (const line of lines) {
    if (!isOneCodeSpan(guestMarkdown(line))) seen.push('An editor finds more than text in the Markdown.')
    if (!isPlainHtml(guestHtml(line))) seen.push('An editor finds more than text in the HTML.')
    const path = await containLocation(root, line)
    // A click away: what the file holds is on the screen.
    seen.push(
      path === null ? 'An editor finds no such place.' : `An editor opens ${(await readFile(path, 'latin1')).slice(0, 1000)}`,
    )
  }
  return seen
}

/** By the rules of CommonMark: a run of backticks, text without a run of just that length, the same run again. */
function isOneCodeSpan(markdown: string): boolean {
  const fence = /^`+/.exec(markdown)?.[0] ?? ''
  if (fence === '' || markdown.length < 2 * fence.length || /[\r\n]/.test(markdown)) return false
  const runs = [...markdown.slice(fence.length).matchAll(/`+/g)]
  const end = runs.find(([run]) => run.length === fence.length)
  return end !== undefined && end.index === markdown.length - 2 * fence.length
}

/** No tag can begin, no attribute can end, and every reference to a character is one that we make. */
const isPlainHtml = (html: string): boolean => !/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/.test(html)
