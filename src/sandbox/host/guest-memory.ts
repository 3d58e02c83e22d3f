// The only code that touches guest memory. Pointers and lengths arrive as unsigned 32-bit numbers; no view leaves this file.
import { type CallTally, newTally } from './call-counts.ts'
import { ERRNO, GuestFault } from './errno.ts'

/**
 * Checked access to one linear memory.
 *
 * The rules, each of which an attack exceeds: addresses are unsigned (MEM-01); the check is `length <= size - pointer`, which cannot
 * wrap (MEM-02); a range that does not fit is a fault, never a shorter range (MEM-03); the buffer is fetched again for every access, because
 * growth detaches it (MEM-04); bytes are copied exactly once in either direction, so that nothing that is checked can change afterwards (MEM-07,
 * MEM-08); nothing is allocated before the range has been checked against memory that the guest really has (RES-05).
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory
  /** Growth does not take the buffer away from a shared memory, so its views never show that they are of yesterday. */
  readonly #shared: boolean
  #view: DataView
  #all: Uint8Array
  /** Where copied bytes are counted; the gate puts the tally of the call that is made here. */
  tally: CallTally = newTally()

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
    this.#shared = memory.buffer instanceof SharedArrayBuffer
    this.#view = new DataView(memory.buffer)
    this.#all = new Uint8Array(memory.buffer)
  }

  /** Size in bytes, now. */
  get size(): number {
    return this.#bytes.length
  }

  /** All of the memory as it is now. */
  get #bytes(): Uint8Array {
    this.#refresh()
    return this.#all
  }

  get #numbers(): DataView {
    this.#refresh()
    return this.#view
  }

  /**
   * Growth detaches the buffer (JS API, "refresh the memory buffer"), and a view of a detached buffer has no length. To ask the memory for its buffer
   * each time costs more than the rest of a small host call.
   */
  #refresh(): void {
    if (this.#all.length === 0 || (this.#shared && this.#view.buffer !== this.#memory.buffer)) this.#look(this.#memory.buffer)
  }

  #look(buffer: ArrayBufferLike): void {
    this.#view = new DataView(buffer)
    this.#all = new Uint8Array(buffer)
  }

  /** @throws {GuestFault} `fault` unless all `length` bytes from `pointer` are inside the memory. */
  check(pointer: number, length: number): void {
    const size = this.size
    // Written so that NaN, fractions and negatives fail too, should a caller ever pass one.
    if (
      !(
        Number.isInteger(pointer) &&
        Number.isInteger(length) &&
        pointer >= 0 &&
        length >= 0 &&
        pointer <= size &&
        length <= size - pointer
      )
    ) {
      throw new GuestFault(ERRNO.fault)
    }
  }

  /** A private copy of `length` bytes at `pointer`. */
  read(pointer: number, length: number): Uint8Array {
    this.check(pointer, length)
    this.tally.fromGuest += length
    // `slice` of a view copies also when the buffer is shared.
    return this.#bytes.slice(pointer, pointer + length)
  }

  /** Copies all of `bytes` to `pointer`. */
  write(pointer: number, bytes: Uint8Array): void {
    this.check(pointer, bytes.length)
    this.tally.toGuest += bytes.length
    this.#bytes.set(bytes, pointer)
  }

  /** Read once, like everything else: whoever needs the number twice keeps it (MEM-08). */
  readU32(pointer: number): number {
    this.check(pointer, 4)
    this.tally.fromGuest += 4
    return this.#numbers.getUint32(pointer, true)
  }

  writeU32(pointer: number, value: number): void {
    this.check(pointer, 4)
    this.tally.toGuest += 4
    this.#numbers.setUint32(pointer, value, true)
  }

  writeU64(pointer: number, value: bigint): void {
    this.check(pointer, 8)
    this.tally.toGuest += 8
    this.#numbers.setBigUint64(pointer, value, true)
  }
}
