// Generators that start from modules that exist: bytes of the corpus changed at random, and random programs that are valid from the beginning.
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { assemble } from '../assemble.ts'
import { type CorpusCase, loadCorpus } from '../corpus.ts'
import { mutate } from '../mutate-module.ts'
import { ByteChoices } from '../random.ts'
import { moduleFromBytes } from '../translate-to-fuzz.ts'
import { type Draft, type Generator, generator } from './generator.ts'
import { importsOf } from './guest.ts'

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
const mutatedCorpus = generator({
  name: 'mutated-corpus',
  family: 'programs',
  threats: ['MOD-01', 'MOD-02', 'MOD-03', 'MOD-18', 'HST-08', 'ENG-01'],
  provenance: 'byte-level mutation of a case of the corpus',
  drafts: async () =>
    fc
      .record({
        chosen: fc.constantFrom(...(await smallCases())),
        // From the attack or from the twin, which is the one that does something.
        from: fc.constantFrom('attack' as const, 'twin' as const),
        choices: fc.uint8Array({ minLength: 8, maxLength: 48 }),
      })
      .map(({ chosen, from, choices }): Draft => {
        const original = from === 'attack' ? chosen.bytes : chosen.twin.bytes
        const { bytes, how } = mutate(new ByteChoices(choices), original)
        const { expect, run, conditions, setting } = chosen.twin
        return {
          title: `${chosen.id}, damaged: ${how || 'not at all'}`,
          attack: {
            bytes,
            run: { limits: { wallClockMs: 500, cpuMs: 500 } },
            expect: { outcomes: ['refused', 'trapped', 'completed', 'exited', 'limit'] },
          },
          twin: {
            bytes: chosen.twin.bytes,
            expect,
            run,
            ...(conditions && { conditions }),
            ...(setting && { setting }),
          },
        }
      }),
})

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
  family: 'programs',
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

/** Some host calls of each kind, so that binaryen's programs use them; `run` is what they are entered by. */
const HOST_CALLS = [
  'fd_write',
  'fd_read',
  'random_get',
  'clock_time_get',
  'args_sizes_get',
  'sched_yield',
  'log_write',
  'proc_exit',
]
const SEED = `(module ${importsOf(...HOST_CALLS)} (memory (export "memory") 1 16)
  (func (export "run") (result i32) (drop (call $sched_yield)) (i32.const 42)))`
let seedModule: Promise<Uint8Array> | undefined

/** Whole programs with host calls in them. They end by themselves; what they compute is between them and the engine. */
const translated = generator({
  name: 'translated-bytes',
  family: 'programs',
  threats: ['ENG-01', 'ENG-08', 'MOD-15', 'MOD-18'],
  provenance: 'wasm-opt -ttf of binaryen, with our own imports as its initial content',
  drafts: fc.uint8Array({ minLength: 64, maxLength: 4096, size: 'max' }).map((bytes): Draft => {
    const seed = () => {
      seedModule ??= assemble(SEED)
      return seedModule
    }
    return {
      title: `A program that binaryen makes of ${bytes.length} bytes`,
      attack: {
        make: async () => await moduleFromBytes(bytes, await seed()),
        run: { limits: { wallClockMs: 5_000, cpuMs: 5_000 } },
        expect: {
          outcomes: ['completed', 'trapped', 'exited', 'limit'],
          details: ['completed', 'trapped', 'exited', 'output-limit', 'uncaught-exception'],
        },
      },
      twin: { wat: SEED, expect: { outcomes: ['completed'], values: ['42'] } },
    }
  }),
})

export const mutationGenerators: readonly Generator[] = [mutatedCorpus, randomValid, translated]
