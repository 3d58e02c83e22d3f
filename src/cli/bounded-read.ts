// Reads files and standard input without ever holding more than was asked for, whatever is at the other end.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { inputError, systemCode } from './cli-error.ts'

export type Bounded = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly tooLarge: number }

/**
 * The whole file, or its size if that is over `max`: then nothing of it is read.
 * @throws {CliError} if it cannot be read or is not a regular file
 */
export async function readFileBounded(path: string, max: number): Promise<Bounded> {
  const file = await openFile(path)
  try {
    const info = await file.stat()
    if (!info.isFile()) throw inputError(`${path} is not a regular file; name a file.`)
    if (info.size > max) return { tooLarge: info.size }
    return await readUpTo(file, max)
  } catch (error) {
    throw error instanceof Error && error.name === 'CliError' ? error : unreadable(path, error)
  } finally {
    await file.close()
  }
}

// Opening a FIFO for reading would wait for a writer for ever; O_NONBLOCK makes it open at once, and the check above refuses it.
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw unreadable(path, error)
  }
}

// The file may grow between the look at its size and the read.
async function readUpTo(file: FileHandle, max: number): Promise<Bounded> {
  const pieces: Buffer[] = []
  let total = 0
  for (;;) {
    const piece = Buffer.allocUnsafe(65_536)
    const { bytesRead } = await file.read(piece, 0, piece.length, null)
    if (bytesRead === 0) return { bytes: Uint8Array.from(Buffer.concat(pieces)) }
    total += bytesRead
    if (total > max) return { tooLarge: total }
    pieces.push(piece.subarray(0, bytesRead))
  }
}

/** All of a stream, or how much had come when it went over `max`; what has come so far if the signal ends the wait. */
export async function readStreamBounded(stream: Readable, max: number, signal: AbortSignal): Promise<Bounded> {
  const pieces: Uint8Array[] = []
  let total = 0
  try {
    for await (const piece of addAbortSignal(signal, stream) as AsyncIterable<Uint8Array>) {
      total += piece.length
      if (total > max) return { tooLarge: total }
      pieces.push(piece)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return { bytes: Uint8Array.from(Buffer.concat(pieces)) }
}

function unreadable(path: string, error: unknown) {
  const code = systemCode(error)
  const remedy = code === 'ENOENT' ? 'check the path' : 'check the path and its permissions'
  return inputError(`${path} cannot be read (${code}); ${remedy}.`)
}
