// Time per unit of fuel, for one class of instructions after another: `npx node bench/fuel-classes.ts` (V8's flags go through `NODE_OPTIONS` or node
// itself: `--liftoff-only`, `--no-liftoff`). A class that takes much longer for a unit than the others would be a way around the limit (RES-01).
import { meter } from '../src/sandbox/metering/meter.ts'
import { METERING_EXPORTS } from '../src/sandbox/metering/names.ts'
import {
  encodeExportSection,
  readModule,
  replaceSections,
  type SectionId,
  type ValueType,
  writer as w,
} from '../src/wasm/index.ts'

const { instruction: i } = w

interface Class {
  readonly name: string
  /** One round of work. It must need the result of the round before, or the engine leaves it out. */
  readonly code: w.Bytes
  /** Rounds in one turn of the loop. */
  readonly rounds?: number
}

/** Locals: 0 turns, 1 i32, 2 i64, 3 f32, 4 f64, 5 v128, 6 externref. */
const LOCALS: readonly ValueType[] = ['i32', 'i64', 'f32', 'f64', 'v128', 'funcref']
const chain = (local: number, ...code: w.Bytes[]): w.Bytes => w.bytes(i.localGet(local), ...code, i.localSet(local))
const i32 = (...code: w.Bytes[]) => chain(1, ...code)
const i64 = (...code: w.Bytes[]) => chain(2, ...code)
const f32 = (...code: w.Bytes[]) => chain(3, ...code)
const f64 = (...code: w.Bytes[]) => chain(4, ...code)
const v128 = (...code: w.Bytes[]) => chain(5, ...code)
const simd = (code: number) => w.prefixed(0xfd, code)
const atomic = (code: number) => w.prefixed(0xfe, code)
const bulk = (code: number, ...rest: w.Bytes[]) => w.bytes(w.prefixed(0xfc, code), ...rest)
const v = i.localGet(5)
const BIG = i.i64Const(0x7fff_ffff_ffff)
const fill = (bytes: number): w.Bytes => w.bytes(i.i32Const(0), i.localGet(1), i.i32Const(bytes), bulk(11, 0))
const copy = (bytes: number): w.Bytes => w.bytes(i.i32Const(4096), i.i32Const(0), i.i32Const(bytes), bulk(10, 0, 0))
const tableFill = (count: number): w.Bytes => w.bytes(i.i32Const(0), i.localGet(6), i.i32Const(count), bulk(17, 0))
const tableCopy = (count: number): w.Bytes => w.bytes(i.i32Const(1), i.i32Const(0), i.i32Const(count), bulk(14, 0, 0))

const CLASSES: readonly Class[] = [
  { name: 'i32.add', code: i32(i.i32Const(77), 0x6a, i.i32Const(3), 0x73) },
  { name: 'i64.rotl', code: i64(i.i64Const(7), 0x89, BIG, 0x85) },
  { name: 'i32.mul', code: i32(i.i32Const(77), 0x6c, i.i32Const(3), 0x73) },
  { name: 'i64.mul', code: i64(BIG, 0x7e, i.i64Const(3), 0x85) },
  { name: 'i32.popcnt/clz', code: i32(0x69, i.localGet(1), 0x67, 0x6a) },
  { name: 'i32.div_s', code: i32(i.i32Const(0x5555_5555), 0x73, i.localGet(0), i.i32Const(1), 0x72, 0x6d) },
  { name: 'i64.div_u', code: i64(BIG, 0x85, i.localGet(0), 0xad, i.i64Const(1), 0x84, 0x80) },
  { name: 'i64.rem_s', code: i64(BIG, 0x7c, i.localGet(0), 0xad, i.i64Const(3), 0x84, 0x81, BIG, 0x85) },
  { name: 'f64.add', code: f64(i.f64Const(1.5), 0xa0) },
  { name: 'f64.mul', code: f64(i.f64Const(1.0000001), 0xa2) },
  { name: 'f64.div', code: f64(i.f64Const(1.0000001), 0xa3) },
  { name: 'f32.div', code: f32(i.f32Const(1.0001), 0x95) },
  { name: 'f64.sqrt', code: f64(0x9f, i.f64Const(1.5), 0xa0) },
  { name: 'f32.sqrt', code: f32(0x91, i.f32Const(1.5), 0x92) },
  { name: 'f64.min', code: f64(i.f64Const(3.5), 0xa4, i.f64Const(0.5), 0xa5) },
  { name: 'f64.floor', code: f64(0x9c, i.f64Const(0.25), 0xa0) },
  { name: 'f64.copysign', code: f64(i.f64Const(-1), 0xa6) },
  { name: 'f64 denormal mul', code: f64(0x1a, i.f64Const(5e-324), i.localGet(4), 0xa2, i.f64Const(5e-324), 0xa0) },
  { name: 'f64 <-> i64 convert', code: f64(0xb0, 0xb9) },
  { name: 'f64 <-> i64 unsigned', code: f64(0x99, 0xb1, 0xba) },
  { name: 'i64.trunc_sat', code: f64(bulk(7), 0xba) },
  { name: 'f32.demote/promote', code: f64(0xb6, 0xbb) },
  { name: 'i32.load chain', code: i32(i.i32Const(0xfff0), 0x71, 0x28, w.memarg(2)) },
  { name: 'i32.store', code: w.bytes(i.i32Const(64), i.localGet(1), 0x36, w.memarg(2), i32(i.i32Const(1), 0x6a)) },
  { name: 'i64.load8_s', code: i64(0xa7, i.i32Const(0xfff0), 0x71, 0x30, w.memarg(0)) },
  {
    name: 'strided load (misses)',
    code: i32(i.i32Const(0x0100_4041), 0x6a, i.localGet(1), i.i32Const(0x03ff_fff0), 0x71, 0x28, w.memarg(2), 0x6a),
  },
  { name: 'global', code: w.bytes(i.globalGet(0), i.i32Const(1), 0x6a, i.globalSet(0)) },
  { name: 'select', code: i32(i.i32Const(5), i.localGet(1), 0x1b) },
  { name: 'br_if', code: w.bytes(i.block(w.bytes(i.localGet(1), i.brIf(0), i32(i.i32Const(1), 0x6a)))) },
  {
    name: 'br_table',
    code: w.bytes(i.block(i.block(w.bytes(i.localGet(1), i.i32Const(1), 0x71, i.brTable([0, 1], 0)))), i32(i.i32Const(1), 0x6a)),
  },
  { name: 'call', code: i32(i.call(1)) },
  { name: 'call of 1,000 locals', code: i32(i.call(2)), rounds: 1 },
  { name: 'call_indirect', code: i32(i.i32Const(0), i.callIndirect(1)) },
  { name: 'host call (bare)', code: i32(i.call(0)) },
  { name: 'ref.func', code: w.bytes(i.refFunc(1), i.localSet(6)) },
  { name: 'table.get/set', code: w.bytes(i.i32Const(1), i.i32Const(1), 0x25, 0, 0x26, 0) },
  { name: 'memory.size', code: i32(0x1a, 0x3f, 0) },
  { name: 'memory.fill 0', code: fill(0) },
  { name: 'memory.fill 16', code: fill(16) },
  { name: 'memory.fill 4096', code: fill(4096), rounds: 2 },
  { name: 'memory.fill 16 MiB', code: fill(2 ** 24), rounds: 1 },
  { name: 'memory.copy 1', code: copy(1) },
  { name: 'memory.copy 64 KiB', code: copy(2 ** 16), rounds: 2 },
  { name: 'memory.copy 16 MiB', code: copy(2 ** 24), rounds: 1 },
  { name: 'table.fill 1', code: tableFill(1) },
  { name: 'table.fill 10,000', code: tableFill(10_000), rounds: 1 },
  { name: 'table.copy 10,000', code: tableCopy(10_000), rounds: 1 },
  { name: 'memory.grow 0', code: w.bytes(i.i32Const(0), i.memoryGrow(), i.drop) },
  { name: 'memory.grow refused', code: w.bytes(i.i32Const(60_000), i.memoryGrow(), i.drop), rounds: 1 },
  { name: 'table.grow refused', code: w.bytes(i.localGet(6), i.i32Const(0x7fff_ffff), bulk(15, 0), i.drop), rounds: 1 },
  { name: 'atomic.rmw.add', code: i32(0x1a, i.i32Const(64), i.i32Const(1), atomic(0x1e), w.memarg(2)) },
  { name: 'atomic.store', code: w.bytes(i.i32Const(64), i.i32Const(1), atomic(0x17), w.memarg(2)) },
  { name: 'atomic.fence', code: w.bytes(atomic(3), 0) },
  { name: 'memory.atomic.notify', code: w.bytes(i.i32Const(64), i.i32Const(1), atomic(0), w.memarg(2), i.drop) },
  { name: 'throw and catch', code: w.bytes(0x06, 0x40, 0x08, 0, 0x19, w.END), rounds: 1 },
  { name: 'throw through a call', code: w.bytes(0x06, 0x40, i.call(3), 0x19, w.END), rounds: 1 },
  { name: 'i8x16.add', code: v128(v, simd(0x6e)) },
  { name: 'i32x4.mul', code: v128(v, simd(0xb5)) },
  { name: 'i64x2.mul', code: v128(v, simd(0xd5)) },
  { name: 'i8x16.shl', code: v128(i.localGet(1), simd(0x6b)) },
  { name: 'i64x2.shr_s', code: v128(i.localGet(1), simd(0xcc)) },
  { name: 'i8x16.popcnt', code: v128(simd(0x62)) },
  { name: 'i8x16.swizzle', code: v128(v, simd(0x0e)) },
  {
    name: 'i8x16.shuffle',
    code: v128(
      v,
      simd(0x0d),
      Array.from({ length: 16 }, (_, lane) => 31 - lane),
    ),
  },
  { name: 'f64x2.div', code: v128(v, simd(0xf3)) },
  { name: 'f64x2.sqrt', code: v128(simd(0xef)) },
  { name: 'f32x4.min', code: v128(v, simd(0xe8)) },
  { name: 'f64x2.nearest', code: v128(simd(0x94)) },
  { name: 'i32x4.trunc_sat_f32x4_u', code: v128(simd(0xf9)) },
  { name: 'f32x4.convert_i32x4_u', code: v128(simd(0xfb)) },
  { name: 'i32x4.trunc_sat_f64x2_u', code: v128(simd(0xfd)) },
  { name: 'i32x4.bitmask', code: v128(simd(0xa4), simd(0x11)) },
  { name: 'i8x16.all_true', code: v128(simd(0x63), simd(0x0f)) },
  { name: 'i32x4.extract/replace', code: v128(v, simd(0x1b), 1, simd(0x1c), 2) },
  { name: 'i32x4.dot', code: v128(v, simd(0xba)) },
]

const ROUNDS = 24

/** Exports `run(turns)`. Functions: 0 of the host's, 1 small, 2 with many locals, 3 that throws, 4 `run`. */
function moduleFor({ code, rounds = ROUNDS }: Class): Uint8Array {
  const step = w.bytes(i.localGet(0), i.i32Const(-1), 0x6a, 0x22, 0)
  const turn = w.bytes(...Array.from({ length: rounds }, () => code), step, i.brIf(0))
  const use = w.bytes(i.localGet(1), i.localGet(2), 0xa7, 0x6a, i.localGet(3), bulk(0), 0x6a, i.localGet(4), bulk(2), 0x6a)
  const run = w.bytes(i.f64Const(3), i.localSet(4), i.loop(turn), use, i.localGet(5), simd(0x1b), 0, 0x6a, w.END)
  const many = w.body(w.bytes(i.localGet(0), i.localGet(900), 0x6a, w.END), [[1000, 'i32']])
  return w.moduleOf(
    w.typeSection(w.functionType(['i32'], ['i32']), w.functionType(['i32'], ['i32']), w.functionType()),
    w.importSection(w.bytes(w.name('m'), w.name('f'), 0, 0)),
    w.functionSection(1, 1, 2, 1),
    w.tableSection([0x70, 1, ...w.u32(20_000), ...w.u32(30_000)]),
    // Shared, so that atomic instructions are what they are among threads.
    w.memorySection([3, ...w.u32(1100), ...w.u32(1200)]),
    w.tagSection([0, 2]),
    w.globalSection(w.bytes(0x7f, 1, i.i32Const(0), w.END)),
    w.exportSection(w.bytes(w.name('run'), 0, 4)),
    w.elementSection(w.bytes(0, i.i32Const(0), w.END, w.vec([1]))),
    w.codeSection(
      w.body(w.bytes(i.localGet(0), i.i32Const(1), 0x6a, w.END)),
      many,
      w.body(w.bytes(0x08, 0, w.END)),
      w.body(
        run,
        LOCALS.map((type) => [1, type] as const),
      ),
    ),
  )
}

function withFuel(bytes: Uint8Array): WebAssembly.Exports {
  const module = readModule(bytes)
  const metered = meter(bytes, module, { fuel: true, depth: false, watchedMemories: new Set(), watchedTables: new Set() })!
  const edits = new Map<SectionId, Uint8Array>(metered.sections)
  edits.set(7, encodeExportSection([...module.exports, ...metered.exports]))
  const written = new Uint8Array(replaceSections(bytes, module, edits))
  return new WebAssembly.Instance(new WebAssembly.Module(written), { m: { f: (x: number) => x + 1 } }).exports
}

const PLENTY = 2n ** 60n

/** Nanoseconds for a unit: the best of several rounds, so that what else the machine does counts little. */
function measure(one: Class): { readonly perUnit: number; readonly perRound: number } {
  const exports = withFuel(moduleFor(one))
  const run = exports['run'] as (turns: number) => number
  const fuel = exports[METERING_EXPORTS.fuel] as WebAssembly.Global & { value: bigint }
  const time = (turns: number): number => {
    fuel.value = PLENTY
    const start = performance.now()
    run(turns)
    return (performance.now() - start) * 1e6
  }
  let turns = 1
  while (time(turns) < 4e6 && turns < 2 ** 28) turns *= 2
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 12; round++) best = Math.min(best, time(turns))
  return { perUnit: best / Number(PLENTY - fuel.value), perRound: best / turns / (one.rounds ?? ROUNDS) }
}

const only = process.argv[2] ?? ''
for (const one of CLASSES.filter(({ name }) => name.includes(only))) {
  const { perUnit, perRound } = measure(one)
  console.log(`${one.name.padEnd(28)} ${perUnit.toFixed(3).padStart(8)} ns a unit ${perRound.toFixed(1).padStart(12)} ns a round`)
}
