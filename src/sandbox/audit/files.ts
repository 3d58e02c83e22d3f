// Which segments somebody means who names directories and files.
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ANCHOR } from './anchor.ts'
import { DISK } from './disk.ts'
import { AuditLogError } from './error.ts'
import { LineError, parseLine } from './line.ts'
import { piecesOf, type Segment, segmentsIn } from './segments.ts'

export interface AuditFiles {
  readonly segments: readonly Segment[]
  /** Anchor in the last directory that was named, if there is one. */
  readonly anchor: string | null
}

/**
 * The segments of directories in the order of their numbers, and files in the order in which they are named.
 *
 * @throws {AuditLogError} `unusable`
 */
export function findSegments(paths: readonly string[]): AuditFiles {
  const segments: Segment[] = []
  let anchor: string | null = null
  for (const path of paths) {
    try {
      if (!statSync(path).isDirectory()) {
        segments.push({ number: numberIn(path), path })
        continue
      }
      const names = readdirSync(path)
      segments.push(...segmentsIn(names, path))
      if (names.includes(ANCHOR)) anchor = join(path, ANCHOR)
    } catch (error) {
      if (error instanceof AuditLogError) throw error
      throw unusable(path, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`, error)
    }
  }
  if (segments.length === 0) throw unusable(paths.join(', '), 'there is no segment (audit-00000001.jsonl and so on)')
  return { segments, anchor }
}

/** A file may have been given another name where it was moved to; its header says which segment it is. */
function numberIn(path: string): number {
  const file = DISK.openToRead(path)
  try {
    const first = piecesOf(DISK, file).next().value
    const { type, segment } = parseLine(first?.bytes ?? new Uint8Array(0)).value
    if (type === 'segment' && typeof segment === 'number') return segment
  } catch (error) {
    if (!(error instanceof LineError)) throw error
  } finally {
    DISK.close(file)
  }
  // Its header is damaged; the check will say so, if the name tells which one it should be.
  const named = segmentsIn([basename(path)], '.')[0]
  if (named) return named.number
  throw unusable(path, 'it does not begin with the header of a segment')
}

const unusable = (path: string, why: string, cause?: unknown) =>
  new AuditLogError('unusable', path, `${path} is no audit log: ${why}. Name the directory of one, or its segments.`, cause)
