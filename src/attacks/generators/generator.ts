// A generator: a named way to make attacks of one kind from a seed, with the twin and the expectation that belong to them.
import fc from 'fast-check'
import { type Assembler, assemble } from '../assemble.ts'
import type { Attack, Expectation, Trial } from '../attack.ts'
import { DEFAULT_LIMITS } from '../limits.ts'

export const FAMILIES = ['module-bytes', 'links', 'control', 'resources', 'values', 'mutation'] as const
export type Family = (typeof FAMILIES)[number]

export interface Generator {
  readonly name: string
  readonly family: Family
  readonly threats: readonly string[]
  /** @param seed a 32-bit integer; the same seed gives the same bytes */
  generate(seed: number): Attack | Promise<Attack>
}

/** A trial as generators write it: bytes, or text to assemble; limits are filled in. */
export type DraftTrial = { readonly expect: Expectation; readonly run?: Trial['run'] } & (
  | { readonly bytes: Uint8Array }
  | { readonly wat: string; readonly assembler?: Assembler }
)
export interface Draft {
  readonly title: string
  /** The threats of this very attack, the main one first; all of the generator's if left out. */
  readonly threats?: readonly string[]
  readonly attack: DraftTrial
  readonly twin: DraftTrial
}

export interface GeneratorOptions {
  readonly name: string
  readonly family: Family
  readonly threats: readonly string[]
  readonly provenance: string
  /** All attacks that the generator can make. */
  readonly drafts: fc.Arbitrary<Draft>
}

/** A generator from an arbitrary of fast-check, whose sampling is a pure function of the seed. */
export function generator({ name, family, threats, provenance, drafts }: GeneratorOptions): Generator {
  return {
    name,
    family,
    threats,
    generate: async (seed) => {
      const draft = sampleOnce(drafts, seed)
      return {
        id: `${name}@${seed}`,
        title: draft.title,
        threats: draft.threats ?? threats,
        provenance,
        origin: { kind: 'generated', generator: name, seed },
        ...(await trialOf(draft.attack)),
        twin: await trialOf(draft.twin),
      }
    },
  }
}

/** One value of an arbitrary, always the same for a seed. Seeds that follow each other give values that have nothing to do with each other. */
export function sampleOnce<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  // The first numbers of xorshift generators with neighbouring seeds are alike: the seed is mixed first (the finaliser of MurmurHash3).
  let mixed = seed | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return fc.sample(arbitrary, { seed: mixed ^ (mixed >>> 16), numRuns: 1 })[0]!
}

async function trialOf(draft: DraftTrial): Promise<Trial> {
  const bytes = 'wat' in draft ? await assemble(draft.wat, draft.assembler) : draft.bytes
  return { bytes, expect: draft.expect, run: { ...draft.run, limits: { ...DEFAULT_LIMITS, ...draft.run?.limits } } }
}

/** Our sandbox must say that it refused, and raise the event; another host must refuse in whatever words. */
export const REFUSED: Expectation = { outcomes: ['refused'], details: ['refused'], events: ['module-refused'] }
export const COMPLETED: Expectation = { outcomes: ['completed'] }
/** Ended by a clock. */
export const OUT_OF_TIME: Expectation = { outcomes: ['limit'], details: ['wall-clock-limit', 'cpu-limit'] }
export const exits = (exitCode: number, stdout?: string): Expectation => ({
  outcomes: ['exited'],
  exitCode,
  ...(stdout !== undefined && { stdout }),
})
