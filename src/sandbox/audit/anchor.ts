// The anchor: a copy of the last checkpoint. Kept where whoever may cut the log cannot write, it makes a cut tail visible.
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Disk, writeNew } from './disk.ts'
import { AuditLogError } from './error.ts'
import { removeIfThere } from './key.ts'
import { LineError, MAX_LINE, type ParsedLine, parseLine } from './line.ts'

/** Name of the one in the log's own directory. */
export const ANCHOR = 'audit.anchor'

/** Replaces it as a whole: a reader sees the old one or the new one. */
export function writeAnchor(disk: Disk, path: string, line: string): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    writeNew(disk, temporary, Buffer.from(`${line}\n`, 'latin1'))
    disk.rename(temporary, path)
    disk.syncDirectory(dirname(path))
  } catch (error) {
    removeIfThere(disk, temporary)
    throw error
  }
}

/** @returns null if there is none @throws {AuditLogError} `unusable` if there is something that is none */
export function readAnchor(path: string): ParsedLine | null {
  try {
    const bytes = firstBytes(path)
    const line = parseLine(bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes)
    if (line.value.type === 'checkpoint') return line
    throw new LineError('is no checkpoint')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    const why = error instanceof LineError ? `it ${error.message}` : ((error as NodeJS.ErrnoException).code ?? 'unknown error')
    throw new AuditLogError(
      'unusable',
      path,
      `The anchor ${path} cannot be used (${why}); find out who changed it, and restore it from a copy.`,
      error,
    )
  }
}

function firstBytes(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(MAX_LINE + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    return bytes.subarray(0, length)
  } finally {
    closeSync(file)
  }
}
