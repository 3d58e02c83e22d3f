// Literals of the host under attack: what it compares with, nobody would guess. On planted bugs they were worth a hundred to ten thousand times the executions.
import { createHash } from 'node:crypto'

/** In the order of their places. */
export interface LiteralPool {
  readonly texts: readonly Placed<Uint8Array>[]
  readonly numbers: readonly Placed<bigint>[]
}
interface Placed<T> {
  readonly value: T
  /** From 0 to 65,535, by what the literal is. */
  readonly place: number
}

export const NO_LITERALS: LiteralPool = { texts: [], numbers: [] }

const encoder = new TextEncoder()
const placeOf = (text: string): number => createHash('sha256').update(text).digest().readUInt16LE()

function placed<T>(literals: ReadonlySet<string>, value: (text: string) => T): Placed<T>[] {
  return [...literals].map((text) => ({ value: value(text), place: placeOf(text) })).sort((a, b) => a.place - b.place)
}

/** @param numbers as digits, unsigned */
export const poolOf = (texts: Iterable<string>, numbers: Iterable<string>): LiteralPool => ({
  texts: placed(new Set(texts), (text) => encoder.encode(text)),
  numbers: placed(new Set(numbers), BigInt),
})

/**
 * The literal whose place is the next one. By place and not by index, so that a literal more or less in the host changes what few inputs mean:
 * a corpus outlives the sources that it was grown on.
 *
 * @param selector from 0 to 65,535
 * @returns undefined if there are none
 */
export function nextLiteral<T>(literals: readonly Placed<T>[], selector: number): T | undefined {
  let [low, high] = [0, literals.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (literals[middle]!.place < selector) low = middle + 1
    else high = middle
  }
  return (literals[low] ?? literals[0])?.value
}
