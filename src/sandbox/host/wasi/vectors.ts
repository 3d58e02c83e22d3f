// iovec and ciovec arrays, and moving bytes between them and something that reads or writes pieces.
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { type Arguments, memoryOf } from '../handler.ts'

export interface Vector {
  readonly pointer: number
  readonly length: number
}

/** Bytes that are copied out of the guest's memory at a time, however long a vector is (RES-05). */
const PIECE = 1024 * 1024

/**
 * The vectors in the parameters `name` and `name_len`, read once and checked whole: every buffer is inside the memory before the first byte
 * moves (MEM-09, MEM-21). Their number was capped by the gate (MEM-10).
 */
export function readVectors(context: HostContext, args: Arguments, name: string): Vector[] {
  const memory = memoryOf(context)
  const count = args.i32(`${name}_len`)
  const table = args.i32(name)
  memory.check(table, count * 8)
  const list: Vector[] = []
  let sum = 0
  for (let i = 0; i < count; i++) {
    const pointer = memory.readU32(table + i * 8)
    const length = memory.readU32(table + i * 8 + 4)
    memory.check(pointer, length)
    list.push({ pointer, length })
    sum += length
  }
  // The result is a u32 (MEM-11).
  if (sum > 0xffff_ffff) throw new GuestFault(ERRNO.inval)
  return list
}

/**
 * Fills vectors in order; stops at the first one that stays short.
 *
 * @param read gives the bytes that come after those given so far, at most so many
 * @returns bytes given in all
 */
export function fillVectors(
  context: HostContext,
  vectors: readonly Vector[],
  read: (done: number, length: number) => Uint8Array,
): number {
  const memory = memoryOf(context)
  return counted((progress) => {
    for (const { pointer, length } of vectors) {
      if (length === 0) continue
      const part = read(progress.bytes, length)
      memory.write(pointer, part)
      progress.bytes += part.length
      if (part.length < length) return
    }
  })
}

/**
 * Takes what is in vectors, piece by piece; stops at the first piece that is not taken whole.
 *
 * @param write takes the bytes that come after those taken so far, and says how many of them it took
 * @returns bytes taken in all
 */
export function drainVectors(
  context: HostContext,
  vectors: readonly Vector[],
  write: (done: number, bytes: Uint8Array) => number,
): number {
  const memory = memoryOf(context)
  return counted((progress) => {
    for (const { pointer, length } of vectors) {
      for (let at = 0; at < length; at += PIECE) {
        const piece = memory.read(pointer + at, Math.min(PIECE, length - at))
        const taken = write(progress.bytes, piece)
        progress.bytes += taken
        if (taken < piece.length) return
      }
    }
  })
}

/** Runs a transfer. A fault after some bytes moved is not told: the guest learns how far it came, and of the fault when it goes on (POSIX). */
function counted(transfer: (progress: { bytes: number }) => void): number {
  const progress = { bytes: 0 }
  try {
    transfer(progress)
  } catch (error) {
    if (!(error instanceof GuestFault) || progress.bytes === 0) throw error
  }
  return progress.bytes
}
