// A module from a file: `.wasm` bytes as they are, `.wat` text through the assembler; never more than the policy lets in.
import { basename } from 'node:path'
import { readFileBounded } from './bounded-read.ts'
import { inputError } from './cli-error.ts'

export interface ModuleFile {
  /** Name without folders; the guest's own first argument. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
}
/** The file is larger than any module that the policy lets in, so it was not read. */
export interface TooLarge {
  readonly name: string
  readonly size: number
}

/** @throws {CliError} if it cannot be read, or is text that does not assemble */
export async function readModuleFile(path: string, maxBytes: number): Promise<ModuleFile | TooLarge> {
  const name = basename(path)
  const read = await readFileBounded(path, maxBytes)
  if ('tooLarge' in read) return { name, size: read.tooLarge }
  return { name, bytes: /\.wat$/i.test(path) ? await assembled(path, read.bytes) : read.bytes }
}

async function assembled(path: string, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  // Half a second of start-up that a binary module does not need.
  const { AssembleError, assemble } = await import('../attacks/assemble.ts')
  try {
    return await assemble(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof TypeError) throw inputError(`${path} is not UTF-8 text; name a .wasm file, or save the text as UTF-8.`)
    if (!(error instanceof AssembleError)) throw error
    throw inputError(
      `${path}${error.line === null ? '' : `:${error.line}`}: this does not assemble: ${error.message}; correct the text there.`,
    )
  }
}
