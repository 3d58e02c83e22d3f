// The witnessed cells in words, the same for every format.
import type { CellsRecord } from './run-record.ts'

export const GRANT_WORD: Readonly<Record<CellsRecord['rows'][number]['grant'], string>> = {
  granted: 'granted',
  filtered: 'denied by the filter',
  'not-granted': 'not granted',
}

/** Cells of one call, with one grant and for one reason, together. */
export interface EmptyRow {
  readonly call: string
  readonly grant: string
  readonly outcomes: readonly string[]
  readonly reason: string
}

export function emptyRows({ empty }: CellsRecord): EmptyRow[] {
  const rows = new Map<string, EmptyRow & { readonly outcomes: string[] }>()
  for (const { call, grant, outcome, reason } of empty) {
    const key = `${call} ${grant} ${reason}`
    const row = rows.get(key) ?? { call, grant: GRANT_WORD[grant], outcomes: [], reason }
    row.outcomes.push(outcome)
    rows.set(key, row)
  }
  return [...rows.values()]
}

export function cellsSentence(cells: CellsRecord | undefined): string {
  if (!cells) return 'No property told what host calls answer with their grant and without, so no cell was witnessed.'
  const { witnessed, cells: all, rows } = cells
  const times = rows.reduce((sum, row) => sum + row.times, 0)
  return `${witnessed} of ${all} cells (host call, grant, outcome) were witnessed, in ${times.toLocaleString('en-US')} calls.`
}
