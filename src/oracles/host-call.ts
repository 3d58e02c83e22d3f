// Oracle for one host call: what it may change in guest memory, and what it may answer, follows from the ABI table.
import type { AbiFunction } from '../sandbox/host/abi-types.ts'
import { LAYOUT_BYTES } from '../sandbox/host/abi-types.ts'

/** One call, seen from outside the host's code. */
export interface ObservedCall {
  readonly call: AbiFunction
  /** As unsigned numbers. */
  readonly args: readonly bigint[]
  /** Guest memory before and after, whole. */
  readonly before: Uint8Array
  readonly after: Uint8Array
  readonly errno: number
  /** Where the executor wrote the result, which is no effect of the host. */
  readonly ignore: { readonly offset: number; readonly size: number }
  /** True if the errno is the mark of a guest that is alive where it must not be. */
  readonly survived: boolean
}

/** Largest error number of preview 1 (`notcapable`). */
const MAX_ERRNO = 76
/** Most bytes that a call may write where the table does not say how many: the harness grants less than this of arguments and environment. */
const UNKNOWN_EXTENT = 512

/** What is wrong with the call, in one sentence; null if nothing is. */
export function judgeHostCall(seen: ObservedCall): string | null {
  const { call, errno, survived } = seen
  if (survived)
    return `${call.name}: the guest was alive after a call that must have ended it, or caught an exception of the host`
  if (errno > MAX_ERRNO) return `${call.name} answered ${errno}, which is no error number`
  const bad = badPointer(seen)
  if (bad !== null && errno === 0) return `${call.name} succeeded although ${bad} points outside of the memory`
  return unexpectedChange(seen)
}

/** Name of a pointer parameter whose range, as the table knows it, does not lie in the memory. */
function badPointer({ call, args, before }: ObservedCall): string | null {
  for (const [index, { name, meaning }] of call.parameters.entries()) {
    if (meaning.kind !== 'pointer' || meaning.count === null) continue
    if (args[index]! + extent(call, args, index)! > BigInt(before.length)) return name
  }
  return null
}

/** Bytes behind the pointer parameter of that index; null if the table does not know. */
function extent(call: AbiFunction, args: readonly bigint[], index: number): bigint | null {
  const { meaning } = call.parameters[index]!
  if (meaning.kind !== 'pointer' || meaning.count === null) return null
  const { count } = meaning
  const elements = typeof count === 'number' ? BigInt(count) : args[call.parameters.findIndex((p) => p.name === count)]!
  return elements * BigInt(LAYOUT_BYTES[meaning.to])
}

/** A changed byte outside of what the call may write; any at all after an error: no effect before every check (MEM-21). */
function unexpectedChange(seen: ObservedCall): string | null {
  const allowed = seen.errno === 0 ? writable(seen) : []
  const ranges = [...allowed, { start: seen.ignore.offset, end: seen.ignore.offset + seen.ignore.size }].sort(
    (a, b) => a.start - b.start,
  )
  let from = 0
  for (const { start, end } of [...ranges, { start: seen.before.length, end: seen.before.length }]) {
    if (start > from && Buffer.compare(seen.before.subarray(from, start), seen.after.subarray(from, start)) !== 0) {
      const at = firstDifference(seen, from)
      return `${seen.call.name} answered ${seen.errno} and changed the byte at ${at}, which is none of its outputs`
    }
    from = Math.max(from, end)
  }
  return null
}

const firstDifference = ({ before, after }: ObservedCall, from: number) => {
  let at = from
  while (before[at] === after[at]) at++
  return at
}

function writable({ call, args, before }: ObservedCall): { start: number; end: number }[] {
  return call.parameters.flatMap(({ meaning }, index) => {
    if (meaning.kind !== 'pointer') return []
    const start = Number(args[index])
    if (meaning.to === 'iovec' && call.name === 'fd_read') return buffers(before, start, Number(args[index + 1]))
    if (meaning.direction === 'in') return []
    return [{ start, end: start + Number(extent(call, args, index) ?? UNKNOWN_EXTENT) }]
  })
}

/** The buffers that an array of iovecs names, as it was before the call. */
function buffers(memory: Uint8Array, table: number, count: number): { start: number; end: number }[] {
  const view = new DataView(memory.buffer, memory.byteOffset)
  return Array.from({ length: count }, (_, i) => {
    const start = view.getUint32(table + 8 * i, true)
    return { start, end: start + view.getUint32(table + 8 * i + 4, true) }
  })
}
