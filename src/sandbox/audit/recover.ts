// Opening a log that is there: where its chain has come to, and what of a last line a writer left that was killed in the middle of it.
import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { BEGINNING, follow, type Link, linkOf } from './chain.ts'
import { type Disk, writeNew } from './disk.ts'
import { AuditLogError } from './error.ts'
import { LineError, type ParsedLine } from './line.ts'
import { piecesOf, type Segment, segmentsIn } from './segments.ts'

/** What was done about the end of the last segment. */
export interface Repair {
  readonly segment: string
  /** Bytes that were no whole line. */
  readonly bytes: number
  /** Where they are now; null if the line was whole but for its end, which was added. */
  readonly movedTo: string | null
}

/** A log, open at its end. */
export interface Recovered {
  readonly log: string
  readonly segment: Segment
  readonly file: number
  /** Bytes of the segment. */
  readonly size: number
  readonly link: Link
  /** Id of the key in the segment's header. */
  readonly key: string
  /** Lines behind the last checkpoint of the segment. */
  readonly unsigned: number
  /** Hashes of the checkpoints in the segment, by their number. */
  readonly checkpoints: ReadonlyMap<number, string>
  /** Number of the segment's first line. */
  readonly first: number
}

export interface Recovery {
  /** Null if there is no log yet. */
  readonly found: Recovered | null
  readonly repair: Repair | null
}

/** @throws {AuditLogError} `damaged`, and nothing is changed */
export function recover(disk: Disk, directory: string): Recovery {
  const segments = segmentsIn(disk.names(directory), directory)
  const gap = segments.findIndex(({ number }, index) => index > 0 && number !== segments[index - 1]!.number + 1)
  if (gap > 0) {
    const missing = segments[gap]!.number - 1
    throw damaged(segments[gap]!.path, `segment ${missing} before it is missing`)
  }
  const last = segments.at(-1)
  if (!last) return { found: null, repair: null }
  const found = scan(disk, last)
  // Killed between making a segment and writing its header: nothing had been acknowledged in it.
  if (found.header === null) return withoutHeader(disk, directory, segments, found)
  const { repair, link, size } = repaired(disk, last, found)
  const { log, key } = found.header.value as unknown as { log: string; key: string }
  const { file, unsigned, checkpoints, first } = found
  // A last line that only lacked its end had not been counted.
  const more = size > found.size ? 1 : 0
  return { found: { log, key, segment: last, file, size, link, unsigned: unsigned + more, checkpoints, first }, repair }
}

interface Scanned {
  readonly file: number
  readonly header: ParsedLine | null
  readonly link: Link
  readonly size: number
  readonly tail: Uint8Array | null
  readonly tailBytes: number
  readonly unsigned: number
  readonly checkpoints: ReadonlyMap<number, string>
  readonly first: number
}

/** Reads a segment from its header to its last whole line. */
function scan(disk: Disk, { path }: Segment): Scanned {
  const file = disk.open(path)
  let header: ParsedLine | null = null
  let link: Link = BEGINNING
  let [number, size, unsigned, tailBytes] = [0, 0, 0, 0]
  let tail: Uint8Array | null = null
  const checkpoints = new Map<number, string>()
  try {
    for (const { bytes, offset, ended } of piecesOf(disk, file)) {
      if (!ended) {
        tail = bytes
        tailBytes = disk.size(path) - offset
        break
      }
      number++
      const line: ParsedLine = header === null ? headerOf(bytes) : follow(bytes, link)
      header ??= line
      link = linkOf(line)
      size = offset + bytes.length + 1
      unsigned++
      if (line.value.type !== 'checkpoint') continue
      unsigned = 0
      checkpoints.set(link.seq, link.hash)
    }
    return { file, header, link, size, tail, tailBytes, unsigned, checkpoints, first: header?.value.seq ?? 0 }
  } catch (error) {
    disk.close(file)
    if (error instanceof LineError) throw damaged(path, `its line ${number} ${error.message}`)
    throw error
  }
}

/** The first line is where the chain is taken up; that it continues the segment before is for `verify` to say. */
function headerOf(bytes: Uint8Array): ParsedLine {
  const line = followAny(bytes)
  const { type, log, key } = line.value
  if (type === 'segment' && typeof log === 'string' && typeof key === 'string') return line
  throw new LineError('is no header of a segment')
}

function followAny(bytes: Uint8Array): ParsedLine {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const found = /^\{"seq":(\d{1,15}),"previous":"([0-9a-f]{64})"/.exec(text)
  if (!found) throw new LineError('is no header of a segment')
  return follow(bytes, { seq: Number(found[1]) - 1, hash: found[2]! })
}

/** What stands behind the last line feed is set aside, not thrown away; only then is the segment cut. */
function repaired(disk: Disk, { path }: Segment, { file, link, size, tail, tailBytes }: Scanned) {
  if (tail === null) return { repair: null, link, size }
  try {
    const whole = wholeLine(tail, link)
    if (whole) {
      // The line is all there, and its effect may have been done: it keeps its place.
      disk.write(file, Uint8Array.of(10))
      disk.sync(file)
      return { repair: { segment: basename(path), bytes: 0, movedTo: null }, link: linkOf(whole), size: size + tailBytes + 1 }
    }
    const movedTo = setAside(disk, path, readTail(disk, path, size))
    disk.cut(file, size)
    disk.sync(file)
    return { repair: { segment: basename(path), bytes: tailBytes, movedTo: basename(movedTo) }, link, size }
  } catch (error) {
    disk.close(file)
    throw error
  }
}

function wholeLine(tail: Uint8Array, link: Link): ParsedLine | null {
  try {
    return follow(tail, link)
  } catch {
    return null
  }
}

function readTail(disk: Disk, path: string, from: number): Uint8Array {
  const file = disk.open(path)
  try {
    const bytes = new Uint8Array(disk.size(path))
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = disk.read(file, bytes.subarray(length))
    return bytes.subarray(from, length)
  } finally {
    disk.close(file)
  }
}

function setAside(disk: Disk, path: string, bytes: Uint8Array): string {
  for (let number = 1; ; number++) {
    const name = `${path}.torn-${number}`
    try {
      writeNew(disk, name, bytes)
      return name
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function withoutHeader(disk: Disk, directory: string, segments: readonly Segment[], { file, tailBytes }: Scanned): Recovery {
  const { path } = segments.at(-1)!
  disk.close(file)
  const movedTo = tailBytes > 0 ? setAside(disk, path, readTail(disk, path, 0)) : null
  disk.remove(path)
  disk.syncDirectory(directory)
  const before = recover(disk, directory)
  return {
    ...before,
    repair: before.repair ?? { segment: basename(path), bytes: tailBytes, movedTo: movedTo && basename(movedTo) },
  }
}

function damaged(path: string, why: string): AuditLogError {
  return new AuditLogError(
    'damaged',
    path,
    `The audit log ${path} is damaged: ${why}. Nothing was changed; keep the directory as evidence, and begin a new log in another one.`,
  )
}

/** A new name for a log, so that its segments cannot be mistaken for another's. */
export const newLogId = (): string => randomBytes(16).toString('hex')
