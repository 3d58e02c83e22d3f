// What a guest's host calls came to in one activation: how often each was made, and how much of the guest's memory it copied.
import { ABI, type AbiFunction } from './abi/index.ts'

/** Of one host call. The gate and the guest memory count up here: plain numbers, because a call must cost little. */
export interface CallTally {
  calls: number
  /** Bytes copied out of the guest's memory, arguments and lists of buffers included. */
  fromGuest: number
  /** Bytes copied into it. */
  toGuest: number
}
export const newTally = (): CallTally => ({ calls: 0, fromGuest: 0, toGuest: 0 })

/** One row for each host call that was made: its place in the ABI table, calls, bytes from the guest, bytes to it. No names cross the channel. */
export type CallRow = readonly [index: number, calls: number, fromGuest: number, toGuest: number]

/** What a cell counts for the host beside what the host measures itself. */
export interface GuestCounts {
  readonly calls: readonly CallRow[]
  /** Handles that are open now, and the most that were open at the same time in this activation. */
  readonly handles: { readonly open: number; readonly peak: number }
  /** Units of fuel that the activation used; null if they are not counted. */
  readonly fuel: number | null
  /** Whether the policy's maximum refused growth: 1 of a memory, 2 of a table, 3 of both. */
  readonly refusedGrows: number
}

const INDEX: ReadonlyMap<AbiFunction, number> = new Map(ABI.map((entry, index) => [entry, index]))

export class CallCounts {
  readonly #tallies = new Map<AbiFunction, CallTally>()

  /** Where the calls of this entry are counted. Asked for when the call is bound, not when it is made. */
  of(entry: AbiFunction): CallTally {
    const tally = this.#tallies.get(entry) ?? newTally()
    this.#tallies.set(entry, tally)
    return tally
  }

  beginActivation(): void {
    for (const tally of this.#tallies.values()) {
      tally.calls = 0
      tally.fromGuest = 0
      tally.toGuest = 0
    }
  }

  /** In the order of the table. */
  rows(): readonly CallRow[] {
    const rows: CallRow[] = []
    for (const [entry, { calls, fromGuest, toGuest }] of this.#tallies) {
      const index = INDEX.get(entry)
      if (index !== undefined && calls > 0) rows.push([index, calls, fromGuest, toGuest])
    }
    return rows.sort(([a], [b]) => a - b)
  }
}
