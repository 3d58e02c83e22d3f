// Generators that start from modules that exist: bytes of the corpus changed at random, and random programs that are valid from the beginning.
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Attack } from '../attack.ts'
import { type CorpusCase, loadCorpus } from '../corpus.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { type Draft, type Generator, generator, sampleOnce } from './generator.ts'

const CORPUS = fileURLToPath(new URL('../../../corpus', import.meta.url))
/** Larger modules say nothing more when a byte of theirs changes, and cost a hundred times as much. */
const MAX_BYTES = 20_000

type Edit = (bytes: Uint8Array) => Uint8Array
const at = (bytes: Uint8Array, where: number) => Math.floor(where * bytes.length)
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]))
/** Evenly spread over [0, 1): `fc.double` is not, it prefers what is near 0. */
const place = fc.nat({ max: 2 ** 20 - 1 }).map((n) => n / 2 ** 20)
const INTERESTING = [0x00, 0x01, 0x0b, 0x40, 0x60, 0x6f, 0x70, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff]

const put =
  (where: number, change: (byte: number) => number): Edit =>
  (b) =>
    b.map((byte, i) => (i === at(b, where) ? change(byte) : byte))
const flip = fc.tuple(place, fc.nat({ max: 7 })).map(([where, bit]) => put(where, (byte) => byte ^ (1 << bit)))
const replace = fc
  .tuple(place, fc.constantFrom(...INTERESTING))
  .map(([where, value]) => put(where, (byte) => (byte === value ? byte ^ 0xff : value)))
const insert = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 6 })).map(
  ([where, more]): Edit =>
    (b) =>
      joined(b.slice(0, at(b, where)), more, b.slice(at(b, where))),
)
const remove = fc.tuple(place, fc.integer({ min: 1, max: 8 })).map(
  ([where, count]): Edit =>
    (b) =>
      joined(b.slice(0, at(b, where)), b.slice(at(b, where) + count)),
)
const duplicate = fc.tuple(place, place, fc.integer({ min: 1, max: 32 })).map(
  ([from, to, n]): Edit =>
    (b) =>
      joined(b.slice(0, at(b, to)), b.slice(at(b, from), at(b, from) + n), b.slice(at(b, to))),
)

/**
 * The usual edits of a byte-level fuzzer, mostly those that keep sections as long as they say: the others seldom get past the reader. The header
 * is left alone: `header-confusion` is about that.
 */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: flip },
  { weight: 5, arbitrary: replace },
  insert,
  remove,
  duplicate,
)
const edits = fc.tuple(fc.array(edit, { minLength: 1, maxLength: 2 }), place)

let cases: Promise<readonly CorpusCase[]> | undefined
const smallCases = () => {
  cases ??= loadCorpus(CORPUS).then(({ attacks }) =>
    attacks.filter(
      ({ bytes, twin, run }) => bytes.length <= MAX_BYTES && twin.bytes.length <= MAX_BYTES && run.policy === undefined,
    ),
  )
  return cases
}

/**
 * Corpus modules with a few bytes changed. What comes of it is anybody's guess, so any defined ending is right; the oracles for canaries, time,
 * memory and the host's life have the word.
 */
const mutatedCorpus: Generator = {
  name: 'mutated-corpus',
  family: 'mutation',
  threats: ['MOD-01', 'MOD-02', 'MOD-03', 'MOD-18', 'HST-08', 'ENG-01'],
  generate: async (seed): Promise<Attack> => {
    const from = await smallCases()
    const [list, which] = sampleOnce(edits, seed)
    const chosen = from[Math.floor(which * from.length)]!
    // Alternately from the attack and from the twin, which is the one that does something.
    const original = seed % 2 === 0 ? chosen.bytes : chosen.twin.bytes
    const body = list.reduce<Uint8Array>((bytes, change) => (bytes.length > 0 ? change(bytes) : bytes), original.slice(8))
    return {
      id: `mutated-corpus@${seed}`,
      title: `${chosen.id} with ${list.length} changes to its bytes`,
      threats: mutatedCorpus.threats,
      provenance: `byte-level mutation of ${chosen.id}`,
      origin: { kind: 'generated', generator: 'mutated-corpus', seed },
      bytes: joined(original.slice(0, 8), body),
      run: { limits: { ...DEFAULT_LIMITS, wallClockMs: 500, cpuMs: 500 } },
      expect: { outcomes: ['refused', 'trapped', 'completed', 'exited', 'limit'] },
      twin: chosen.twin,
    }
  },
}

type Operand = 'i32' | 'i64' | 'f64'
const constant: Readonly<Record<Operand, fc.Arbitrary<string>>> = {
  i32: fc.oneof(fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer()).map((v) => `(i32.const ${v})`),
  i64: fc
    .oneof(fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    .map((v) => `(i64.const ${v})`),
  f64: fc.constantFrom('0', '-0', '1', '0.5', '-1e300', 'inf', '-inf', 'nan', '4294967296').map((v) => `(f64.const ${v})`),
}
const INTEGER = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_s', 'shr_u', 'rotl', 'rotr']
/** These trap for some operands. */
const DIVISIONS = ['div_s', 'div_u', 'rem_s', 'rem_u']
const FLOAT = ['add', 'sub', 'mul', 'div', 'min', 'max', 'copysign']

/** An expression of each type, of bounded depth. @param traps whether it may trap */
const expressions = (traps: boolean) =>
  fc.letrec<Record<Operand, string>>((tie) => {
    const binary = (type: Operand, names: readonly string[]) =>
      fc.tuple(fc.constantFrom(...names), tie(type), tie(type)).map(([op, a, b]) => `(${type}.${op} ${a} ${b})`)
    const integers = traps ? [...INTEGER, ...DIVISIONS] : INTEGER
    const choose = (type: Operand) => fc.tuple(tie(type), tie(type), tie('i32')).map(([a, b, c]) => `(select ${a} ${b} ${c})`)
    const either = (type: Operand) =>
      fc.tuple(tie('i32'), tie(type), tie(type)).map(([c, a, b]) => `(if (result ${type}) ${c} (then ${a}) (else ${b}))`)
    const truncations = traps ? ['i32.trunc_f64_s', 'i32.trunc_f64_u'] : ['i32.trunc_sat_f64_s', 'i32.trunc_sat_f64_u']
    const options = { maxDepth: 6, depthSize: 'small' as const, withCrossShrink: true }
    return {
      i32: fc.oneof(
        options,
        constant.i32,
        binary('i32', integers),
        choose('i32'),
        either('i32'),
        fc.tuple(fc.constantFrom(...truncations), tie('f64')).map(([op, a]) => `(${op} ${a})`),
        tie('i64').map((a) => `(i32.wrap_i64 ${a})`),
        tie('i32').map((a) => (traps ? `(i32.load ${a})` : `(i32.load (i32.and ${a} (i32.const 0xfff)))`)),
        fc.tuple(tie('f64'), tie('f64')).map(([a, b]) => `(f64.lt ${a} ${b})`),
      ),
      i64: fc.oneof(
        options,
        constant.i64,
        binary('i64', integers),
        choose('i64'),
        either('i64'),
        tie('i32').map((a) => `(i64.extend_i32_u ${a})`),
        tie('f64').map((a) => `(i64.reinterpret_f64 ${a})`),
      ),
      f64: fc.oneof(
        options,
        constant.f64,
        binary('f64', FLOAT),
        choose('f64'),
        either('f64'),
        tie('i32').map((a) => `(f64.convert_i32_s ${a})`),
        tie('i64').map((a) => `(f64.convert_i64_u ${a})`),
      ),
    }
  })
const program = (expression: string) =>
  `(module (memory 1) (data (i32.const 0) "the quick brown fox") (func (export "run") (result i32) ${expression}))`

/** Valid programs: admission must let them through whatever they compute, and the engine must end them in one of two ways. */
const randomValid = generator({
  name: 'random-valid',
  family: 'mutation',
  threats: ['ENG-01', 'MOD-18'],
  provenance: 'random program generation in the manner of wasm-smith and wasm-opt -ttf',
  drafts: fc.record({ wild: expressions(true).i32, tame: expressions(false).i32 }).map(
    ({ wild, tame }): Draft => ({
      title: `A random expression of ${wild.length} characters`,
      attack: { wat: program(wild), expect: { outcomes: ['completed', 'trapped'], details: ['completed', 'trapped'] } },
      twin: { wat: program(tame), expect: { outcomes: ['completed'] } },
    }),
  ),
})

export const mutationGenerators: readonly Generator[] = [mutatedCorpus, randomValid]
