// Programs for the executor guest: typed calls out of arbitrary bytes, their form in guest memory, and a text that people can read.
import type { AbiParameter, Meaning } from '../../sandbox/host/abi-types.ts'
import { EXECUTOR_CALLS, FIELD, recordBytes } from './module.ts'

export interface HostCall {
  /** Index in {@link EXECUTOR_CALLS}. */
  readonly index: number
  /** As unsigned numbers. */
  readonly args: readonly bigint[]
}

export interface Program {
  /** Pointer and length pairs that lie at {@link VECTORS} when the program starts. */
  readonly vectors: readonly (readonly [pointer: number, length: number])[]
  readonly calls: readonly HostCall[]
}

/** Where the iovecs are. */
export const VECTORS = 1024
const VECTOR_COUNT = 8
/** Where the program's records are; behind everything that honest pointers of a program point to. */
export const RECORDS = 0x8000
const MAX_CALLS = 12

/** Reads bytes one after the other and zeros behind the end, so that every input is a program and a shorter one is a simpler program. */
class Source {
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get empty(): boolean {
    return this.#at >= this.#bytes.length
  }
  u8(): number {
    return this.#bytes[this.#at++] ?? 0
  }
  u16(): number {
    return this.u8() | (this.u8() << 8)
  }
  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0
  }
}

/** Addresses at which checks go wrong, relative to the size of the memory (attack classes MEM-01, MEM-02). */
const edges = (size: number) => [
  0,
  1,
  size - 64,
  size - 8,
  size - 4,
  size - 1,
  size,
  size + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 64,
  2 ** 32 - 1,
]
const LENGTHS = [0, 1, 2, 3, 4, 8, 16, 64, 1023, 1024, 1025, 65_535, 65_536, 65_537, 2 ** 28, 2 ** 31, 2 ** 32 - 1]

/** Bad values are as likely as good ones: half of the selectors are edges. */
function pointer(source: Source, size: number, to: 'iovec' | 'other'): number {
  const selector = source.u8()
  if (selector < 96) return to === 'iovec' ? VECTORS + 8 * (selector % VECTOR_COUNT) : 2048 + (source.u8() << 2)
  if (selector < 160) return source.u16() % size
  if (selector < 250) return edges(size)[selector % edges(size).length]!
  return source.u32()
}

function length(source: Source): number {
  const selector = source.u8()
  if (selector < 128) return selector % 16
  return selector < 250 ? LENGTHS[selector % LENGTHS.length]! : source.u32()
}

function scalar(source: Source, meaning: Meaning): number {
  const selector = source.u8()
  if (meaning.kind === 'fd') return selector < 192 ? selector % 5 : selector < 250 ? 2 ** 32 - 1 : source.u32()
  if (meaning.kind === 'enum') return selector < 224 ? selector % (meaning.values.length + 1) : source.u32()
  if (meaning.kind === 'flags') return selector < 224 ? selector & (2 ** Math.min(meaning.bits + 1, 8) - 1) : source.u32()
  return selector < 192 ? selector : source.u32()
}

function argument(source: Source, { type, meaning }: AbiParameter, size: number): bigint {
  if (meaning.kind === 'pointer') return BigInt(pointer(source, size, meaning.to === 'iovec' ? 'iovec' : 'other'))
  if (meaning.kind === 'length') return BigInt(length(source))
  const low = BigInt(scalar(source, meaning))
  return type === 'i64' && source.u8() >= 128 ? (BigInt(source.u32()) << 32n) | low : low
}

/**
 * The program that some bytes stand for. Every byte string is one.
 *
 * @param size of the guest's memory, in bytes
 */
export function decodeProgram(input: Uint8Array, size: number): Program {
  const source = new Source(input)
  const vectors = Array.from({ length: VECTOR_COUNT }, () => [pointer(source, size, 'other'), length(source)] as const)
  const calls: HostCall[] = []
  while (!source.empty && calls.length < MAX_CALLS) {
    const index = source.u8() % EXECUTOR_CALLS.length
    calls.push({ index, args: EXECUTOR_CALLS[index]!.parameters.map((parameter) => argument(source, parameter, size)) })
  }
  return { vectors, calls }
}

/** One call as a record for the guest. */
export function encodeCall({ index, args }: HostCall): Uint8Array {
  const record = new Uint8Array(recordBytes(EXECUTOR_CALLS[index]!))
  record[0] = index
  const view = new DataView(record.buffer)
  for (const [i, value] of args.entries()) view.setBigUint64(FIELD * (i + 1), value, true)
  return record
}

export function encodeVectors({ vectors }: Program): Uint8Array {
  const block = new Uint8Array(vectors.length * 8)
  const view = new DataView(block.buffer)
  for (const [i, [start, count]] of vectors.entries()) {
    view.setUint32(i * 8, start, true)
    view.setUint32(i * 8 + 4, count, true)
  }
  return block
}

const hex = (value: number | bigint) => (value < 10 ? String(value) : `0x${value.toString(16)}`)

/** The text form: the iovecs, then a line for each call. */
export function formatProgram({ vectors, calls }: Program): string {
  const head = vectors.map(([start, count], i) => `iovec ${hex(VECTORS + 8 * i)} = (${hex(start)}, ${hex(count)})`)
  const lines = calls.map(({ index, args }) => `${EXECUTOR_CALLS[index]!.name}(${args.map(hex).join(', ')})`)
  return [...head, ...lines].join('\n')
}
