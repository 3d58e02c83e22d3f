// The numbers that we want to reach, in one place, each with the form in which it is compared.
import type { Samples } from './contest.ts'
import type { Aim } from './row.ts'
import { median, pairedRatio } from './statistics.ts'

export const AIMS = {
  /** Compute without fuel against bare V8, geometric mean over the kernels. */
  computeFuelOff: 1.01,
  /** The same with fuel. */
  computeFuelOn: 1.15,
  /** What metering adds to a module, per cent. */
  growthPercent: 15,
  /** Create and first call of a cached module in a pooled jail's cell, ms. A bare hop to a worker in a child and back takes 0.20 to 0.26. */
  pooledStartMs: 0.35,
  /** Against one bare child process with a bare worker. */
  coldStart: 1.2,
  /** Against an import that does nothing. */
  localCall: 2,
  /** Over a bare round trip through a pipe, µs. */
  brokeredCallUs: 25,
  /** Per idle instance, over the jail's own, MiB. */
  idleInstanceMiB: 8,
  /** From a limit to a guest that is verifiably gone, whatever the guest, ms. */
  killMs: 250,
  /** Programs of host calls through the executor guest. */
  programsPerSecond: 100_000,
  /** The same under coverage guidance. */
  guidedProgramsPerSecond: 20_000,
} as const

const digits = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** At most `limit` times the rival. */
export const ratioTo =
  (rival: string, limit: number) =>
  ({ ours, rivals }: Samples): Aim | null => {
    const theirs = rivals.get(rival)
    return theirs ? atMost(pairedRatio(ours, theirs), limit, '×') : null
  }

/** At most `limit` of the unit more than the rival. */
export const overhead =
  (rival: string, limit: number, unit: string) =>
  ({ ours, rivals }: Samples): Aim | null => {
    const theirs = rivals.get(rival)
    if (!theirs) return null
    const over = median(ours) - median(theirs)
    return { aim: `at most ${limit} ${unit} more than ${rival}`, is: `${digits(over)} ${unit} more`, reached: over <= limit }
  }

/** At most `limit`; `unit` is `×`, `%` or one with a space before it. */
export function atMost(value: number, limit: number, unit: string): Aim {
  const space = unit === '×' ? '' : ' '
  return { aim: `at most ${limit}${space}${unit}`, is: `${digits(value)}${space}${unit}`, reached: value <= limit }
}

export const atLeast = (value: number, limit: number, unit: string): Aim => ({
  aim: `at least ${limit} ${unit}`,
  is: `${digits(value)} ${unit}`,
  reached: value >= limit,
})
