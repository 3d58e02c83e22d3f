// The generated campaign: attacks made from seeds, in chambers that are used again while they stay clean, until the time is up.
import { createHash } from 'node:crypto'
import type { Attack } from '../attacks/attack.ts'
import type { CampaignRecord } from '../reports/run-record.ts'
import type { Budget } from './budget.ts'
import { pause } from './clock.ts'
import type { Journal } from './journal.ts'
import { ReusedChamber } from './reused-chamber.ts'
import type { Shard } from './shard.ts'
import type { Pair, TargetChoice } from './trials.ts'

/** A generator of attacks, as the registry of src/attacks lists them. */
export interface AttackGenerator {
  readonly name: string
  readonly family: string
  readonly threats: readonly string[]
  /** The same seed gives the same bytes. */
  generate(seed: number): Attack | Promise<Attack>
}

export interface GeneratedOptions {
  readonly generators: readonly AttackGenerator[]
  readonly target: TargetChoice
  /** Whether an attack applies to the target; one that does not is not run and not counted. Default: all do. */
  readonly accept?: (attack: Attack) => boolean
  /** Whether the answers to an attack show that nothing was tried; then it is not counted either. Default: never. */
  readonly isNothing?: (pair: Pair) => boolean
  /** Seed of the run; each attack gets a seed of its own from it. */
  readonly seed: number
  /** If machines share the run, each takes every n-th seed. */
  readonly shard?: Shard
  readonly budget: Budget
  /** Ends earlier, once so many attacks have been made. */
  readonly atMost?: number
  readonly parallel: number
  readonly journal: Journal | null
  readonly signal?: AbortSignal
  /** Called for each attack that was not contained, and for what the end of a chamber showed. */
  readonly onViolation: (pair: Pair, target: TargetChoice) => Promise<void> | void
  readonly onProgress?: (modules: number) => void
  /** A generator that throws is a fault of the harness: it is told once, and not asked again. */
  readonly onFault: (text: string) => void
}

/** Seed number `index` of a run: 31 bits, so that every consumer takes it as it is. */
export function seedFor(runSeed: number, index: number): number {
  return createHash('sha256').update(`${runSeed}/${index}`).digest().readUInt32LE(0) >>> 1
}

type Tally = CampaignRecord['byGenerator'][string]
const emptyTally = (threats: readonly string[]): Tally => ({
  modules: 0,
  contained: 0,
  violated: 0,
  inconclusive: 0,
  byOutcome: {},
  threats: [...threats],
})

/** Runs until the budget is spent. Rejects with ChamberError if the target does not load. */
export async function runGenerated(options: GeneratedOptions): Promise<CampaignRecord> {
  const { target, seed, budget, parallel, shard = { number: 1, of: 1 } } = options
  const byGenerator: Record<string, Tally> = {}
  const broken = new Set<string>()
  let index = 0
  let modules = 0
  const { atMost = Number.POSITIVE_INFINITY } = options
  const stopped = (): boolean =>
    budget.spent || index >= atMost || options.signal?.aborted === true || broken.size === options.generators.length

  const one = async (chamber: ReusedChamber): Promise<void> => {
    const number = index++
    const generator = options.generators[number % options.generators.length]!
    if (broken.has(generator.name)) return await pause(0)
    const attack = await make(generator, seedFor(seed, number * shard.of + shard.number - 1), (text) => {
      broken.add(generator.name)
      options.onFault(text)
    })
    if (!attack || options.accept?.(attack) === false) {
      // A turn of the event loop, so that a signal is heard even if attack after attack is passed over.
      await pause(0)
      return
    }
    const pair = await chamber.runPair(attack)
    if (options.isNothing?.(pair)) return
    byGenerator[generator.name] ??= emptyTally(generator.threats)
    count(byGenerator[generator.name]!, pair)
    modules++
    if (pair.attack.verdict.kind !== 'contained' || pair.twin.verdict.kind === 'violated') await options.onViolation(pair, target)
    options.onProgress?.(modules)
  }
  const worker = async (): Promise<void> => {
    const chamber = new ReusedChamber(options)
    try {
      while (!stopped()) await one(chamber)
    } finally {
      await chamber.close()
    }
  }
  if (options.generators.length > 0) await settled(Array.from({ length: parallel }, worker))
  return { target: target.name, seed, modules, byGenerator, seconds: budget.elapsedMs / 1000 }
}

/** Waits for all, then rejects with the first error: no chamber is left open behind the caller's back. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

async function make(generator: AttackGenerator, seed: number, onFault: (text: string) => void): Promise<Attack | null> {
  try {
    return await generator.generate(seed)
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : String(error)
    onFault(`the generator ${generator.name} failed for seed ${seed} and was not used any more: ${what}`)
    return null
  }
}

function count(tally: Tally, { attack }: Pair): void {
  const outcome = attack.observation.result?.outcome ?? (attack.observation.chamber.hung ? 'hung' : 'no result')
  tally.modules++
  tally[attack.verdict.kind]++
  tally.byOutcome[outcome] = (tally.byOutcome[outcome] ?? 0) + 1
}
