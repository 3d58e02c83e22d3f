// The files of an audit log: segments, each the next part of the one chain, with a header that says which part.
import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { MAX_LINE } from './line.ts'

export interface Segment {
  readonly number: number
  readonly path: string
}

/** First line of a segment. */
export interface Header {
  readonly type: 'segment'
  readonly version: 1
  readonly time: number
  /** Id of the log: a segment of another one is not taken for a part of this. */
  readonly log: string
  readonly segment: number
  /** Id of the key that signs the checkpoints in it. */
  readonly key: string
  /** That key (SPKI, DER, base64). It proves nothing by itself: whoever writes a new log can write a key too. */
  readonly publicKey: string
}

const NAME = /^audit-(\d{8,15})\.jsonl$/

export const segmentName = (number: number): string => `audit-${String(number).padStart(8, '0')}.jsonl`

/** Those in a directory, the first one first. */
export function segmentsIn(names: readonly string[], directory: string): readonly Segment[] {
  const found: Segment[] = []
  for (const name of names) {
    const number = Number(NAME.exec(name)?.[1] ?? 0)
    if (number > 0 && name === segmentName(number)) found.push({ number, path: join(directory, name) })
  }
  return found.sort((a, b) => a.number - b.number)
}

/** A piece of a file: a line without its end, or what stands behind the last one. */
export interface Piece {
  readonly bytes: Uint8Array
  /** Where it begins. */
  readonly offset: number
  /** Whether it ends in a line feed. */
  readonly ended: boolean
}

const CHUNK = 256 * 1024
const LINE_FEED = 10

/**
 * A file line by line, in bounded memory: of a line that is longer than one can be, only so much is handed out that the reader sees it.
 *
 * @param file open, at its beginning
 */
export function* piecesOf(disk: Pick<Disk, 'read'>, file: number): Generator<Piece> {
  const chunk = new Uint8Array(CHUNK)
  let rest = new Uint8Array(0)
  let offset = 0
  let length = 0
  for (let read = disk.read(file, chunk); read > 0; read = disk.read(file, chunk)) {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0 && end < read; end = chunk.indexOf(LINE_FEED, from)) {
      const bytes = rest.length === 0 ? chunk.slice(from, end) : joined(rest, chunk.subarray(from, end))
      yield { bytes, offset, ended: true }
      offset += length + (end - from) + 1
      rest = new Uint8Array(0)
      length = 0
      from = end + 1
    }
    length += read - from
    rest = joined(rest, chunk.subarray(from, read))
  }
  if (length > 0) yield { bytes: rest, offset, ended: false }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = second.subarray(0, Math.max(0, MAX_LINE + 1 - first.length))
  const both = new Uint8Array(first.length + kept.length)
  both.set(first)
  both.set(kept, first.length)
  return both
}
