// The instructions of one body, one after the other, for a checker that has to look a little ahead. A body of millions of instructions must cost no
// more memory than a short one: the steps are a window that goes along, and its objects are used again (RES-05).
import { decoderOfBody, forEachLabel, type WasmModule } from '../../wasm/index.ts'

export interface Step {
  readonly key: number
  readonly offset: number
  readonly end: number
  /** First two immediates, as the reader gives them; -1 where there is none. */
  readonly a: number
  readonly b: number
  /** Labels of a branch, of the clauses of a `try_table`; empty for everything else. */
  readonly labels: readonly number[]
}
type Slot = { -readonly [Name in keyof Step]: Step[Name] }

const NO_LABELS: readonly number[] = []
/** More than the longest insertion, twice: what is looked at must not be overwritten by looking ahead. A power of 2. */
const WINDOW = 64

export class Steps {
  readonly #bytes: Uint8Array
  readonly #decoder: ReturnType<typeof decoderOfBody>
  readonly #window: readonly Slot[]
  #decoded = 0

  constructor(bytes: Uint8Array, module: WasmModule, bodyIndex: number) {
    this.#bytes = bytes
    this.#decoder = decoderOfBody(bytes, module, bodyIndex)
    this.#window = Array.from({ length: WINDOW }, () => ({ key: 0, offset: 0, end: 0, a: -1, b: -1, labels: NO_LABELS }))
  }

  /** The step with this number; it is good until one is asked for that lies a window further on. Undefined behind the last. */
  at(index: number): Step | undefined {
    while (this.#decoded <= index) {
      if (!this.#decoder.open) return undefined
      this.#decoder.next()
      this.#keep(this.#window[this.#decoded++ % WINDOW]!)
    }
    if (index < this.#decoded - WINDOW) throw new RangeError('the window has gone past this step')
    return this.#window[index % WINDOW]
  }

  #keep(slot: Slot): void {
    const { info, offset, end, values } = this.#decoder
    const count = info.immediates.length
    slot.key = info.key
    slot.offset = offset
    slot.end = end
    slot.a = count > 0 ? values[0]! : -1
    slot.b = count > 1 ? values[1]! : -1
    slot.labels = count === 0 ? NO_LABELS : this.#labels()
  }

  #labels(): readonly number[] {
    const { immediates } = this.#decoder.info
    if (!(immediates.includes('label') || immediates.includes('label-table') || immediates.includes('catches'))) return NO_LABELS
    const labels: number[] = []
    forEachLabel(this.#bytes, this.#decoder, (label) => void labels.push(label))
    return labels
  }
}
