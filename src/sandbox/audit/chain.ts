// The chain: each line names its number and the hash of the line before, so none can be changed, added, moved or taken away in between.
import { canonical, hashOf, LineError, lineOf, NO_HASH, type ParsedLine, parseLine } from './line.ts'

/** Where a chain has come to. */
export interface Link {
  readonly seq: number
  readonly hash: string
}

/** Before the first line of a log. */
export const BEGINNING: Link = { seq: 0, hash: NO_HASH }

/**
 * Reads the line that follows.
 *
 * @param bytes without the line's end
 * @throws {LineError} if it is no line, or not the one that follows
 */
export function follow(bytes: Uint8Array, after: Link): ParsedLine {
  const line = parseLine(bytes)
  const { seq, previous } = line.value
  if (seq !== after.seq + 1) throw new LineError(`has the number ${seq} where ${after.seq + 1} follows`)
  if (previous !== after.hash) throw new LineError('does not follow the line before it: the hashes differ')
  return line
}

export const linkOf = ({ value, hash }: ParsedLine): Link => ({ seq: value.seq, hash })

/** @param entry its own fields; must have `type` and `time` @returns the next line, without its end, and where the chain is then */
export function nextLine(entry: Readonly<Record<string, unknown>>, after: Link): { line: string; link: Link } {
  const seq = after.seq + 1
  const body = canonical({ seq, previous: after.hash, ...entry })
  const hash = hashOf(body)
  return { line: lineOf(body, hash), link: { seq, hash } }
}
