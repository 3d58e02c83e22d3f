// A YAML or JSON document from a file that a person wrote, with one sentence for everything that can be wrong about it.
import { readDocument } from '../documents/document.ts'
import { readFileBounded } from './bounded-read.ts'
import { CliError, inputError } from './cli-error.ts'

/** Far above any document that a person writes, far below what would hurt. */
const MAX_BYTES = 4 * 2 ** 20

/** @throws {CliError} if the file cannot be read, is too large or is not UTF-8 */
export async function readText(path: string): Promise<string> {
  const read = await readFileBounded(path, MAX_BYTES)
  if ('tooLarge' in read)
    throw inputError(`${path} has ${read.tooLarge} bytes, and a file of this kind at most ${MAX_BYTES}; name another file.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(read.bytes)
  } catch {
    throw inputError(`${path} is not UTF-8 text; name a text file.`)
  }
}

/** @param exitCode of the error for a document that does not parse */
export function parseText(path: string, text: string, exitCode: number): unknown {
  const read = readDocument(text)
  if ('value' in read) return read.value
  throw new CliError(`${path} is neither YAML nor JSON: ${read.problem}; correct the file there.`, exitCode)
}
