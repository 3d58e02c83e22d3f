// Which runs a canary gets: a fixed share of every block of runs, at places that follow from its hash, so that anyone can work it out again.
import { createHash } from 'node:crypto'

/**
 * Spread by hash and not evenly: with every tenth run, a version would always meet whatever happens at every tenth, such as the full hour.
 *
 * @param seed the canary's SHA-256
 * @param index of the run, from 0 on, since the canary began
 * @param share in whole hundredths; of each `blockOf(share)` runs in a row from a block's beginning, exactly this share is the canary's
 */
export function isCanaryRun(seed: string, index: number, share: number): boolean {
  const length = blockOf(share)
  const block = Math.floor(index / length)
  const places = Array.from({ length }, (_, place) => ({ place, rank: rankOf(seed, block, place) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, Math.round(share * length))
  return places.some(({ place }) => place === index - block * length)
}

/** The least number of runs of which the share is a whole number: 10 for 0.3, 4 for 0.25, 100 for 0.07. */
export function blockOf(share: number): number {
  const hundredths = Math.round(share * 100)
  return 100 / greatestCommonDivisor(hundredths, 100)
}

const rankOf = (seed: string, block: number, place: number) =>
  createHash('sha256')
    .update(JSON.stringify([seed, block, place]))
    .digest('hex')

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
