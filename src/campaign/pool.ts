// Runs tasks side by side, at most so many at a time, in the order in which they are given.
import { availableParallelism } from 'node:os'

/** Chambers at a time: one processor is left to the campaign, which measures; but two at least, as many trials mostly wait. */
export const defaultParallel = (): number => Math.max(2, availableParallelism() - 1)

/**
 * Calls `work` for each item; stops to take new ones once `signal` is aborted. Rejects with the first error, after all that had begun has
 * ended: nothing goes on behind the caller's back.
 */
export async function forEachParallel<Item>(
  items: Iterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  const errors: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      if (signal?.aborted || errors.length > 0) return
      try {
        await work(next.value)
      } catch (error) {
        errors.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker))
  if (errors.length > 0) throw errors[0]
}
