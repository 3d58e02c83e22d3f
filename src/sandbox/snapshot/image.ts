// The state of a guest as bytes. It comes from a jail or from a file, so whoever reads it takes nothing on trust: every count is compared with the
// plan, every length with what is there, and nothing is allocated from a number that was only declared (MOD-04, RES-05).
import { FDFLAG } from '../host/wasi/layout.ts'
import type { GlobalKind, SnapshotPlan } from './plan.ts'

/** Pieces in which memory is kept or left out, bytes: pages of the machine, which a guest that never wrote to one left zero. */
export const BLOCK = 4096
const PAGE = 65_536
const BLOCKS_PER_PAGE = PAGE / BLOCK

/** Blocks that are not all zero, one after the other in memory. */
export interface Run {
  /** Number of the first block. */
  readonly first: number
  readonly bytes: Uint8Array
}
export interface MemoryState {
  readonly pages: number
  readonly runs: readonly Run[]
}
/** A number's bits, little-endian, or a reference: null, or the number of a function. */
export type GlobalState = Uint8Array | number | null

/** A stream or a mount that the guest began with. */
export interface HandleState {
  readonly flags: number
  readonly base: bigint
  readonly inheriting: bigint
}

/** What the image has to say about the host's side of the guest. */
export interface HostShape {
  /** Handles that the guest began with. */
  readonly handles: number
  /** Whether its source of random bytes is a seeded one. */
  readonly seeded: boolean
}

export interface GuestImage {
  readonly memories: readonly MemoryState[]
  readonly globals: readonly GlobalState[]
  /** The elements of each table: null, or the number of a function. */
  readonly tables: readonly (readonly (number | null)[])[]
  /** Where the seeded source of random bytes is; null for a guest without one. */
  readonly random: number | null
  readonly handles: readonly HandleState[]
}

/** The bytes are no image that belongs to the plan. */
export class BadImage extends Error {
  override readonly name = 'BadImage'
}

const WIDTHS: Readonly<Record<Exclude<GlobalKind, 'function' | 'null'>, number>> = { i32: 4, f32: 4, i64: 8, f64: 8, v128: 16 }
export const isReference = (kind: GlobalKind): kind is 'function' | 'null' => kind === 'function' || kind === 'null'

/** The numbers of memories, globals, tables and handles, and the state of the random source. */
const HEADER_BYTES = 20
const HANDLE_BYTES = 20

/** No function has this number: an index space ends at the same bound in every engine, long before. */
const NULL = 0xffff_ffff

/** @param image of a guest of ours: it has the shape of a plan */
export function encodeImage({ memories, globals, tables, random, handles }: GuestImage): Uint8Array<ArrayBuffer> {
  const size =
    memories.reduce((sum, { runs }) => sum + runs.reduce((all, { bytes }) => all + 8 + bytes.length, 8), 0) +
    globals.reduce((sum: number, state) => sum + (state instanceof Uint8Array ? state.length : 4), 0) +
    tables.reduce((sum, elements) => sum + 4 + 4 * elements.length, 0) +
    HANDLE_BYTES * handles.length
  const writer = new Writer(HEADER_BYTES + size)
  writer.u32(memories.length, globals.length, tables.length, handles.length, random ?? 0)
  for (const { flags, base, inheriting } of handles) {
    writer.u32(flags)
    writer.u64(base, inheriting)
  }
  for (const { pages, runs } of memories) {
    writer.u32(pages, runs.length)
    for (const { first, bytes } of runs) {
      writer.u32(first, bytes.length / BLOCK)
      writer.bytes(bytes)
    }
  }
  for (const state of globals) {
    if (state instanceof Uint8Array) writer.bytes(state)
    else writer.u32(state ?? NULL)
  }
  for (const elements of tables) {
    writer.u32(elements.length)
    for (const element of elements) writer.u32(element ?? NULL)
  }
  return writer.out
}

/** @throws {BadImage} */
export function decodeImage(image: Uint8Array, plan: SnapshotPlan, host: HostShape): GuestImage {
  const reader = new Reader(image)
  const counts = [reader.u32(), reader.u32(), reader.u32()]
  if (reader.u32() !== host.handles) throw new BadImage('it has other streams and mounts than the policy')
  const random = reader.u32()
  if (counts[0] !== plan.memories.length || counts[1] !== plan.globals.length || counts[2] !== plan.tables.length)
    throw new BadImage('it has other memories, globals or tables than the module')
  // The source's state is never zero.
  if (host.seeded !== (random !== 0)) throw new BadImage('its random source is not that of the policy')
  const handles = Array.from({ length: host.handles }, () => readHandle(reader))
  const memories = plan.memories.map((planned) => readMemory(reader, planned))
  const globals = plan.globals.map(({ kind }) =>
    isReference(kind) ? readReference(reader, kind, plan.functions) : reader.take(WIDTHS[kind]),
  )
  const tables = plan.tables.map(({ min, max, holds }) => {
    const length = reader.u32()
    if (length < min || length > max) throw new BadImage('a table has a length that it cannot have')
    reader.mustHave(4 * length)
    return Array.from({ length }, () => readReference(reader, holds, plan.functions))
  })
  reader.end()
  return { memories, globals, tables, random: random === 0 ? null : random, handles }
}

/** Most bytes that an image for this plan can have. */
export function maxImageBytes({ memories, globals, tables }: SnapshotPlan, { handles }: Pick<HostShape, 'handles'>): number {
  // Runs are apart from each other, so there is at most one for two blocks.
  const memory = memories.reduce((sum, { max }) => sum + 8 + max * PAGE + (max * BLOCKS_PER_PAGE * 8) / 2, 0)
  const rest = HEADER_BYTES + HANDLE_BYTES * handles + 16 * globals.length
  return rest + memory + tables.reduce((sum, { max }) => sum + 4 + 4 * max, 0)
}

function readHandle(reader: Reader): HandleState {
  const flags = reader.u32()
  // The one flag that a stream can have; directories have none.
  if ((flags & ~FDFLAG.nonblock) !== 0) throw new BadImage('a handle has flags that it cannot have')
  return { flags, base: reader.u64(), inheriting: reader.u64() }
}

function readMemory(reader: Reader, { min, max }: { readonly min: number; readonly max: number }): MemoryState {
  const [pages, count] = [reader.u32(), reader.u32()]
  if (pages < min || pages > max) throw new BadImage('a memory has a size that it cannot have')
  const runs: Run[] = []
  // Behind the last block of the run before, with a gap: else the two would be one.
  let lowest = 0
  for (let index = 0; index < count; index++) {
    const [first, blocks] = [reader.u32(), reader.u32()]
    if (blocks === 0 || first < lowest || blocks > pages * BLOCKS_PER_PAGE - first)
      throw new BadImage('a part of a memory is not where it can be')
    runs.push({ first, bytes: reader.take(blocks * BLOCK) })
    lowest = first + blocks + 1
  }
  return { pages, runs }
}

function readReference(reader: Reader, holds: 'function' | 'null', functions: number): number | null {
  const index = reader.u32()
  if (index === NULL) return null
  if (holds === 'null' || index >= functions) throw new BadImage('a reference is to no function of the module')
  return index
}

class Writer {
  readonly out: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #at = 0

  constructor(size: number) {
    this.out = new Uint8Array(size)
    this.#view = new DataView(this.out.buffer)
  }

  u32(...values: readonly number[]): void {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true)
      this.#at += 4
    }
  }

  u64(...values: readonly bigint[]): void {
    for (const value of values) {
      this.#view.setBigUint64(this.#at, value, true)
      this.#at += 8
    }
  }

  bytes(bytes: Uint8Array): void {
    this.out.set(bytes, this.#at)
    this.#at += bytes.length
  }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  mustHave(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new BadImage('it ends in the middle')
  }

  u32(): number {
    this.mustHave(4)
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  u64(): bigint {
    this.mustHave(8)
    this.#at += 8
    return this.#view.getBigUint64(this.#at - 8, true)
  }

  /** A view, not a copy. */
  take(count: number): Uint8Array {
    this.mustHave(count)
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new BadImage('it goes on behind its end')
  }
}
