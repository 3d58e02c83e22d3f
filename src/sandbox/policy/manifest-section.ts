// Where a module's manifest is: in a custom section, in a file beside the module, or in both if they say the same.
import { isDeepStrictEqual } from 'node:util'
import type { WasmModule } from '../../wasm/index.ts'
import { ManifestError } from '../errors.ts'
import { MANIFEST_BYTES, MANIFEST_SECTION, type Manifest, parseManifest } from './manifest.ts'

/**
 * The manifest in the module's own bytes; null if it has none.
 *
 * @param bytes from which `module` was read
 * @throws {ManifestError} with the offset, if there are several or the one cannot be used
 */
export function embeddedManifest(bytes: Uint8Array, { customs }: Pick<WasmModule, 'customs'>): Manifest | null {
  const [section, second] = customs.filter(({ name }) => name === MANIFEST_SECTION)
  if (!section) return null
  // Readers that take the first one, and readers that take the last, would see two different manifests (SUP-02).
  if (second) throw new ManifestError(`The module has more than one section "${MANIFEST_SECTION}".`, second.offset)
  if (section.size > MANIFEST_BYTES)
    throw new ManifestError(`The manifest has ${section.size} bytes, and may have ${MANIFEST_BYTES}.`, section.offset)
  try {
    return parseManifest(bytes.subarray(section.offset, section.offset + section.size))
  } catch (error) {
    throw error instanceof ManifestError ? new ManifestError(error.message, section.offset) : error
  }
}

/**
 * The one manifest that counts.
 *
 * @param side from a file beside the module
 * @throws {ManifestError} if the two differ
 */
export function oneManifest(embedded: Manifest | null, side: Manifest | null): Manifest | null {
  if (embedded && side && !isDeepStrictEqual(embedded, side))
    throw new ManifestError(
      'The manifest beside the module is not the one inside of it; remove one of them, or make them the same.',
    )
  return embedded ?? side
}
