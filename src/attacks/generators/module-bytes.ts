// Generators of module bytes that lie, or that cost more than they show (MOD-01 to MOD-16).
import fc from 'fast-check'
import type { RunOptions } from '../attack.ts'
import * as bombs from '../recipes/bombs.ts'
import { names } from '../recipes/hostile-names.ts'
import { countLie, header, paddedCount, sectionOrder, sizeLie } from '../recipes/module-bytes.ts'
import { FULL_ORDER } from '../recipes/skeleton.ts'
import { COMPLETED, type DraftTrial, type Generator, generator, REFUSED } from './generator.ts'

const GRANTED = { module: 'wasi_snapshot_preview1', name: 'sched_yield' }
const section = fc.constantFrom(...FULL_ORDER)
/** Numbers that matter to whoever reads a count: small ones, powers of two and their neighbours, the largest. */
const count = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.nat({ max: 31 }).map((bit) => 2 ** bit),
  fc.integer({ min: 1, max: 32 }).map((bit) => 2 ** bit - 1),
)

/** Entries that each section of the skeleton really has. */
const HONEST_COUNT = new Map([['type', 2]])

const countLies = generator({
  name: 'count-lies',
  family: 'module-bytes',
  threats: ['MOD-01'],
  provenance: 'JS API, implementation-defined limits; test suite binary.wast',
  drafts: fc.record({ section, declared: count, alone: fc.boolean() }).map(({ section, declared, alone }) => {
    const honest = HONEST_COUNT.get(section) ?? 1
    const lie = declared === honest ? declared + 1 : declared
    return {
      title: `Section ${section} declares ${lie} entries and has ${honest}`,
      attack: { bytes: countLie.build({ section, declared: lie, alone }), expect: REFUSED },
      twin: { bytes: countLie.build({ section, declared: honest }), expect: COMPLETED },
    }
  }),
})

const sizeLies = generator({
  name: 'size-lies',
  family: 'module-bytes',
  threats: ['MOD-01'],
  provenance: 'core specification 5.5.2; test suite binary.wast',
  drafts: fc
    .record({
      section,
      by: fc.oneof(
        fc.constantFrom(-2, -1),
        count.map((n) => Math.min(n + 1, 0xffff_0000)),
      ),
    })
    .map(({ section, by }) => ({
      title: `Section ${section} declares a size that is off by ${by}`,
      attack: { bytes: sizeLie.build({ section, by }), expect: REFUSED },
      twin: { bytes: sizeLie.build({ section, by: 0 }), expect: COMPLETED },
    })),
})

const UNGRANTED = [
  { module: 'constructor', name: 'getOwnPropertyNames' },
  { module: 'wasi_snapshot_preview1', name: 'valueOf' },
  { module: 'wasi_snapshot_preview1', name: 'proc_raise' },
]
const lebPadding = generator({
  name: 'leb-padding',
  family: 'module-bytes',
  threats: ['MOD-02'],
  provenance: 'core specification 5.2.2; test suite binary-leb128.wast',
  drafts: fc
    .record({
      twinWidth: fc.integer({ min: 1, max: 5 }),
      attack: fc.oneof(
        fc.record({ width: fc.integer({ min: 6, max: 10 }), import: fc.constant(GRANTED) }),
        fc.record({ width: fc.constant(5), unusedBits: fc.constant(true), import: fc.constant(GRANTED) }),
        // Legal encodings: only a reader that loses its place misses the import.
        fc.record({ width: fc.integer({ min: 2, max: 5 }), import: fc.constantFrom(...UNGRANTED) }),
      ),
    })
    .map(({ twinWidth, attack }) => ({
      title: `The number of imports in ${attack.width} bytes, in front of ${attack.import.name}`,
      attack: { bytes: paddedCount.build(attack), expect: REFUSED },
      twin: { bytes: paddedCount.build({ width: twinWidth, import: GRANTED }), expect: COMPLETED },
    })),
})

const sectionShuffles = generator({
  name: 'section-order',
  family: 'module-bytes',
  threats: ['MOD-03'],
  provenance: 'core specification 5.5.16; test suite binary.wast and custom.wast',
  drafts: fc
    .record({
      at: fc.nat({ max: FULL_ORDER.length - 2 }),
      how: fc.constantFrom('swap', 'repeat', 'unknown'),
      id: fc.integer({ min: 14, max: 255 }),
      customs: fc.array(fc.nat({ max: FULL_ORDER.length - 1 }), { maxLength: 5 }),
    })
    .map(({ at, how, id, customs }) => {
      const order: (string | number)[] = [...FULL_ORDER]
      if (how === 'swap') order.splice(at, 2, FULL_ORDER[at + 1]!, FULL_ORDER[at]!)
      else order.splice(at, 0, how === 'repeat' ? FULL_ORDER[at]! : id)
      const honest: string[] = [...FULL_ORDER]
      for (const place of customs) honest.splice(place, 0, 'custom')
      return {
        title: `Sections out of order: ${how} at ${at}`,
        attack: { bytes: sectionOrder.build({ order: order as never }), expect: REFUSED },
        twin: { bytes: sectionOrder.build({ order: honest as never }), expect: COMPLETED },
      }
    }),
})

const HEADERS: fc.Arbitrary<Parameters<typeof header.build>[0]> = fc.oneof(
  fc.record({ magic: hexOf(4) }),
  fc.record({ version: hexOf(4) }),
  fc.record({ prefix: fc.constantFrom(' ', '\n', '#!/bin/sh\n', '<!doctype html>', '(module)', '\u0000asm', '\ufeff') }),
  fc.record({ keep: fc.nat({ max: 110 }) }).filter(({ keep }) => keep !== 8),
)
function hexOf(length: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'))
}
const WHOLE = header.build({})
const headerConfusion = generator({
  name: 'header-confusion',
  family: 'module-bytes',
  threats: ['MOD-16'],
  provenance: 'component model, binary format; Zed PR #10370 (panic on truncated wasm)',
  drafts: HEADERS.filter((parameters) => !cutsBetweenSections(parameters)).map((parameters) => ({
    title: `Header changed: ${Object.keys(parameters).join()}`,
    attack: { bytes: header.build(parameters), expect: REFUSED },
    twin: { bytes: WHOLE, expect: COMPLETED },
  })),
})

/** Some of the first sections can be a module of their own; the engine knows. */
function cutsBetweenSections(parameters: Parameters<typeof header.build>[0]): boolean {
  return parameters.keep !== undefined && WebAssembly.validate(Uint8Array.from(header.build(parameters)))
}

/** What a quota limits, and the module that uses it up to `n`. Four times `largest` is still below the engine's own limit. */
interface Bomb {
  readonly quota: string
  readonly threat: string
  readonly smallest: number
  readonly largest: number
  readonly build: (n: number) => Uint8Array
}
export const BOMBS: readonly Bomb[] = [
  {
    quota: 'localsPerFunction',
    threat: 'MOD-04',
    smallest: 10,
    largest: 12_000,
    build: (n) => bombs.locals.build({ functions: 1, runs: [{ count: n, type: 'i64' }] }),
  },
  {
    quota: 'localsTotal',
    threat: 'MOD-04',
    smallest: 400,
    largest: 400_000,
    build: (n) => bombs.locals.build({ functions: 160, runs: [{ count: Math.floor(n / 160), type: 'f64' }] }),
  },
  {
    quota: 'parameters',
    threat: 'MOD-05',
    smallest: 2,
    largest: 240,
    build: (n) => bombs.signature.build({ functions: 20, parameters: n, results: 1 }),
  },
  {
    quota: 'nesting',
    threat: 'MOD-06',
    smallest: 10,
    largest: 40_000,
    build: (n) => bombs.nesting.build({ depth: n, construct: 'block' }),
  },
  {
    quota: 'branchTableTargets',
    threat: 'MOD-07',
    smallest: 4,
    largest: 16_000,
    build: (n) => bombs.branchTables.build({ functions: 2, tables: 3, targets: n }),
  },
  { quota: 'types', threat: 'MOD-08', smallest: 4, largest: 30_000, build: (n) => bombs.types.build({ count: n }) },
  {
    quota: 'segments',
    threat: 'MOD-09',
    smallest: 4,
    largest: 20_000,
    build: (n) => bombs.segments.build({ data: n - 1, bytes: 3, elements: 1 }),
  },
  {
    quota: 'customSectionBytes',
    threat: 'MOD-12',
    smallest: 100,
    largest: 500_000,
    build: (n) => bombs.customSections.build({ count: 10, bytes: Math.floor(n / 10) }),
  },
  {
    quota: 'moduleBytes',
    threat: 'MOD-12',
    smallest: 500,
    largest: 500_000,
    build: (n) => bombs.customSections.build({ count: 1, bytes: n - 100 }),
  },
  {
    quota: 'nameBytes',
    threat: 'MOD-13',
    smallest: 40,
    largest: 24_000,
    build: (n) => names.build({ exports: ['x'.repeat(n)] }),
  },
  {
    quota: 'exports',
    threat: 'MOD-14',
    smallest: 4,
    largest: 20_000,
    build: (n) => bombs.exportNames.build({ count: n - 1, nameBytes: 6 }),
  },
  {
    quota: 'imports',
    threat: 'MOD-14',
    smallest: 4,
    largest: 20_000,
    build: (n) => bombs.imports.build({ count: n, ...GRANTED }),
  },
  {
    quota: 'functions',
    threat: 'MOD-05',
    smallest: 4,
    largest: 20_000,
    build: (n) => bombs.signature.build({ functions: n, parameters: 1, results: 0 }),
  },
]

/** Half of the quota must be allowed and twice as much refused; how exactly something is counted is the sandbox's own affair. */
const quotaBombs = generator({
  name: 'quota-bombs',
  family: 'amplification',
  threats: [...new Set(BOMBS.map(({ threat }) => threat))],
  provenance: 'JS API, implementation-defined limits; CWE-409; CWA-2023-004',
  drafts: fc.constantFrom(...BOMBS).chain((bomb) =>
    fc.integer({ min: bomb.smallest, max: bomb.largest }).map((half) => {
      const run: RunOptions = { policy: { quotas: { [bomb.quota]: half * 2 } } }
      return {
        title: `${half * 4} where ${bomb.quota} allows ${half * 2}`,
        threats: [bomb.threat],
        attack: { bytes: bomb.build(half * 4), run, expect: { ...REFUSED, residentMiB: 600 } },
        twin: { bytes: bomb.build(half), run, expect: COMPLETED },
      }
    }),
  ),
})

const PAGE = 65_536
const initialSizes = generator({
  name: 'initial-sizes',
  family: 'amplification',
  threats: ['MOD-10', 'MOD-11'],
  provenance: 'GHSA-p8xm-42r7-89xg, CVE-2022-39392; JS API, implementation-defined limits',
  drafts: fc.oneof(
    fc.record({ pages: fc.integer({ min: 1, max: 1024 }), over: fc.integer({ min: 1, max: 60_000 }) }).map(({ pages, over }) => {
      const run: RunOptions = { limits: { memoryBytes: pages * PAGE } }
      return {
        title: `A memory of ${pages + over} pages where ${pages} are granted`,
        threats: ['MOD-11'],
        attack: { bytes: bombs.memory.build({ minimum: pages + over }), run, expect: REFUSED },
        twin: { bytes: bombs.memory.build({ minimum: pages }), run, expect: COMPLETED } satisfies DraftTrial,
      }
    }),
    // The granted elements, split over several tables, and one element more in the last of them.
    fc
      .record({
        tables: fc.integer({ min: 1, max: 12 }),
        each: fc.integer({ min: 1, max: 10_000 }),
        over: fc.integer({ min: 1, max: 100_000 }),
      })
      .map(({ tables, each, over }) => {
        const run: RunOptions = { limits: { tableElements: tables * each } }
        return {
          title: `${tables} tables of ${each + over} elements where ${tables * each} are granted in all`,
          threats: ['MOD-10'],
          attack: {
            bytes: bombs.tables.build({ count: tables, minimum: each + over }),
            run,
            expect: { ...REFUSED, residentMiB: 600 },
          },
          twin: { bytes: bombs.tables.build({ count: tables, minimum: each }), run, expect: COMPLETED },
        }
      }),
  ),
})

export const moduleBytesGenerators: readonly Generator[] = [
  countLies,
  sizeLies,
  lebPadding,
  sectionShuffles,
  headerConfusion,
  quotaBombs,
  initialSizes,
]
