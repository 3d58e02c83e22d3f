// A planted defect that only an engine with coverage finds: eight half bytes, each of which is looked at only if the one before it is right.
// Blindly one input in 2^32 has them; with coverage, each step is kept and the next is one in 16.
const WORD = [0x67, 0x61, 0x75, 0x6e]

const high = (data: Buffer, at: number): boolean => (data[at] ?? 0) >> 4 === WORD[at]! >> 4
const low = (data: Buffer, at: number): boolean => ((data[at] ?? 0) & 15) === (WORD[at]! & 15)

/** Separate branches, since a loop over the word would be one edge; no literals, since the engine is told what a literal is compared with. */
export function fuzz(data: Buffer): void {
  if (!high(data, 0)) return
  if (!low(data, 0)) return
  if (!high(data, 1)) return
  if (!low(data, 1)) return
  if (!high(data, 2)) return
  if (!low(data, 2)) return
  if (!high(data, 3)) return
  if (!low(data, 3)) return
  throw new Error('the canary was found')
}
