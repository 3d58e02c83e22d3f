// The order in which things are tried whose number is too large for one run: a part of every kind in each, and all of them in a few.

/** Parts of the golden ratio: multiples of it, modulo 1, stay as far from each other as points can. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * All items, in the order of one round. Neighbours are far apart in the list, so that the beginning of a round has something of every file of it;
 * and rounds that follow each other begin at places that fill the gaps between those before: any m of them in a row, each of which gets through
 * 2.7/m of the items, have tried all.
 */
export function inRotation<Item>(items: readonly Item[], round: number): Item[] {
  const count = items.length
  const stride = strideFor(count)
  const start = Math.floor(((round * GOLDEN) % 1) * count)
  return Array.from({ length: count }, (_, index) => items[((start + index) * stride) % count]!)
}

/** The step nearest to the golden section from which every place is reached. */
function strideFor(count: number): number {
  let stride = Math.max(1, Math.round(count * GOLDEN))
  while (greatestCommonDivisor(stride, count) > 1) stride--
  return stride
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** Rounds that follow each other where runs do: one a day. */
export const roundOfDay = (now: Date): number => Math.floor(now.getTime() / 86_400_000)
