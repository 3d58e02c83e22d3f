// The manifest beside a module: `guest.wasm.manifest.json` next to `guest.wasm`.
import { existsSync } from 'node:fs'
import { ManifestError } from '../sandbox/errors.ts'
import { MANIFEST_BYTES, type Manifest, parseManifest } from '../sandbox/policy/manifest.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError } from './cli-error.ts'

/** @returns null if there is none @throws {CliError} if it cannot be read or is not valid */
export async function readSideManifest(modulePath: string): Promise<Manifest | null> {
  const path = `${modulePath}.manifest.json`
  if (!existsSync(path)) return null
  const read = await readFileBounded(path, MANIFEST_BYTES)
  if ('tooLarge' in read)
    throw inputError(`${path} has ${read.tooLarge} bytes, and a manifest may have ${MANIFEST_BYTES}; shorten it.`)
  try {
    return parseManifest(read.bytes)
  } catch (error) {
    if (error instanceof ManifestError) throw inputError(`${path}: ${error.message}`)
    throw error
  }
}
