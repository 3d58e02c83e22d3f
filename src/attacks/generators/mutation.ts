// Generators that start from modules that exist: bytes of the corpus changed at random, and random programs that are valid from the beginning.
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Attack } from '../attack.ts'
import { type CorpusCase, loadCorpus } from '../corpus.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { mutate } from '../mutate-module.ts'
import { Random } from '../random.ts'
import { type Draft, type Generator, generator } from './generator.ts'

const CORPUS = fileURLToPath(new URL('../../../corpus', import.meta.url))
/** Larger modules say nothing more when a byte of theirs changes, and cost a hundred times as much. */
const MAX_BYTES = 20_000

/** What does not begin as a module is refused for that alone, whatever else is changed in it. */
const isSmallModule = (bytes: Uint8Array): boolean =>
  bytes.length <= MAX_BYTES && Buffer.from(bytes.subarray(0, 4)).toString() === '\0asm'

let cases: Promise<readonly CorpusCase[]> | undefined
const smallCases = () => {
  cases ??= loadCorpus(CORPUS).then(({ attacks }) =>
    attacks.filter(
      ({ bytes, twin, run }) =>
        isSmallModule(bytes) && isSmallModule(twin.bytes) && !run.policy && !run.breach && !run.supply && !twin.run.breach,
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
    const random = new Random(seed)
    const chosen = random.pick(from)
    // From the attack or from the twin, which is the one that does something.
    const original = random.pick([chosen.bytes, chosen.twin.bytes])
    const { bytes, how } = mutate(random, original)
    return {
      id: `mutated-corpus@${seed}`,
      title: `${chosen.id}, damaged: ${how || 'not at all'}`,
      threats: mutatedCorpus.threats,
      provenance: `byte-level mutation of ${chosen.id}`,
      origin: { kind: 'generated', generator: 'mutated-corpus', seed },
      bytes,
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
