// A jail of no process: what the pool sees of one, and what really happened to it.
import { KeptModules } from '../../src/sandbox/cache/kept-modules.ts'
import { DEFAULT_CELL } from '../../src/sandbox/isolation/cell-limits.ts'
import type { JailListener } from '../../src/sandbox/isolation/jail-process.ts'

export class FakeJail {
  readonly modules = new KeptModules()
  cell = DEFAULT_CELL
  ended: { readonly detail: string; readonly outOfMemory: boolean } | null = null
  residentBytes = 2 ** 20
  /** Keys of the guests that its cell has had. */
  guests: (string | null)[] = []
  used = false
  spoke = false
  #listener: JailListener = () => {}

  listen(listener: JailListener): void {
    this.#listener = listener
    if (this.ended) listener({ kind: 'gone', ...this.ended })
  }
  sendJson(): void {
    // The one thing that the pool tells a jail is to end its cell.
    queueMicrotask(() => {
      this.guests = []
      this.#listener({ kind: 'cell-gone' })
    })
  }
  sample() {
    return { cpuMs: 0, residentBytes: this.residentBytes }
  }
  get lastResidentBytes(): number {
    return this.residentBytes
  }
  async cellReady(): Promise<void> {}
  keepHostAlive(): void {}
  async kill(): Promise<void> {
    this.die()
  }
  die(): void {
    if (this.ended) return
    this.ended = { detail: 'it ended', outOfMemory: false }
    this.#listener({ kind: 'gone', ...this.ended })
  }
  speak(): void {
    this.spoke = true
    this.#listener({ kind: 'ready', probe: {} })
  }
}
