// One piece of work at a time. A request that outlived its deadline may still be in the kernel when the guest's next one comes: it works on
// descriptors by their numbers, and a number that is closed beneath it could by then mean something else.
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Waits for its turn, then works. What was given up in the meantime is not begun. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Resolves when there is nothing under way and nothing waits. */
  async idle(): Promise<void> {
    await this.#last
  }
}
