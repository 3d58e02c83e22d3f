// The blocks of which the Markdown report is made. What goes into them has been made inert by markdown-text.ts.

export function section(heading: string, body: string): string {
  return `## ${heading}\n\n${body}`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return none
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map(line).join('\n')
}

/** The line that says how much of a list was left out; nothing if nothing was. */
export function more(all: number, shown: number): string[] {
  return all > shown ? ['', `${all - shown} more in report.json.`] : []
}
