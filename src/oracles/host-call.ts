// Oracle for one host call: what it may change in guest memory, and what it may answer, follows from the ABI table.
import { type AbiFunction, errnoName, LAYOUT_BYTES, NATIVE_MODULE } from '../sandbox/host/abi/index.ts'

/** One call, seen from outside the host's code. */
export interface ObservedCall {
  readonly call: AbiFunction
  /** As unsigned numbers; a double is its bits. */
  readonly args: readonly bigint[]
  /** Guest memory before and after, whole. */
  readonly before: Uint8Array
  readonly after: Uint8Array
  readonly errno: number
  /** Where the executor wrote the result, which is no effect of the host; for a call that is made several times, all of its record. */
  readonly ignore: Range
  /** True if the errno is the mark of a guest that is alive where it must not be. */
  readonly survived: boolean
}

interface Range {
  readonly offset: number
  readonly size: number
}

/** Most bytes that a call may write where the table does not say how many: the harness grants less than this of arguments and environment. */
const UNKNOWN_EXTENT = 512

/** Calls that write into the buffers of an array of vectors, and the parameter where they say how much. */
const READS_INTO_VECTORS: ReadonlyMap<string, string> = new Map([
  ['fd_read', 'nread'],
  ['fd_pread', 'nread'],
  ['sock_recv', 'ro_datalen'],
])

/** What is wrong with the call, in one sentence; null if nothing is. */
export function judgeHostCall(seen: ObservedCall): string | null {
  const { call, errno } = seen
  const wrong = judgeAnswer(seen)
  if (wrong !== null) return wrong
  if (errno !== 0) return unexpectedChange(seen, [])
  const bad = badPointer(seen)
  if (bad !== null) return outside(call, bad)
  const outputs = call.parameters.flatMap((_, index) => outputsOf(seen, index))
  const boast = outputs.find(({ told, room }) => told > room)
  if (boast && !asksAgain(call)) return `${call.name} said that it wrote ${boast.told}, and there was room for ${boast.room}`
  return unexpectedChange(
    seen,
    outputs.flatMap(({ ranges }) => ranges),
  )
}

const outside = ({ name }: AbiFunction, bad: string) => `${name} succeeded although ${bad} points outside of the memory`

function judgeAnswer({ call, errno, survived }: ObservedCall): string | null {
  if (survived)
    return `${call.name}: the guest was alive after a call that must have ended it, or caught an exception of the host`
  const name = errnoName(errno)
  if (name === undefined) return `${call.name} answered ${errno}, which is no error number`
  return errno === 0 || call.errnos.includes(name)
    ? null
    : `${call.name} answered ${name}, which the table does not list among its errors`
}

/**
 * The same for a call that was made several times in a row with the same arguments, of which only the last answer is known: what any of them may have
 * written is allowed.
 */
export function judgeRepeatedCall(seen: ObservedCall): string | null {
  const { call, args, errno } = seen
  const wrong = judgeAnswer(seen)
  if (wrong !== null) return wrong
  const bad = badPointer(seen)
  if (bad !== null) return errno === 0 ? outside(call, bad) : unexpectedChange(seen, [])
  const rooms = call.parameters.flatMap((_, index) => roomOf(seen, index))
  // A record or an array of vectors that was written over led the next one elsewhere.
  const lists = call.parameters.flatMap(({ meaning }, index): Range[] =>
    meaning.kind === 'pointer' && meaning.to === 'iovec'
      ? [{ offset: Number(args[index]), size: Number(elements(call, args, index)) * LAYOUT_BYTES.iovec }]
      : [],
  )
  const astray = [...lists, seen.ignore].some((list) => rooms.some((room) => room.offset < end(list) && list.offset < end(room)))
  return astray ? null : unexpectedChange(seen, rooms)
}

/** Everything that a call may write because of one parameter, however much it says it wrote. */
function roomOf({ call, args, before }: ObservedCall, index: number): Range[] {
  const { meaning } = call.parameters[index]!
  if (meaning.kind !== 'pointer') return []
  const offset = Number(args[index])
  const count = elements(call, args, index)
  const size = count === null ? UNKNOWN_EXTENT : Number(count) * LAYOUT_BYTES[meaning.to]
  if (meaning.to === 'iovec' && READS_INTO_VECTORS.has(call.name)) return vectors(before, { offset, size })
  return meaning.direction === 'in' ? [] : [{ offset, size }]
}

/** Native calls give an answer whole or not at all, and its size in any case, so that the guest can come back with more room. */
const asksAgain = ({ module, name }: AbiFunction) => module === NATIVE_MODULE && name !== 'http_body'

/** Name of a pointer parameter whose range, as the table knows it, does not lie in the memory, or of a vector that does not. */
function badPointer({ call, args, before }: ObservedCall): string | null {
  for (const [index, { name, meaning }] of call.parameters.entries()) {
    if (meaning.kind !== 'pointer' || meaning.count === null) continue
    const size = Number(elements(call, args, index)!) * LAYOUT_BYTES[meaning.to]
    const offset = Number(args[index])
    if (offset + size > before.length) return name
    if (meaning.to !== 'iovec') continue
    if (vectors(before, { offset, size }).some((vector) => vector.size > 0 && end(vector) > before.length))
      return `a vector of ${name}`
  }
  return null
}

/** Number of elements behind the pointer parameter of that index; null if the table does not know. */
function elements({ parameters }: AbiFunction, args: readonly bigint[], index: number): bigint | null {
  const { meaning } = parameters[index]!
  if (meaning.kind !== 'pointer' || meaning.count === null) return null
  const { count } = meaning
  return typeof count === 'number' ? BigInt(count) : args[parameters.findIndex(({ name }) => name === count)]!
}

/** Where a call that succeeded may have written because of one parameter. */
interface Output {
  /** Elements that there was room for, and those that the call says it wrote; the same if it does not say. */
  readonly room: number
  readonly told: number
  readonly ranges: readonly Range[]
}

function outputsOf(seen: ObservedCall, index: number): Output[] {
  const { call, args, before } = seen
  const { name, meaning } = call.parameters[index]!
  if (meaning.kind !== 'pointer') return []
  const offset = Number(args[index])
  const count = elements(call, args, index)
  const teller = READS_INTO_VECTORS.get(call.name)
  if (meaning.to === 'iovec' && teller !== undefined) {
    const list = vectors(before, { offset, size: Number(count) * LAYOUT_BYTES.iovec })
    const room = list.reduce((sum, { size }) => sum + size, 0)
    const told = toldBy(seen, teller, list) ?? room
    return [{ room, told, ranges: firstBytes(list, told) }]
  }
  if (meaning.direction === 'in') return []
  if (count === null) return [{ room: 0, told: 0, ranges: [{ offset, size: UNKNOWN_EXTENT }] }]
  const room = Number(count)
  const size = LAYOUT_BYTES[meaning.to]
  // `buf` and `bufused`, `out` and `nevents`: by their names, as the specification has them.
  const whole = { offset, size: room * size }
  const told = toldBy(seen, `${name}used`, [whole]) ?? toldBy(seen, meaning.to === 'event' ? 'nevents' : '', [whole]) ?? room
  return [{ room, told, ranges: [{ offset, size: (told <= room ? told : 0) * size }] }]
}

/** The number that a call wrote where the parameter points; null if it has no such parameter, or wrote over the number itself (MEM-22). */
function toldBy({ call, args, after }: ObservedCall, parameter: string, outputs: readonly Range[]): number | null {
  const index = call.parameters.findIndex(({ name }) => name === parameter)
  if (index < 0) return null
  const place = { offset: Number(args[index]), size: 4 }
  if (outputs.some((output) => output.size > 0 && output.offset < end(place) && place.offset < end(output))) return null
  return new DataView(after.buffer, after.byteOffset).getUint32(place.offset, true)
}

const end = ({ offset, size }: Range) => offset + size

/** The buffers that an array of vectors names. */
function vectors(memory: Uint8Array, { offset, size }: Range): Range[] {
  const view = new DataView(memory.buffer, memory.byteOffset)
  return Array.from({ length: size / LAYOUT_BYTES.iovec }, (_, i) => ({
    offset: view.getUint32(offset + 8 * i, true),
    size: view.getUint32(offset + 8 * i + 4, true),
  }))
}

/** What so many bytes fill of buffers, one after the other. */
function firstBytes(buffers: readonly Range[], count: number): Range[] {
  let left = count
  return buffers.map(({ offset, size }) => {
    const part = Math.min(size, left)
    left -= part
    return { offset, size: part }
  })
}

/** A changed byte outside of what the call may write; any at all after an error: no effect before every check (MEM-21). */
function unexpectedChange(seen: ObservedCall, allowed: readonly Range[]): string | null {
  const { before, after } = seen
  const ranges = [...allowed, seen.ignore, { offset: before.length, size: 0 }].sort((a, b) => a.offset - b.offset)
  let from = 0
  for (const range of ranges) {
    const to = Math.min(range.offset, before.length)
    if (to > from && Buffer.compare(before.subarray(from, to), after.subarray(from, to)) !== 0) {
      const at = firstDifference(seen, from)
      return `${seen.call.name} answered ${errnoName(seen.errno)} and changed the byte at ${at}, which is none of its outputs`
    }
    from = Math.max(from, end(range))
  }
  return null
}

const firstDifference = ({ before, after }: ObservedCall, from: number) => {
  let at = from
  while (before[at] === after[at]) at++
  return at
}
