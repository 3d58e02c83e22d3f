// The blocks of which pages in Markdown are made. What goes into them has been made inert by markdown-text.ts.

export function section(heading: string, body: string): string {
  return `## ${heading}\n\n${body}`
}

interface TableOptions {
  /** Stands there instead if there are no rows. */
  readonly none?: string
  /** The first column that is set to the right, as figures are. */
  readonly figuresFrom?: number
}

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { none, figuresFrom = 1 }: TableOptions = {},
): string {
  if (rows.length === 0 && none !== undefined) return none
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index < figuresFrom ? '---' : '---:'))
  return [head, rule, ...rows].map(line).join('\n')
}

/** The line that says how much of a list was left out; nothing if nothing was. */
export function more(all: number, shown: number): string[] {
  return all > shown ? ['', `${all - shown} more in report.json.`] : []
}
