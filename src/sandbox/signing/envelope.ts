// The signature data, read and written: which hashes were signed, by whom. Signatures.md, "Signature data".
import { ByteCursor, leb128, MalformedModule, writer as w } from '../../wasm/index.ts'
import {
  ALGORITHM_ED25519,
  CONTENT_TYPE_MODULE,
  HASH_BYTES,
  HASH_SHA256,
  LIMITS,
  SIGNATURE_BYTES,
  SPEC_VERSION,
} from './format.ts'
import { InvalidSignature } from './invalid-signature.ts'

export interface Signature {
  /** A hint at the key, which nobody has signed; may be empty. */
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}
/** Hashes of a module up to the end of each of its parts, and the signatures over all of them together. */
export interface SignedHashes {
  readonly hashes: readonly Uint8Array[]
  readonly signatures: readonly Signature[]
}
export type Envelope = readonly SignedHashes[]

/**
 * Reads the contents of a `signature` section, or of a detached signature, which is the same.
 *
 * @throws {InvalidSignature} for everything that {@link encodeEnvelope} would not have written: there is one form for each meaning (SUP-05)
 */
export function readEnvelope(payload: Uint8Array): Envelope {
  if (payload.length > LIMITS.envelopeBytes)
    throw new InvalidSignature(`The signature data has ${payload.length} bytes; ${LIMITS.envelopeBytes} are allowed.`)
  const envelope = withinBounds(() => readAll(new ByteCursor(payload)))
  const total = envelope.reduce((sum, { signatures }) => sum + signatures.length, 0)
  if (total > LIMITS.signatures)
    throw new InvalidSignature(`The module carries ${total} signatures; ${LIMITS.signatures} are allowed.`)
  if (hasTwins(envelope.map(({ hashes }) => Buffer.concat(hashes))))
    throw new InvalidSignature('The signature data has the same hashes twice.')
  // Padded numbers would give one signature many forms, and some other reader another meaning (MOD-02).
  if (!Buffer.from(encodeEnvelope(envelope)).equals(payload))
    throw new InvalidSignature('The signature data is not in its shortest form.')
  return envelope
}

function withinBounds<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedModule)
      throw new InvalidSignature('The signature data is cut short or has a number that cannot be.')
    throw error
  }
}

function readAll(cursor: ByteCursor): Envelope {
  expectByte(cursor, SPEC_VERSION, 'The signature data is of another version of the format than 1.')
  expectByte(cursor, CONTENT_TYPE_MODULE, 'The signature data is for something else than a module.')
  expectByte(cursor, HASH_SHA256, 'The signature data names another hash function than SHA-256.')
  const sets = readList(cursor, LIMITS.sets, 'sets of hashes', () => inLengths(cursor, readSet))
  expectEnd(cursor)
  return sets
}

// wasmsign2 writes the length of each set, and of each signature, in front of it; the tables of Signatures.md leave that out.
function inLengths<T>(cursor: ByteCursor, read: (inner: ByteCursor) => T): T {
  const size = leb128.readU32(cursor)
  const start = cursor.skip(size)
  const inner = new ByteCursor(cursor.bytes, start, start + size)
  const value = read(inner)
  expectEnd(inner)
  return value
}

function readSet(cursor: ByteCursor): SignedHashes {
  const hashes = readList(cursor, LIMITS.hashes, 'hashes in one set', () => take(cursor, HASH_BYTES))
  const signatures = readList(cursor, LIMITS.signatures, 'signatures in one set', () => inLengths(cursor, readSignature))
  if (hasTwins(signatures.map(({ signature }) => signature)))
    throw new InvalidSignature('The signature data has the same signature twice.')
  return { hashes, signatures }
}

function readSignature(cursor: ByteCursor): Signature {
  const idBytes = leb128.readU32(cursor)
  if (idBytes > LIMITS.keyIdBytes)
    throw new InvalidSignature(`The identifier of a key has ${idBytes} bytes; ${LIMITS.keyIdBytes} are allowed.`)
  const keyId = take(cursor, idBytes)
  expectByte(cursor, ALGORITHM_ED25519, 'A signature names another algorithm than Ed25519.')
  if (leb128.readU32(cursor) !== SIGNATURE_BYTES)
    throw new InvalidSignature(`A signature has another length than ${SIGNATURE_BYTES} bytes.`)
  return { keyId, signature: take(cursor, SIGNATURE_BYTES) }
}

/** One to `max` entries: an empty list says nothing, and is no signature. */
function readList<T>(cursor: ByteCursor, max: number, what: string, read: () => T): T[] {
  const count = leb128.readU32(cursor)
  if (count < 1 || count > max) throw new InvalidSignature(`The signature data has ${count} ${what}; 1 to ${max} are allowed.`)
  return Array.from({ length: count }, read)
}

function take(cursor: ByteCursor, size: number): Uint8Array {
  const start = cursor.skip(size)
  return cursor.bytes.subarray(start, start + size)
}

function expectByte(cursor: ByteCursor, expected: number, message: string): void {
  if (cursor.readByte() !== expected) throw new InvalidSignature(message)
}

function expectEnd(cursor: ByteCursor): void {
  if (cursor.remaining > 0) throw new InvalidSignature('The signature data has bytes behind its contents.')
}

function hasTwins(values: readonly Uint8Array[]): boolean {
  return new Set(values.map((value) => Buffer.from(value).toString('hex'))).size < values.length
}

/** The contents of a `signature` section. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return w.bytes(SPEC_VERSION, CONTENT_TYPE_MODULE, HASH_SHA256, list(envelope.map((set) => withLength(encodeSet(set)))))
}

const encodeSet = ({ hashes, signatures }: SignedHashes) =>
  w.bytes(list(hashes), list(signatures.map((each) => withLength(encodeSignature(each)))))
const encodeSignature = ({ keyId, signature }: Signature) => w.bytes(withLength(keyId), ALGORITHM_ED25519, withLength(signature))
const withLength = (content: Uint8Array) => w.bytes(w.u32(content.length), content)
const list = (entries: readonly Uint8Array[]) => w.bytes(w.u32(entries.length), w.concat(entries))
