// The end of one operation: the broker's signal, or a shorter time that the guest asked for.
import { Refused } from '../operation.ts'

/**
 * Runs `work` with a signal that is aborted when the operation is to end, and only then: the broker's own is aborted long after, too, when its
 * deadline passes, and must not end what was handed out in the meantime.
 *
 * @param timeoutMs 0 for no more than the broker's
 * @throws {Refused} `timedout` when the guest's own time is over; the broker says what the end of its signal means
 */
export async function within<T>(signal: AbortSignal, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController()
  const over = () => end.abort(signal.reason)
  if (signal.aborted) over()
  signal.addEventListener('abort', over, { once: true })
  // Longer ones than a timer can hold are longer than any policy's.
  const timer = timeoutMs > 0 ? setTimeout(() => end.abort(new Refused('timedout')), Math.min(timeoutMs, 2 ** 31 - 1)) : null
  try {
    end.signal.throwIfAborted()
    return await work(end.signal)
  } catch (error) {
    throw end.signal.aborted ? end.signal.reason : error
  } finally {
    signal.removeEventListener('abort', over)
    if (timer) clearTimeout(timer)
  }
}

/** Settles like `promise`, or rejects when the signal is aborted; then `late` gets what comes all the same, to be closed. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal, late: (value: T) => void = () => {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      reject(signal.reason)
      promise.then(late, () => {})
    }
    if (signal.aborted) return fail()
    signal.addEventListener('abort', fail, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', fail))
  })
}
