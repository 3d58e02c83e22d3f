// Samples to figures.
import type { Figure } from './row.ts'

/** The value below which `share` of the samples lie; between two of them if need be. */
export function quantile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('No samples.')
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)]!
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at))
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

export const figure = (samples: readonly number[]): Figure => ({
  median: median(samples),
  lower: quantile(samples, 0.25),
  upper: quantile(samples, 0.75),
  highest: quantile(samples, 1),
  samples: samples.length,
})

/** What changes both of two neighbouring samples (a busy machine, a slow clock) is not in their ratio. */
export const pairedRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.slice(0, Math.min(ours.length, theirs.length)).map((value, i) => value / theirs[i]!))

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
