// The cost table: what each instruction costs in units of fuel. It is an allow-list: an instruction without a row is never run metered.
//
// A unit is about the time of one simple instruction in optimised code. Figures were measured per class (bench/fuel-classes.ts; docs/metering.md
// has the results) and rounded up, because an instruction that is cheap and slow is a way around the limit (RES-01, RES-02).
import { OPCODES, type OpcodeInfo } from '../../wasm/index.ts'

/** How an instruction whose work depends on a length on the operand stack is charged: `(length >> shift) * factor` on top of the fixed cost. */
export interface LengthRate {
  readonly shift: number
  readonly factor: number
}

export interface Cost {
  /** Units, whatever the operands are. */
  readonly fixed: number
  /** For instructions that take the length of their work from the top of the stack. */
  readonly length?: LengthRate
  /** Units for each operand of `array.new_fixed`, or field of `struct.new`. */
  readonly each?: number
}

/** Units for entering a function: calls cost their caller nothing but their own row, so that a tail call costs the same. */
export const FUNCTION_ENTRY = 2
/** Parameters, results and declared locals for which entering costs one unit more: each is written once (MOD-04, MOD-05). */
export const LOCALS_PER_UNIT = 4
/** Units for a call that leaves the guest, on top of the instruction's own: about the time of the gate and a local host call (RES-08). */
export const HOST_CALL = 300

/** Bytes that a host call may copy for that: arguments and results of ordinary size. */
export const HOST_CALL_BYTES = 64
/** Units for each byte more that it copies from or to the guest: above the time of copying it, for what a call does with it besides (RES-08). */
export const HOST_BYTE = 4

/** Bytes that are written or copied; a unit is 16 of them. */
const BYTES: LengthRate = { shift: 4, factor: 1 }
/** Table elements: 8 to 32 bytes each, and each is entered in the dispatch table beside it. */
const ELEMENTS: LengthRate = { shift: 0, factor: 32 }
/** Elements of garbage-collected arrays: up to 16 bytes each. */
const ARRAY_ELEMENTS: LengthRate = { shift: 0, factor: 2 }
/** Pages of 64 KiB: the system zeroes them when they are touched first, which the instruction that touches them does not pay for. */
const PAGES: LengthRate = { shift: 0, factor: 16_384 }
/** Growing a table copies what was there, so the number that is added is not all the work; growth by doubling pays for it. */
const SLOTS: LengthRate = { shift: 0, factor: 32 }

type Row = readonly [Cost, string]

/** `each('i32 i64', 'add sub')` is `i32.add i32.sub i64.add i64.sub`. */
const each = (types: string, operations: string): string =>
  types
    .split(' ')
    .flatMap((type) => operations.split(' ').map((operation) => `${type}.${operation}`))
    .join(' ')

const INTEGERS = 'i32 i64'
const FLOATS = 'f32 f64'
const LANES_OF_INTEGERS = 'i8x16 i16x8 i32x4 i64x2'
const LANES_OF_FLOATS = 'f32x4 f64x2'

const CONTROL: readonly Row[] = [
  // Marks of structure, for which no code is made. A turn of a loop is paid for by the branch back.
  [{ fixed: 0 }, 'nop block loop else end try try_table catch catch_all delegate unreachable'],
  [{ fixed: 1 }, 'if br br_if return drop select'],
  [{ fixed: 3 }, 'br_table'],
  [{ fixed: 3 }, 'call return_call'],
  [{ fixed: 8 }, 'call_indirect return_call_indirect call_ref return_call_ref'],
  // Unwinding looks at every frame, and the exception is an object with a stack trace.
  [{ fixed: 1500 }, 'throw rethrow throw_ref'],
]

const VARIABLES: readonly Row[] = [
  [{ fixed: 1 }, 'local.get local.set local.tee global.get global.set'],
  [{ fixed: 1 }, 'i32.const i64.const f32.const f64.const v128.const'],
  [{ fixed: 2 }, 'table.size'],
  [{ fixed: 10 }, 'table.get'],
  // Entered in the dispatch table too, by a function of the engine's.
  [{ fixed: 100 }, 'table.set'],
  [{ fixed: 2 }, 'memory.size'],
  [{ fixed: 2 }, each(INTEGERS, 'load load8_s load8_u load16_s load16_u store store8 store16')],
  [{ fixed: 2 }, 'i64.load32_s i64.load32_u i64.store32 f32.load f64.load f32.store f64.store'],
]

const SCALARS: readonly Row[] = [
  [{ fixed: 1 }, each(INTEGERS, 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u')],
  [{ fixed: 1 }, each(INTEGERS, 'add sub and or xor shl shr_s shr_u rotl rotr clz ctz popcnt')],
  [{ fixed: 2 }, each(INTEGERS, 'mul extend8_s extend16_s')],
  // The slowest integer instructions of any processor in use: up to 40 cycles for 64 bits.
  [{ fixed: 16 }, each('i32', 'div_s div_u rem_s rem_u')],
  [{ fixed: 24 }, each('i64', 'div_s div_u rem_s rem_u')],
  [{ fixed: 1 }, 'i64.extend32_s i32.wrap_i64 i64.extend_i32_s i64.extend_i32_u'],
  [{ fixed: 2 }, each(FLOATS, 'eq ne lt gt le ge abs neg')],
  [{ fixed: 3 }, each(FLOATS, 'add sub mul copysign ceil floor trunc nearest')],
  [{ fixed: 6 }, each(FLOATS, 'min max')],
  [{ fixed: 10 }, each(FLOATS, 'div')],
  [{ fixed: 14 }, each(FLOATS, 'sqrt')],
  [{ fixed: 6 }, each(INTEGERS, 'trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u')],
  [{ fixed: 6 }, each(INTEGERS, 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u')],
  [{ fixed: 4 }, each(FLOATS, 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u')],
  [{ fixed: 3 }, 'f32.demote_f64 f64.promote_f32'],
  [{ fixed: 1 }, 'i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64'],
]

const BULK: readonly Row[] = [
  // What fills memory takes its time to start, most of all for nothing.
  [{ fixed: 300, length: BYTES }, 'memory.fill'],
  [{ fixed: 40, length: BYTES }, 'memory.copy memory.init'],
  [{ fixed: 40, length: ELEMENTS }, 'table.fill table.copy table.init'],
  [{ fixed: 4000, length: PAGES }, 'memory.grow'],
  [{ fixed: 400, length: SLOTS }, 'table.grow'],
  [{ fixed: 10 }, 'data.drop elem.drop'],
]

const REFERENCES: readonly Row[] = [
  [{ fixed: 1 }, 'ref.null ref.is_null ref.eq ref.as_non_null br_on_null br_on_non_null'],
  [{ fixed: 30 }, 'ref.func'],
  // Allocation with its share of collecting the garbage.
  [{ fixed: 20, each: 2 }, 'struct.new struct.new_default array.new_fixed'],
  [{ fixed: 30, length: ARRAY_ELEMENTS }, 'array.new array.new_default array.new_data array.new_elem'],
  [{ fixed: 40, length: ARRAY_ELEMENTS }, 'array.fill array.copy array.init_data array.init_elem'],
  [{ fixed: 2 }, 'struct.get struct.get_s struct.get_u array.get array.get_s array.get_u array.len'],
  // With a write barrier.
  [{ fixed: 4 }, 'struct.set array.set'],
  [{ fixed: 6 }, 'ref.test ref.cast br_on_cast br_on_cast_fail'],
  [{ fixed: 2 }, 'ref.i31 i31.get_s i31.get_u'],
  [{ fixed: 10 }, 'any.convert_extern extern.convert_any'],
]

const VECTORS: readonly Row[] = [
  [{ fixed: 3 }, 'v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u'],
  [{ fixed: 3 }, 'v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.load32_zero v128.load64_zero'],
  [{ fixed: 3 }, 'v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane'],
  [{ fixed: 3 }, 'v128.store v128.store8_lane v128.store16_lane v128.store32_lane v128.store64_lane'],
  [{ fixed: 1 }, 'v128.not v128.and v128.andnot v128.or v128.xor'],
  [{ fixed: 3 }, 'v128.bitselect v128.any_true i8x16.shuffle i8x16.swizzle'],
  [{ fixed: 2 }, `${each(LANES_OF_INTEGERS, 'splat')} ${each(LANES_OF_FLOATS, 'splat extract_lane replace_lane')}`],
  [{ fixed: 2 }, `${each('i8x16 i16x8', 'extract_lane_s extract_lane_u')} ${each('i32x4 i64x2', 'extract_lane')}`],
  [{ fixed: 2 }, each(LANES_OF_INTEGERS, 'replace_lane')],
  [{ fixed: 2 }, each('i8x16 i16x8 i32x4', 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u')],
  [{ fixed: 4 }, each('i64x2', 'eq ne lt_s gt_s le_s ge_s')],
  [{ fixed: 3 }, each(LANES_OF_FLOATS, 'eq ne lt gt le ge abs neg')],
  [{ fixed: 2 }, each(LANES_OF_INTEGERS, 'abs neg add sub')],
  [{ fixed: 4 }, each(LANES_OF_INTEGERS, 'all_true bitmask')],
  [{ fixed: 3 }, each('i16x8 i32x4', 'mul')],
  [{ fixed: 8 }, each('i8x16 i16x8 i32x4 i64x2', 'shl shr_s shr_u')],
  [{ fixed: 8 }, 'i8x16.popcnt i64x2.mul'],
  [{ fixed: 2 }, each('i8x16 i16x8', 'add_sat_s add_sat_u sub_sat_s sub_sat_u avgr_u min_s min_u max_s max_u')],
  [{ fixed: 2 }, each('i32x4', 'min_s min_u max_s max_u')],
  [{ fixed: 3 }, 'i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u'],
  [{ fixed: 3 }, each('i16x8', 'extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u')],
  [{ fixed: 3 }, each('i32x4', 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u')],
  [{ fixed: 3 }, each('i64x2', 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u')],
  [{ fixed: 4 }, each('i16x8', 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u q15mulr_sat_s')],
  [{ fixed: 4 }, each('i32x4', 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u dot_i16x8_s')],
  [{ fixed: 4 }, each('i16x8', 'extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u')],
  [{ fixed: 4 }, each('i32x4', 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u')],
  [{ fixed: 4 }, each('i64x2', 'extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u')],
  [{ fixed: 3 }, each(LANES_OF_FLOATS, 'add sub mul ceil floor trunc nearest pmin pmax')],
  [{ fixed: 8 }, each(LANES_OF_FLOATS, 'min max')],
  [{ fixed: 12 }, each(LANES_OF_FLOATS, 'div')],
  [{ fixed: 16 }, each(LANES_OF_FLOATS, 'sqrt')],
  [{ fixed: 3 }, 'f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 f64x2.convert_low_i32x4_s f32x4.convert_i32x4_s'],
  [{ fixed: 8 }, 'f64x2.convert_low_i32x4_u f32x4.convert_i32x4_u i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u'],
  [{ fixed: 8 }, 'i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero'],
]

const RELAXED_VECTORS: readonly Row[] = [
  [{ fixed: 4 }, 'i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f64x2_s_zero'],
  [{ fixed: 8 }, 'i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_u_zero'],
  [{ fixed: 8 }, each(LANES_OF_FLOATS, 'relaxed_madd relaxed_nmadd')],
  [{ fixed: 4 }, `${each(LANES_OF_INTEGERS, 'relaxed_laneselect')} ${each(LANES_OF_FLOATS, 'relaxed_min relaxed_max')}`],
  [{ fixed: 6 }, 'i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s'],
]

const NARROW_32 = '8 16'
const NARROW_64 = '8 16 32'
const readModifyWrite = (type: string, widths: string): string =>
  'add sub and or xor xchg cmpxchg'
    .split(' ')
    .flatMap((operation) => [
      `${type}.atomic.rmw.${operation}`,
      ...widths.split(' ').map((width) => `${type}.atomic.rmw${width}.${operation}_u`),
    ])
    .join(' ')

const ATOMICS: readonly Row[] = [
  // Asks the system for a queue, and may sleep: time that passes is not work, the clocks limit it (CTL-13).
  [{ fixed: 1000 }, 'memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64'],
  [{ fixed: 40 }, 'atomic.fence'],
  [{ fixed: 2 }, 'i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u'],
  [{ fixed: 2 }, 'i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u'],
  // A sequentially consistent store is an exchange on x86.
  [{ fixed: 24 }, 'i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16'],
  [{ fixed: 24 }, 'i64.atomic.store8 i64.atomic.store16 i64.atomic.store32'],
  [{ fixed: 24 }, `${readModifyWrite('i32', NARROW_32)} ${readModifyWrite('i64', NARROW_64)}`],
]

const TABLE: ReadonlyMap<string, Cost> = new Map(
  [CONTROL, VARIABLES, SCALARS, BULK, REFERENCES, VECTORS, RELAXED_VECTORS, ATOMICS]
    .flat()
    .flatMap(([cost, names]) => names.split(' ').map((name) => [name, Object.freeze(cost)] as const)),
)

/** Names with a row, for the test that compares them with the opcode table, and for the documentation. */
export const METERED_INSTRUCTIONS: ReadonlyMap<string, Cost> = TABLE

const BY_KEY: ReadonlyMap<number, Cost> = new Map(
  OPCODES.flatMap(({ key, name }) => {
    const cost = TABLE.get(name)
    return cost ? [[key, cost] as const] : []
  }),
)

/** `undefined` for an instruction that cannot be metered. */
export const costOf = ({ key }: Pick<OpcodeInfo, 'key'>): Cost | undefined => BY_KEY.get(key)

/** Units for entering a function. @param values its parameters, results and declared locals together */
export const entryCost = (values: number): number => FUNCTION_ENTRY + Math.floor(values / LOCALS_PER_UNIT)
