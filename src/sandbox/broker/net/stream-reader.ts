// Reads from a stream piece by piece, with its own back-pressure: what nobody asks for stays where it is (NET-13).
import type { Readable } from 'node:stream'
import { orAborted } from './deadline.ts'

const NOTHING = new Uint8Array(0)

export class StreamReader {
  readonly #stream: Readable
  #held: Uint8Array = NOTHING
  #ended = false
  #error: unknown = null
  readonly #watchers = new Set<() => void>()

  constructor(stream: Readable) {
    this.#stream = stream
    const changed = () => {
      for (const watcher of [...this.#watchers]) watcher()
    }
    stream.on('readable', changed)
    stream.on('end', () => {
      this.#ended = true
      changed()
    })
    stream.on('error', (error) => {
      this.#error ??= error
      changed()
    })
    stream.on('close', () => {
      // An end that came without one.
      if (!this.#ended) this.#error ??= Object.assign(new Error('closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
      changed()
    })
  }

  /** Calls `watcher` whenever something may have changed, until the function that comes back is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** At most `max` bytes, or none at the end; null if there is nothing yet. @throws what the stream failed with */
  take(max: number): Uint8Array | null {
    const bytes = this.peek(max)
    if (bytes) this.#held = this.#held.subarray(bytes.length)
    return bytes
  }

  /** The same without taking it. */
  peek(max: number): Uint8Array | null {
    if (this.#held.length === 0) this.#held = (this.#stream.read() as Buffer | null) ?? NOTHING
    if (this.#held.length > 0) return this.#held.subarray(0, max)
    if (this.#error !== null) throw this.#error
    return this.#ended ? NOTHING : null
  }

  /** True if {@link take} has an answer: bytes, the end, or a failure. */
  get ready(): boolean {
    try {
      return this.peek(1) !== null
    } catch {
      return true
    }
  }

  /** Waits until there is something to take. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!this.ready) {
      let unwatch = () => {}
      const changed = new Promise<void>((resolve) => {
        unwatch = this.watch(resolve)
      })
      await orAborted(changed, signal).finally(unwatch)
    }
  }
}
