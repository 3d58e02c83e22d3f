// Whatever a jail or a file gives as the state of a guest: it is the state of some guest with that plan, or it is refused, and no more of it is taken
// than such a guest can have.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { ReceivedState } from '../../src/sandbox/isolation/received-state.ts'
import { SnapshotError } from '../../src/sandbox/snapshot/error.ts'
import type { SnapshotIdentity } from '../../src/sandbox/snapshot/identity.ts'
import { encodeImage, type GuestImage, type HostShape, maxImageBytes } from '../../src/sandbox/snapshot/image.ts'
import type { GlobalKind, SnapshotPlan } from '../../src/sandbox/snapshot/plan.ts'
import { Snapshot } from '../../src/sandbox/snapshot/snapshot.ts'
import { checkProperty } from '../check.ts'

const BLOCK = 4096
const BLOCKS_PER_PAGE = 16
const NONBLOCK = 4
const NULL = 0xffff_ffff

const range = (max: number) =>
  fc.tuple(fc.nat(max), fc.nat(max)).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b), is64: false, name: '' }))
const KINDS: readonly GlobalKind[] = ['i32', 'i64', 'f32', 'f64', 'v128', 'function', 'null']
const WIDTHS: Partial<Record<GlobalKind, number>> = { i32: 4, f32: 4, i64: 8, f64: 8, v128: 16 }
const plan: fc.Arbitrary<SnapshotPlan> = fc.record({
  memories: fc.array(range(2), { maxLength: 2 }),
  globals: fc.array(
    fc.constantFrom(...KINDS).map((kind) => ({ name: '', kind })),
    { maxLength: 3 },
  ),
  tables: fc.array(
    fc.tuple(range(3), fc.constantFrom('function' as const, 'null' as const)).map(([of, holds]) => ({ ...of, holds })),
    { maxLength: 2 },
  ),
  still: fc.constant([]),
  functions: fc.integer({ min: 1, max: 3 }),
})

const reference = (holds: 'function' | 'null', { functions }: SnapshotPlan): fc.Arbitrary<number | null> =>
  holds === 'null' ? fc.constant(null) : fc.option(fc.nat(functions - 1), { nil: null })
const memoryOf = ({ min, max }: { min: number; max: number }) =>
  fc
    .record({
      pages: fc.integer({ min, max }),
      runs: fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 })), { maxLength: 3 }),
    })
    .map(({ pages, runs }) => {
      let at = -1
      const placed = runs.flatMap(([gap, blocks]) => {
        const first = at + gap
        at = first + blocks
        return at <= pages * BLOCKS_PER_PAGE ? [{ first, bytes: new Uint8Array(blocks * BLOCK).fill(gap) }] : []
      })
      return { pages, runs: placed }
    })
/** The state of a guest with that plan. */
const imageFor = (of: SnapshotPlan, { handles, seeded }: HostShape): fc.Arbitrary<GuestImage> =>
  fc.record({
    memories: fc.tuple(...of.memories.map(memoryOf)),
    globals: fc.tuple(
      ...of.globals.map(({ kind }) =>
        kind === 'function' || kind === 'null'
          ? reference(kind, of)
          : fc.uint8Array({ minLength: WIDTHS[kind]!, maxLength: WIDTHS[kind]! }),
      ),
    ),
    tables: fc.tuple(
      ...of.tables.map(({ min, max, holds }) => fc.array(reference(holds, of), { minLength: min, maxLength: max })),
    ),
    random: seeded ? fc.integer({ min: 1, max: 2 ** 32 - 1 }) : fc.constant(null),
    handles: fc.array(
      fc.record({
        flags: fc.constantFrom(0, NONBLOCK),
        base: fc.bigInt(0n, 2n ** 64n - 1n),
        inheriting: fc.bigInt(0n, 2n ** 64n - 1n),
      }),
      { minLength: handles, maxLength: handles },
    ),
  })

const widened = (of: SnapshotPlan): SnapshotPlan => {
  const more = <T extends { readonly max: number }>(one: T): T => ({ ...one, max: one.max + 1 })
  return { ...of, memories: of.memories.map(more), tables: of.tables.map(more) }
}

/** A number of the image becomes another one. Most of an image is contents of memory, so numbers are found by what they are. */
const change = fc.record({
  which: fc.nat(60),
  value: fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 1000, 2 ** 31, NULL - 1, NULL),
})
const trial = fc
  .record({
    plan,
    host: fc.record({ handles: fc.nat(2), seeded: fc.boolean() }),
    /** Now and then it is the state of a guest whose memories and tables may be larger. */
    wider: fc.nat(4).map((n) => n === 0),
  })
  .chain(({ plan: of, host, wider }) =>
    fc.record({
      plan: fc.constant(of),
      host: fc.constant(host),
      wider: fc.constant(wider),
      image: imageFor(wider ? widened(of) : of, host),
      changes: fc.array(change, { maxLength: 2 }),
      cut: fc.integer({ min: -2, max: 40 }),
      pieces: fc.integer({ min: 1, max: 70_000 }),
      /** Which part of what it belongs to is another one where it is restored. */
      elsewhere: fc.constantFrom(null, 'module', 'policy', 'abi'),
    }),
  )
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

/** Offsets of all numbers of an image, in its order. */
function numbersOf({ memories, globals, tables, handles }: GuestImage): number[] {
  const found = [0, 4, 8, 12, 16]
  let at = 20
  for (const _ of handles) {
    found.push(at)
    at += 20
  }
  for (const { runs } of memories) {
    found.push(at, at + 4)
    at += 8
    for (const { bytes } of runs) {
      found.push(at, at + 4)
      at += 8 + bytes.length
    }
  }
  for (const state of globals) {
    found.push(at)
    at += state instanceof Uint8Array ? state.length : 4
  }
  for (const elements of tables) {
    for (let index = 0; index <= elements.length; index++) found.push(at + 4 * index)
    at += 4 + 4 * elements.length
  }
  return found
}

/** What of the bytes could not be the state of a guest with that plan; read by another hand than the decoder's. */
function wrongWith(bytes: Uint8Array, of: SnapshotPlan, { handles, seeded }: HostShape): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const next = () => {
    at += 4
    return view.getUint32(at - 4, true)
  }
  const counts = [next(), next(), next(), next()]
  if (counts.some((count, index) => count !== [of.memories.length, of.globals.length, of.tables.length, handles][index]))
    return 'it counts other things than the plan'
  if ((next() !== 0) !== seeded) return 'it has another random source'
  for (let index = 0; index < handles; index++, at += 16) if ((next() & ~NONBLOCK) !== 0) return 'a handle has other flags'
  for (const { min, max } of of.memories) {
    const [pages, runs] = [next(), next()]
    if (pages < min || pages > max) return `a memory has ${pages} pages`
    for (let index = 0, free = 0; index < runs; index++) {
      const [first, blocks] = [next(), next()]
      if (first < free || blocks < 1 || first + blocks > pages * BLOCKS_PER_PAGE) return `a run is at block ${first}`
      free = first + blocks + 1
      at += blocks * BLOCK
    }
  }
  const reference = (holds: string) => {
    const index = next()
    return index === NULL || (holds === 'function' && index < of.functions)
  }
  for (const { kind } of of.globals) {
    if (WIDTHS[kind] !== undefined) at += WIDTHS[kind]
    else if (!reference(kind)) return 'a global has a reference that it cannot have'
  }
  for (const { min, max, holds } of of.tables) {
    const length = next()
    if (length < min || length > max) return `a table has ${length} elements`
    for (let index = 0; index < length; index++) if (!reference(holds)) return 'a table has a reference that it cannot have'
  }
  return at === bytes.length ? null : 'it has another length'
}

const HERE: SnapshotIdentity = { module: '00', policy: '01', abi: '02' }

function holds({ plan: of, host, image, changes, cut, pieces, elsewhere, wider }: Trial): string | null {
  const honest = encodeImage(image)
  const numbers = numbersOf(image)
  const bytes = Buffer.from(honest)
  for (const { which, value } of changes) bytes.writeUInt32LE(value, numbers[which % numbers.length]!)
  // Now and then something is missing at the end, or there.
  const given = cut < 0 ? Buffer.concat([bytes, Buffer.alloc(-cut)]) : cut < 8 ? bytes.subarray(0, bytes.length - cut) : bytes
  const same = !wider && Buffer.compare(given, honest) === 0
  const received = receivedIn(given, of, host, pieces)
  if (received !== null) return received
  const there = elsewhere === null ? HERE : { ...HERE, [elsewhere]: 'ff' }
  try {
    new Snapshot({ identity: HERE, image: given }).mustFit({ identity: there, plan: of, host })
  } catch (error) {
    if (!(error instanceof SnapshotError)) return `looking at it failed with ${String(error)}`
    return same && elsewhere === null ? `the state of an honest guest is refused: ${error.message}` : null
  }
  if (elsewhere !== null) return `it fits though it is of another ${elsewhere}`
  try {
    const wrong = wrongWith(given, of, host)
    return wrong === null ? null : `it is taken for a state, and ${wrong}`
  } catch {
    return 'it is taken for a state, and ends in the middle'
  }
}

/** In pieces, as from a jail, with one byte more than there can be at the end. */
function receivedIn(bytes: Uint8Array, of: SnapshotPlan, host: HostShape, size: number): string | null {
  const max = maxImageBytes(of, host)
  const state = new ReceivedState(of, host.handles)
  let taken = 0
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    // What came so far is not believed either then.
    if (!state.addPiece(piece)) return null
    taken += piece.length
    if (taken > max) return `${taken} bytes of a state are taken, and there can be ${max}`
  }
  if (taken > 0 && state.addPiece(new Uint8Array(max - taken + 1))) return 'more of a state is taken than there can be'
  if (taken > 0 && state.refuse({ problem: 'input-read', place: '' })) return 'a state is there, and is said not to be'
  const captured = state.take()
  if (captured === null) return taken > 0 ? 'a state is lost on the way' : null
  if (!('image' in captured) || captured.image.length !== taken) return 'a state is lost on the way'
  return isDeepStrictEqual(Buffer.from(captured.image), Buffer.from(bytes.subarray(0, taken)))
    ? null
    : 'a state changes on the way'
}

const property: Property = {
  name: 'snapshot-images',
  threats: ['RES-05', 'ENG-03', 'CTL-09'],
  run: async (seed, milliseconds) =>
    checkProperty(trial, holds, ({ image: _, ...value }) => JSON.stringify(value), seed, milliseconds),
}
export default property
