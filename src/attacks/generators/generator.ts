// A generator: a named way to make attacks of one kind, with the twin and the expectation that belong to them, from a seed, from bytes, or as an
// arbitrary of a property.
import type fc from 'fast-check'
import { type Assembler, assemble } from '../assemble.ts'
import type { Attack, Expectation, Trial } from '../attack.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { fromBytes, fromSeed } from './choices.ts'
import type { Family } from './families.ts'

export interface Generator {
  readonly name: string
  readonly family: Family
  readonly threats: readonly string[]
  /** Where the idea comes from. */
  readonly provenance: string
  /** All attacks that it can make, as values of a property. */
  drafts(): Promise<fc.Arbitrary<Draft>>
  /** @param seed a 32-bit integer; the same seed gives the same bytes */
  generate(seed: number): Promise<Attack>
  /** Any bytes make an attack, and the same bytes the same one. */
  fromBytes(bytes: Uint8Array): Promise<Attack>
}

/** A trial as generators write it: bytes, or text to assemble; limits are filled in. */
export type DraftTrial = Omit<Trial, 'bytes' | 'run'> & { readonly run?: Trial['run'] } & (
    | { readonly bytes: Uint8Array }
    | { readonly wat: string; readonly assembler?: Assembler }
    /** Where the bytes take a while to make. */
    | { readonly make: () => Promise<Uint8Array> }
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
  /** All attacks that the generator can make; made at first use where that takes a while. */
  readonly drafts: fc.Arbitrary<Draft> | (() => Promise<fc.Arbitrary<Draft>>)
}

/** A generator from an arbitrary of fast-check, whose sampling is a pure function of the seed, or of the bytes. */
export function generator({ name, family, threats, provenance, drafts }: GeneratorOptions): Generator {
  let made: Promise<fc.Arbitrary<Draft>> | undefined
  const all = () => {
    made ??= typeof drafts === 'function' ? drafts() : Promise.resolve(drafts)
    return made
  }
  const self: Generator = {
    name,
    family,
    threats,
    provenance,
    drafts: all,
    generate: async (seed) => await attackOf(self, fromSeed(await all(), seed), { seed }),
    fromBytes: async (bytes) =>
      await attackOf(self, fromBytes(await all(), bytes), { bytes: Buffer.from(bytes).toString('hex') }),
  }
  return self
}

/** From what a generator made an attack: a seed, or bytes in hexadecimal digits. */
export type Origin = { readonly seed: number } | { readonly bytes: string }

/** As `gauntlet replay` takes it behind `generator:`. */
export const spellOrigin = (name: string, from: Origin): string =>
  'seed' in from ? `${name}@${from.seed}` : `${name}@0x${from.bytes}`

/** The attack that a draft of a generator describes. */
export async function attackOf(
  { name, threats, provenance }: Pick<Generator, 'name' | 'threats' | 'provenance'>,
  draft: Draft,
  from: Origin,
): Promise<Attack> {
  return {
    id: spellOrigin(name, from),
    title: draft.title,
    threats: draft.threats ?? threats,
    provenance,
    origin: { kind: 'generated', generator: name, ...from },
    ...(await trialOf(draft.attack)),
    twin: await trialOf(draft.twin),
  }
}

async function trialOf(draft: DraftTrial): Promise<Trial> {
  const { expect, run, conditions, setting } = draft
  const bytes = await bytesOf(draft)
  return {
    bytes,
    expect,
    run: { ...run, limits: { ...DEFAULT_LIMITS, ...run?.limits } },
    ...(conditions && { conditions }),
    ...(setting && { setting }),
  }
}

async function bytesOf(draft: DraftTrial): Promise<Uint8Array> {
  if ('wat' in draft) return await assemble(draft.wat, draft.assembler)
  return 'make' in draft ? await draft.make() : draft.bytes
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
