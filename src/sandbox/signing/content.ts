// What of a module can be signed, and its hashes: everything but the header and one signature section in front. Signatures.md, "Parts and delimiters".
import { createHash, type Hash } from 'node:crypto'
import { ByteCursor, leb128, MalformedModule, readHeader, writer as w } from '../../wasm/index.ts'
import { DELIMITER_SECTION, LIMITS, SIGNATURE_SECTION } from './format.ts'
import { InvalidSignature } from './invalid-signature.ts'

export interface SignedContent {
  /** Contents of the signature section; null if there is none. */
  readonly signatureData: Uint8Array | null
  /** Where the signed bytes begin; they go on to the end of the module. */
  readonly start: number
  /**
   * SHA-256 from `start` to the end of each part. A part ends behind each delimiter, and the last one at the end of the module, so the last of
   * these is always the hash of all that can be executed (SUP-04).
   */
  readonly hashes: readonly Uint8Array[]
}

interface Section {
  readonly name: string | null
  readonly end: number
  /** Contents behind the name. */
  readonly contents: Uint8Array
}

/**
 * Goes over the sections of a module once, without a look into any that has no name.
 *
 * @param bytes the private copy that will be executed (SUP-07)
 * @throws {MalformedModule} if these are not sections of a module
 * @throws {InvalidSignature} if there is a signature section at another place than the first, or there are too many parts
 */
export function readSignedContent(bytes: Uint8Array): SignedContent {
  const cursor = new ByteCursor(bytes)
  // The header is not part of the hashes, as the format has it; there is only one that gets past this line.
  readHeader(cursor)
  const unsigned = cursor.position
  const first = cursor.remaining > 0 ? readSection(cursor) : null
  const signed = first?.name === SIGNATURE_SECTION
  // Padded numbers around the data would be bytes that no signature covers and no check has seen (MOD-02).
  if (signed && first.end - unsigned !== w.customSection(SIGNATURE_SECTION, first.contents).length)
    throw new InvalidSignature('The signature section is not in its shortest form.')
  const start = signed ? first.end : unsigned
  cursor.position = start
  return { signatureData: signed ? first.contents : null, start, hashes: hashesOf(cursor) }
}

function hashesOf(cursor: ByteCursor): Uint8Array[] {
  const hashes: Uint8Array[] = []
  const rolling = createHash('sha256')
  let hashed = cursor.position
  const cut = (end: number): void => {
    if (hashes.length === LIMITS.hashes)
      throw new InvalidSignature(`The module has more than ${LIMITS.hashes} parts that are signed each.`)
    hashes.push(digestSoFar(rolling.update(cursor.bytes.subarray(hashed, end))))
    hashed = end
  }
  for (let count = 1; cursor.remaining > 0; count++) {
    if (count > LIMITS.sections) throw new InvalidSignature(`The module has more than ${LIMITS.sections} sections.`)
    const { name, end } = readSection(cursor)
    // Readers that take another one than the first would see other signatures (SUP-05).
    if (name === SIGNATURE_SECTION)
      throw new InvalidSignature('The module has a signature section that is not its first section.')
    if (name === DELIMITER_SECTION) cut(end)
  }
  if (hashed < cursor.end || hashes.length === 0) cut(cursor.end)
  return hashes
}

const digestSoFar = (rolling: Hash): Uint8Array => rolling.copy().digest()

function readSection(cursor: ByteCursor): Section {
  const id = cursor.readByte()
  const sizeAt = cursor.position
  const size = leb128.readU32(cursor)
  if (size > cursor.remaining)
    throw new MalformedModule('section-size', sizeAt, 'a section is larger than what is left of the module')
  const start = cursor.skip(size)
  const end = start + size
  if (id !== 0) return { name: null, end, contents: cursor.bytes.subarray(start, end) }
  const inner = new ByteCursor(cursor.bytes, start, end)
  const nameBytes = leb128.readU32(inner)
  const nameAt = inner.skip(nameBytes)
  return { name: knownName(cursor.bytes, nameAt, nameBytes), end, contents: cursor.bytes.subarray(inner.position, end) }
}

/** Names are compared byte by byte; the strict reader decides later whether the others are names at all. */
function knownName(bytes: Uint8Array, start: number, length: number): string | null {
  return (
    [SIGNATURE_SECTION, DELIMITER_SECTION].find(
      (name) => name.length === length && Buffer.from(name, 'latin1').equals(bytes.subarray(start, start + length)),
    ) ?? null
  )
}
