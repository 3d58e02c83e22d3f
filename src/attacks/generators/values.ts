// Generators of values that cross a host call: pointers, lengths and discriminants, for every call of the ABI table (MEM-01 to MEM-26, WSI-05).
import fc from 'fast-check'
import { type AbiFunction, type AbiParameter, LAYOUT_BYTES } from '../../sandbox/host/abi/index.ts'
import { GRANTED_CALLS } from '../granted.ts'
import { type Draft, type Generator, generator } from './generator.ts'

const SIZE = 65_536
const U32 = 2 ** 32
/** Addresses at which signs, sums, alignments and bounds go wrong, in a memory of one page. */
const ADDRESSES = [
  0,
  1,
  2,
  3,
  7,
  64,
  1000,
  SIZE - 64,
  SIZE - 8,
  SIZE - 4,
  SIZE - 1,
  SIZE,
  SIZE + 1,
  2 ** 31 - 1,
  2 ** 31,
  U32 - SIZE,
  U32 - 16,
  U32 - 8,
  U32 - 1,
] as const
const LENGTHS = [
  0,
  1,
  2,
  8,
  1024,
  1025,
  SIZE - 1,
  SIZE,
  SIZE + 1,
  2 ** 29,
  2 ** 29 + 1,
  2 ** 31 - 1,
  2 ** 31,
  U32 - 16,
  U32 - 1,
] as const
const LONGS = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)] as const

export type Value = number | bigint | string

const signed = (value: number) => value | 0
/** As the text format writes them: not finite, with a payload, at the ends of what there is (MEM-16). */
const DOUBLES = [
  'nan',
  'nan:0x4000000000001',
  '-nan',
  'inf',
  '-inf',
  '-0',
  '5e-324',
  '1.7976931348623157e308',
  '9007199254740993',
  '0',
  '1.5',
] as const

/** A value of the kind that the table says the parameter is, mostly an extreme one; a double as text. */
export function hostile(parameter: AbiParameter): fc.Arbitrary<Value> {
  if (parameter.type === 'f64') return fc.constantFrom(...DOUBLES)
  if (parameter.type === 'i64') return fc.oneof(fc.constantFrom(...LONGS), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
  switch (parameter.meaning.kind) {
    case 'pointer':
      return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ADDRESSES) }, fc.integer({ min: 0, max: U32 - 1 })).map(signed)
    case 'length':
      return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...LENGTHS) }, fc.integer({ min: 0, max: U32 - 1 })).map(signed)
    case 'fd':
      return fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(0, 1, 2) },
        fc.constantFrom(3, 4, 255, 1024, 65_535, -1, 2 ** 31 - 1, -(2 ** 31)),
      )
    default:
      return fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 255, 256, 65_536, -1, -(2 ** 31)), fc.nat({ max: 40 }))
  }
}

/** A value with which the call does what it is for. */
export function honest(entry: AbiFunction, index: number): number | bigint {
  const { type, meaning, name } = entry.parameters[index]!
  if (type === 'i64') return 0n
  if (meaning.kind === 'fd') return entry.name === 'fd_read' ? 0 : 1
  // Places far apart; nothing overlaps.
  if (meaning.kind === 'pointer') return 1024 * (index + 1)
  return name.endsWith('len') ? 1 : 0
}

const textOf = (parameter: AbiParameter, value: Value) => `(${parameter.type}.const ${value})`

/** The call by the name of its import, with these arguments. */
export const callWith = (entry: AbiFunction, values: readonly Value[]): string =>
  `(call $${entry.name} ${entry.parameters.map((parameter, i) => textOf(parameter, values[i]!)).join(' ')})`

/** True if an output of known size cannot lie where the pointer says: then no call may report success. */
function surelyOutside(entry: AbiFunction, values: readonly Value[]): boolean {
  return entry.parameters.some(({ meaning }, i) => {
    if (meaning.kind !== 'pointer' || typeof meaning.count !== 'number') return false
    return (Number(values[i]) >>> 0) + meaning.count * LAYOUT_BYTES[meaning.to] > SIZE
  })
}

/**
 * A guest that makes one call and judges the answer by itself. It returns 0 if all is well, 1 if the answer is no error number of the
 * interface, 2 if a call with an impossible pointer succeeded.
 */
function calling(entry: AbiFunction, values: readonly Value[]): string {
  const params = entry.parameters.map(({ type }) => type).join(' ')
  const args = entry.parameters.map((parameter, i) => textOf(parameter, values[i]!)).join(' ')
  return `(module
    (import "${entry.module}" "${entry.name}" (func $call (param ${params}) (result i32)))
    (memory (export "memory") 1 1)
    (func (export "run") (result i32) (local $errno i32)
      (memory.fill (i32.const 0) (i32.const 0x5a) (i32.const ${SIZE}))
      (i64.store (i32.const 1024) (i64.const 0)) (i64.store (i32.const 2048) (i64.const 0))
      (local.set $errno (call $call ${args}))
      (if (i32.gt_u (local.get $errno) (i32.const 76)) (then (return (i32.const 1))))
      ${surelyOutside(entry, values) ? '(if (i32.eqz (local.get $errno)) (then (return (i32.const 2))))' : ''}
      (i32.const 0)))`
}

/** Calls with pointers, or none would be hostile; the one that ends the guest is tried elsewhere. */
const CALLS = GRANTED_CALLS.filter(({ result, parameters }) => result === 'errno' && parameters.length > 0)
const WELL = { outcomes: ['completed' as const], values: ['0'] }

const hostCallValues = generator({
  name: 'host-call-values',
  family: 'values',
  threats: [
    'MEM-01',
    'MEM-02',
    'MEM-03',
    'MEM-10',
    'MEM-12',
    'MEM-14',
    'MEM-16',
    'MEM-21',
    'MEM-26',
    'WSI-05',
    'WSI-06',
    'RES-05',
  ],
  provenance: 'core specification 4.4.11; WASI preview 1 typenames; GHSA-852m-cvvp-9p4w; CVE-2025-69261',
  drafts: fc
    .constantFrom(...CALLS)
    .chain((entry) => fc.tuple(fc.constant(entry), fc.tuple(...entry.parameters.map(hostile))))
    .map(
      ([entry, values]): Draft => ({
        title: `${entry.name}(${values.join(', ')})`,
        // A flood of bytes from memory that really is there may reach the output limit; nothing else may end this guest.
        attack: { wat: calling(entry, values), expect: entry.name === 'fd_write' ? { outcomes: ['completed', 'limit'] } : WELL },
        twin: {
          wat: calling(
            entry,
            entry.parameters.map((_, i) => honest(entry, i)),
          ),
          expect: WELL,
        },
      }),
    ),
})

/** Vectors that overlap each other, their own table and the place of the result, read or written. */
const overlappingVectors = generator({
  name: 'overlapping-vectors',
  family: 'values',
  threats: ['MEM-09', 'MEM-22', 'MEM-11', 'MEM-12'],
  provenance: 'wasmtime crates/wiggle, region overlap tests; uvwasi commit 2e47796',
  drafts: fc
    .record({
      call: fc.constantFrom('fd_read', 'fd_write'),
      table: fc.nat({ max: 64 }),
      vectors: fc.array(fc.record({ at: fc.nat({ max: 128 }), length: fc.nat({ max: 64 }) }), { minLength: 1, maxLength: 8 }),
      result: fc.nat({ max: 128 }),
    })
    .map(({ call, table, vectors, result }): Draft => {
      const wat = (at: number, resultAt: number) => `(module
        (import "wasi_snapshot_preview1" "${call}" (func $call (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1 1)
        (func (export "run") (result i32)
          ${vectors.map((v, i) => `(i32.store (i32.const ${table + i * 8}) (i32.const ${v.at + at})) (i32.store (i32.const ${table + i * 8 + 4}) (i32.const ${v.length}))`).join('\n')}
          (i32.gt_u (call $call (i32.const ${call === 'fd_read' ? 0 : 1}) (i32.const ${table}) (i32.const ${vectors.length}) (i32.const ${resultAt})) (i32.const 76))))`
      const run = { stdin: Uint8Array.from({ length: 512 }, (_, i) => (i * 7) & 0xff) }
      return {
        title: `${call} with ${vectors.length} buffers over their own table`,
        attack: { wat: wat(0, result), run, expect: WELL },
        twin: { wat: wat(4096, 8192), run, expect: WELL },
      }
    }),
})

export const valueGenerators: readonly Generator[] = [hostCallValues, overlappingVectors]
