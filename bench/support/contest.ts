// Contenders in turns: A, B, C, B, C, A, … so that whatever the machine does meanwhile, it does to all of them.
import type { Effort } from './effort.ts'
import type { About, Aim, Row } from './row.ts'
import { figure, pairedRatio } from './statistics.ts'

/** Takes one sample, in the row's unit. */
export type Contender = () => number | Promise<number>

/** A rival that does not answer in this time is left out from then on, milliseconds. */
const PATIENCE = 20_000

export interface Samples {
  readonly ours: readonly number[]
  readonly rivals: ReadonlyMap<string, readonly number[]>
  readonly absent: ReadonlyMap<string, string>
}

/**
 * Takes `rounds` samples of each after one that does not count.
 *
 * @throws what our own contender throws; a rival that fails is left out, with the reason in the row
 */
export async function contest(
  effort: Effort,
  rounds: number,
  ours: Contender,
  rivals: Readonly<Record<string, Contender>> = {},
): Promise<Samples> {
  const own: number[] = []
  const others = new Map<string, number[]>(Object.keys(rivals).map((name) => [name, []]))
  const absent = new Map<string, string>()
  const entries: readonly (readonly [string | null, Contender])[] = [[null, ours], ...Object.entries(rivals)]
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      effort.signal.throwIfAborted()
      const [name, contender] = entries[(turn + Math.max(round, 0)) % entries.length]!
      if (name === null) {
        const sample = await contender()
        if (round >= 0) own.push(sample)
      } else if (!absent.has(name)) {
        try {
          const sample = await withPatience(contender)
          if (round >= 0) others.get(name)!.push(sample)
        } catch (error) {
          absent.set(name, (error as Error).message)
          others.delete(name)
        }
      }
    }
  }
  return { ours: own, rivals: others, absent }
}

async function withPatience(contender: Contender): Promise<number> {
  const taken = contender()
  if (typeof taken === 'number') return taken
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE)
  try {
    return await Promise.race([taken, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** @param judge how the samples stand to what we aim at */
export function rowOf(about: About, samples: Samples, judge?: (samples: Samples) => Aim | null): Row {
  const rivals = [...samples.rivals]
  // A rival that needs nothing at all has no ratio.
  const ratios = rivals.map(([name, values]) => [name, pairedRatio(samples.ours, values)] as const)
  return {
    id: about.id,
    what: about.what,
    unit: about.unit,
    ours: figure(samples.ours),
    rivals: Object.fromEntries(rivals.map(([name, values]) => [name, figure(values)])),
    ratios: Object.fromEntries(ratios.filter(([, ratio]) => Number.isFinite(ratio))),
    absent: { ...about.absent, ...Object.fromEntries(samples.absent) },
    aim: judge?.(samples) ?? null,
    note: about.note ?? '',
  }
}
