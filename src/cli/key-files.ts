// Keys from and to files; every complaint names the file, and none shows what is in it.
import type { KeyObject } from 'node:crypto'
import { SigningError } from '../sandbox/errors.ts'
import { decodePublicKey, decodeSecretKey, KEY_FILE_BYTES } from '../sandbox/signing/key-file.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError } from './cli-error.ts'

/** @throws {CliError} if it cannot be read or is none */
export const readSecretKey = (path: string): Promise<KeyObject> => readKey(path, decodeSecretKey)

/** The 32 bytes. @throws {CliError} if it cannot be read or is none */
export const readPublicKey = (path: string): Promise<Uint8Array> => readKey(path, decodePublicKey)

async function readKey<T>(path: string, decode: (file: Uint8Array) => T): Promise<T> {
  const read = await readFileBounded(path, KEY_FILE_BYTES)
  if ('tooLarge' in read) throw inputError(`${path} has ${read.tooLarge} bytes, which no key file has; name another file.`)
  try {
    return decode(read.bytes)
  } catch (error) {
    if (error instanceof SigningError) throw inputError(`${path}: ${error.message}`)
    throw error
  }
}
