// The generators' check of themselves: on a host that is known not to hold, some of them must break through, or that they break nothing elsewhere
// says nothing.
import { applies } from './applies.ts'
import { Budget } from './budget.ts'
import { type AttackGenerator, runGenerated } from './generated.ts'
import type { TargetChoice } from './trials.ts'

/** One attack of each generator is made at most. With three seeds, eleven or twelve of them broke through. */
export const CANARY_GENERATORS = 3
/** Hosts that hang are waited for, milliseconds. */
const LONGEST_MS = 120_000

export interface GeneratorCanaryOptions {
  readonly generators: readonly AttackGenerator[]
  readonly target: TargetChoice
  readonly unenforced: Parameters<typeof applies>[1]
  readonly seed: number
  readonly parallel: number
  readonly signal?: AbortSignal
}

/** Why the generators are not to be trusted, in one sentence; null if enough of them broke through, or it was stopped. */
export async function generatorCanary(options: GeneratorCanaryOptions): Promise<string | null> {
  const { generators, target, unenforced, seed, parallel, signal } = options
  const enough = new AbortController()
  const through = new Set<string>()
  const campaign = await runGenerated({
    generators,
    target,
    accept: (attack) => applies(attack, unenforced, false),
    seed,
    budget: new Budget(LONGEST_MS),
    atMost: generators.length,
    parallel,
    journal: null,
    signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
    onViolation: ({ attack }) => {
      const { origin } = attack.attack
      if (attack.verdict.kind === 'violated' && origin.kind === 'generated') through.add(origin.generator)
      if (through.size >= CANARY_GENERATORS) enough.abort()
    },
    // The campaign itself tells of it.
    onFault: () => {},
  })
  if (signal?.aborted || through.size >= Math.min(CANARY_GENERATORS, generators.length)) return null
  return `of ${campaign.modules} generated attacks only those of ${through.size} generators broke through ${target.name}, a host that is known not to hold: that they break nothing elsewhere says nothing`
}
