// Programs for the executor guest: typed calls whose arguments are numbers or results of earlier calls, and bytes that lie in memory for them.
import type { AbiFunction, AbiParameter } from '../../sandbox/host/abi/index.ts'
import { EXECUTOR_CALLS, FIELD, HEADER, RECORDS, recordBytes } from './module.ts'

/** A number, or what an earlier call wrote where one of its pointers points to. */
export type Argument =
  /** Unsigned; the bits of a double. */
  | { readonly kind: 'value'; readonly value: bigint }
  /** `call` counts the program's calls from 0. */
  | { readonly kind: 'result'; readonly call: number; readonly parameter: string }

/** What is put into memory before a call. */
export type Fill =
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'vectors'; readonly at: number; readonly vectors: readonly (readonly [pointer: number, length: number])[] }

/** How a call is made, where it is not made once and at once. */
export interface Manner {
  /** Pages by which the guest's memory grows before it: what a host keeps of the memory is void then (MEM-04). At most 255. */
  readonly grow?: number
  /** Frames of the guest below it, entered again through its table: little of the stack is left (CTL-04). At most 65,535. */
  readonly depth?: number
  /** How often it is made, in one activation, which is what quotas count for (RES-08). At most 65,535. */
  readonly times?: number
}
export const MANNERS = ['grow', 'depth', 'times'] as const satisfies readonly (keyof Manner)[]
export const MOST: Readonly<Required<Manner>> = { grow: 255, depth: 65_535, times: 65_535 }

export interface Call extends Manner {
  readonly fills: readonly Fill[]
  /** Index in {@link EXECUTOR_CALLS}. */
  readonly index: number
  readonly args: readonly Argument[]
}

export interface Program {
  /** From which whatever surrounds the guest answers: the network, above all. */
  readonly seed: number
  readonly calls: readonly Call[]
}

export const value = (number: number | bigint): Argument => ({ kind: 'value', value: BigInt(number) })

export const entryOf = ({ index }: Call): AbiFunction => EXECUTOR_CALLS[index]!

/** Bytes of the number that a result is; null if the parameter is no place of one. */
export function resultBytes({ meaning }: AbiParameter): 4 | 8 | null {
  if (meaning.kind !== 'pointer' || meaning.direction !== 'out' || meaning.count !== 1) return null
  return meaning.to === 'u32' ? 4 : meaning.to === 'u64' ? 8 : null
}

export function fillBytes(fill: Fill): Uint8Array {
  if (fill.kind === 'bytes') return fill.bytes
  const block = new Uint8Array(fill.vectors.length * 8)
  const view = new DataView(block.buffer)
  for (const [i, [pointer, length]] of fill.vectors.entries()) {
    view.setUint32(i * 8, pointer, true)
    view.setUint32(i * 8 + 4, length, true)
  }
  return block
}

/**
 * The arguments of a call as numbers.
 *
 * @param earlier the arguments of the calls before, as they were made
 * @param memory the guest's, now: what a result is, is read when it is used
 */
export function resolveArguments(
  { calls }: Program,
  { args }: Call,
  earlier: readonly (readonly bigint[])[],
  memory: Uint8Array,
): bigint[] {
  return args.map((argument) => {
    if (argument.kind === 'value') return argument.value
    const source = entryOf(calls[argument.call]!).parameters
    const at = source.findIndex(({ name }) => name === argument.parameter)
    return readResult(memory, earlier[argument.call]![at]!, resultBytes(source[at]!)!)
  })
}

/** 0 where there is no memory: a program with a bad pointer is a program all the same. */
function readResult(memory: Uint8Array, pointer: bigint, size: 4 | 8): bigint {
  if (pointer + BigInt(size) > BigInt(memory.length)) return 0n
  const view = new DataView(memory.buffer, memory.byteOffset)
  return size === 4 ? BigInt(view.getUint32(Number(pointer), true)) : view.getBigUint64(Number(pointer), true)
}

/**
 * Writes one call as a record for the guest; a double is its bits, an i32 the low half of its field.
 *
 * @returns where the record ends
 */
export function writeCall(view: DataView, at: number, call: Pick<Call, 'index'> & Manner, args: readonly bigint[]): number {
  const { index, grow = 0, times = 1, depth = 0 } = call
  const length = recordBytes(EXECUTOR_CALLS[index]!)
  view.setUint8(at + HEADER.index, index)
  view.setUint8(at + HEADER.grow, grow)
  view.setUint16(at + HEADER.times, times, true)
  view.setUint16(at + HEADER.depth, depth, true)
  view.setUint16(at + HEADER.length, length, true)
  for (let i = 0; i < args.length; i++) view.setBigUint64(at + FIELD * (i + 1), args[i]!, true)
  view.setBigUint64(at + length - FIELD, 0n, true)
  return at + length
}

/** Fills lie below the records: what a program puts there can be anything, but not the program. */
export const fits = ({ at }: Fill, size: number): boolean => at >= 0 && at + size <= RECORDS
