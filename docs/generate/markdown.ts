// Markdown, as far as the generated pages need it.

export const GENERATED =
  '<!-- Made by `node docs/generate/main.ts` from the sources; what is changed here by hand is lost. A test keeps the two equal. -->'

/** A table; cells are Markdown themselves. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const code = (text: string): string => `\`${text}\``

/** 16,777,216 as 16 MiB, and what is no round size as a number. */
export function size(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const)
    if (bytes >= factor && bytes % factor === 0) return `${number(bytes / factor)} ${unit}`
  return `${number(bytes)} bytes`
}

export const number = (value: number): string => value.toLocaleString('en-US')

export const page = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`
