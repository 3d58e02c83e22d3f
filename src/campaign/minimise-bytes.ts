// Makes a failing input smaller while it keeps failing: removes chunks, then makes the bytes that are left simpler.
//
// jazzer.js' own -minimize_crash writes wrong inputs in asynchronous mode, and cannot ask another oracle than "the process failed".

import { createHash } from 'node:crypto'

/** Says whether the input still shows the failure that is looked for. Must be deterministic; it is asked once for each candidate. */
export type StillFails = (bytes: Uint8Array) => boolean | Promise<boolean>

export interface MinimiseBudget {
  /** Most calls of the predicate, the first check of the original included. */
  readonly attempts: number
  /** Most milliseconds; looked at before each call. Default: no limit. */
  readonly milliseconds?: number
  readonly signal?: AbortSignal
}

export interface MinimisedInput {
  /** The smallest failing input found; the original if nothing smaller fails. */
  readonly bytes: Uint8Array
  /** Calls of the predicate. */
  readonly attempts: number
  /** False if the original did not fail: then there was nothing to minimise. */
  readonly reproduced: boolean
  /** True if no single removal or simplification is left that keeps the failure; false if the budget ended before. */
  readonly complete: boolean
}

class BudgetSpent extends Error {}

/** Asks the predicate, never twice for the same bytes, until the budget is spent. */
class Judge {
  readonly #stillFails: StillFails
  readonly #budget: MinimiseBudget
  readonly #deadline: number
  readonly #asked = new Set<string>()
  attempts = 0

  constructor(stillFails: StillFails, budget: MinimiseBudget) {
    this.#stillFails = stillFails
    this.#budget = budget
    this.#deadline = performance.now() + (budget.milliseconds ?? Number.POSITIVE_INFINITY)
  }

  async fails(candidate: Uint8Array): Promise<boolean> {
    // Whatever was asked before either did not fail, or is the current input already, so that accepting it again would change nothing.
    const identity = createHash('sha256').update(candidate).digest('base64')
    if (this.#asked.has(identity)) return false
    if (this.attempts >= this.#budget.attempts || performance.now() >= this.#deadline || this.#budget.signal?.aborted) {
      throw new BudgetSpent()
    }
    this.#asked.add(identity)
    this.attempts += 1
    // The predicate gets a copy of its own: one that writes to its argument must not change the result.
    return this.#stillFails(Uint8Array.from(candidate))
  }
}

/** Holds the best input so far, so that it survives the end of the budget at any point. */
class Reduction {
  bytes: Uint8Array
  readonly #judge: Judge

  constructor(bytes: Uint8Array, judge: Judge) {
    this.bytes = bytes
    this.#judge = judge
  }

  async #accept(candidate: Uint8Array): Promise<boolean> {
    if (!(await this.#judge.fails(candidate))) return false
    this.bytes = candidate
    return true
  }

  /** Removes every chunk of `size` bytes that can go, from the end: what follows the cause of a failure mostly goes at once. */
  async #removeChunks(size: number): Promise<boolean> {
    let removed = false
    for (let end = this.bytes.length; end > 0; end -= size) {
      const start = Math.max(0, end - size)
      const candidate = new Uint8Array(Buffer.concat([this.bytes.subarray(0, start), this.bytes.subarray(end)]))
      if (await this.#accept(candidate)) removed = true
    }
    return removed
  }

  /** Halves the chunk size from the whole input down to single bytes. */
  async shorten(): Promise<boolean> {
    let changed = false
    for (let size = this.bytes.length; size >= 1; size = Math.floor(size / 2)) {
      if (await this.#removeChunks(size)) changed = true
    }
    return changed
  }

  /** Replaces each byte by the smallest of a few plain values that keeps the failure, or clears its bits one by one. */
  async simplify(): Promise<boolean> {
    let changed = false
    for (let at = 0; at < this.bytes.length; at += 1) {
      for (const value of simplerValues(this.bytes[at]!)) {
        if (value >= this.bytes[at]!) continue
        const candidate = Uint8Array.from(this.bytes)
        candidate[at] = value
        if (await this.#accept(candidate)) changed = true
      }
    }
    return changed
  }
}

/** Smaller values to try for a byte, the plainest first: zero, one, then the value without each of its bits, highest first. */
function simplerValues(byte: number): number[] {
  const values = [0, 1]
  for (let bit = 7; bit >= 0; bit -= 1) if ((byte & (1 << bit)) !== 0) values.push(byte & ~(1 << bit))
  return values
}

/**
 * Searches a smaller input for which `stillFails` holds, in two ways by turns until neither gets further: shorter first, then bytes of
 * smaller value. The result is never longer than the original, fails if the original does, and depends on nothing but the arguments as
 * long as the budget has no time limit. What the predicate throws is passed on.
 */
export async function minimiseInput(bytes: Uint8Array, stillFails: StillFails, budget: MinimiseBudget): Promise<MinimisedInput> {
  const judge = new Judge(stillFails, budget)
  const reduction = new Reduction(Uint8Array.from(bytes), judge)
  let reproduced = false
  try {
    reproduced = await judge.fails(reduction.bytes)
    if (!reproduced) return { bytes: reduction.bytes, attempts: judge.attempts, reproduced, complete: true }
    for (let changed = true; changed; ) {
      changed = await reduction.shorten()
      changed = (await reduction.simplify()) || changed
    }
    return { bytes: reduction.bytes, attempts: judge.attempts, reproduced, complete: true }
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error
    return { bytes: reduction.bytes, attempts: judge.attempts, reproduced, complete: false }
  }
}
