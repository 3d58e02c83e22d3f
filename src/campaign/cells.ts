// The cells of the twin rule: every host call, with and without its grant, and everything that it can answer. What no run has seen is empty, and says so.
import type { CellsRecord } from '../reports/run-record.ts'
import { ABI, type AbiFunction } from '../sandbox/host/abi/index.ts'

/**
 * - `granted`: the policy has the capability.
 * - `filtered`: it has, and its filter denies the call.
 * - `not-granted`: it has not.
 */
export type Grant = 'granted' | 'filtered' | 'not-granted'

export interface Cell {
  readonly call: string
  readonly grant: Grant
  /** An error number's name, `success`, `ended` for the call that ends the guest, or `refused` for a module that is not admitted. */
  readonly outcome: string
}
export interface WitnessedCell extends Cell {
  readonly times: number
}

/** Calls that are there so that modules link, and never do anything: for these there is no success. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(['proc_raise', 'sock_accept'])

/** Every cell that the ABI table has. */
export function cellsOf({ name: call, result, errnos, capabilities }: AbiFunction): Cell[] {
  const success = UNSUPPORTED.has(call) ? [] : ['success']
  const granted = result === 'never' ? ['ended'] : [...success, ...errnos]
  return [
    ...granted.map((outcome): Cell => ({ call, grant: 'granted', outcome })),
    // A guest that could not end itself would only go on.
    ...(result === 'never' ? [] : [{ call, grant: 'filtered', outcome: 'notcapable' } as const]),
    ...(capabilities.length === 0 ? [] : [{ call, grant: 'not-granted', outcome: 'refused' } as const]),
  ]
}

export const keyOf = ({ call, grant, outcome }: Cell): string => `${call} ${grant} ${outcome}`

/** Cells that the table does not have were witnessed too: a call that answers what the table does not say, or something that a filter let through. */
export class Witnesses {
  readonly #seen = new Map<string, WitnessedCell>()

  add(cell: Cell, times = 1): void {
    const key = keyOf(cell)
    this.#seen.set(key, { ...cell, times: times + (this.#seen.get(key)?.times ?? 0) })
  }

  get size(): number {
    return this.#seen.size
  }

  list(): WitnessedCell[] {
    return [...this.#seen.values()]
  }

  /** As the report has it. */
  record(table: readonly AbiFunction[] = ABI): CellsRecord {
    const cells = table.flatMap(cellsOf)
    const known = new Set(cells.map(keyOf))
    const empty = cells.filter((cell) => !this.#seen.has(keyOf(cell)))
    const places = new Map(table.map(({ name, place }) => [name, place]))
    return {
      cells: cells.length,
      witnessed: cells.length - empty.length,
      rows: this.list().filter((cell) => known.has(keyOf(cell))),
      empty: empty.map((cell) => ({ ...cell, reason: reasonFor(cell, places.get(cell.call) ?? 'cell') })),
      unexpected: this.list().filter((cell) => !known.has(keyOf(cell))),
    }
  }
}

/** Of several runs: what one of them has seen is seen. Undefined if none of them tells. */
export function joinCells(records: readonly CellsRecord[]): CellsRecord | undefined {
  if (records.length === 0) return undefined
  const all = new Witnesses()
  for (const { rows, unexpected } of records) for (const { times, ...cell } of [...rows, ...unexpected]) all.add(cell, times)
  return all.record()
}

/** Errors that only a real disk, a real network or a machine at its end gives. */
const OUTSIDE: ReadonlySet<string> = new Set([
  ...['io', 'nospc', 'nfile', 'nomem', 'txtbsy', 'mlink', 'nxio', 'acces', 'timedout', 'canceled'],
  ...['connreset', 'connaborted', 'hostunreach', 'netunreach', 'pipe'],
])

function reasonFor({ grant, outcome }: Cell, place: AbiFunction['place']): string {
  if (grant !== 'granted') return 'the property that tries every call without its grant did not come to it'
  if (place !== 'cell' && OUTSIDE.has(outcome)) return 'only the system outside answers this: no program can ask for it'
  return 'no program of this run came to it'
}
