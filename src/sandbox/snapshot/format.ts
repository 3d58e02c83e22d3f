// The file format of snapshots. All numbers are little-endian:
//
//   8   magic
//   4   version
//   4   kind of the seal
//   32  SHA-256 of the module
//   32  digest of what of the policy matters
//   32  digest of the host calls
//   4   length of the image
//   …   image (see image.ts)
//   32  SHA-256 of everything above
//   …   seal: nothing, HMAC-SHA-256, or Ed25519
import { createHash } from 'node:crypto'
import { SnapshotError } from './error.ts'
import type { SnapshotIdentity } from './identity.ts'
import { type IntegrityKey, isSealedBy, makeSeal, SEAL, SEAL_BYTES, type SealKind, sealKindOf } from './seal.ts'

export const FORMAT_VERSION = 1
/** A byte that is no text, the name, and line ends of both kinds: what a transfer as text would damage (as PNG has it). */
const MAGIC = Uint8Array.of(0x8b, 0x47, 0x53, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a)
const DIGEST = 32
const HEADER = MAGIC.length + 4 + 4 + 3 * DIGEST + 4
const IMAGE_LENGTH_AT = HEADER - 4

/** Most bytes of a snapshot: what one read of a file can give. */
export const MAX_SNAPSHOT_BYTES = 2 ** 31 - 1

export interface SnapshotContents {
  readonly identity: SnapshotIdentity
  readonly image: Uint8Array
}

/**
 * @param key for the seal; without one there is none
 * @throws {SnapshotError} `too-large`; {@link UsageError} for a key that cannot sign
 */
export function encodeSnapshot({ identity, image }: SnapshotContents, key?: IntegrityKey): Uint8Array<ArrayBuffer> {
  const kind = sealKindOf(key)
  const size = HEADER + image.length + DIGEST + SEAL_BYTES[kind]
  if (size > MAX_SNAPSHOT_BYTES)
    throw new SnapshotError('too-large', `The snapshot would have ${size} bytes; ${MAX_SNAPSHOT_BYTES} can be written.`)
  const out = new Uint8Array(size)
  const view = new DataView(out.buffer)
  out.set(MAGIC)
  view.setUint32(8, FORMAT_VERSION, true)
  view.setUint32(12, kind, true)
  for (const [index, digest] of [identity.module, identity.policy, identity.abi].entries())
    out.set(Buffer.from(digest, 'hex'), 16 + index * DIGEST)
  view.setUint32(IMAGE_LENGTH_AT, image.length, true)
  out.set(image, HEADER)
  const digestAt = HEADER + image.length
  const digest = digestOf(out.subarray(0, digestAt))
  out.set(digest, digestAt)
  out.set(makeSeal(key, digest), digestAt + DIGEST)
  return out
}

/**
 * @param key that the seal must have been made with; without one, a sealed snapshot is refused like a forged one
 * @throws {SnapshotError} with what is wrong
 */
export function decodeSnapshot(bytes: Uint8Array, key?: IntegrityKey): SnapshotContents {
  const wanted = sealKindOf(key)
  if (!MAGIC.every((byte, index) => bytes[index] === byte))
    throw bytes.length < MAGIC.length && MAGIC.subarray(0, bytes.length).every((byte, index) => bytes[index] === byte)
      ? truncated()
      : new SnapshotError('not-a-snapshot', 'This is not a snapshot.')
  if (bytes.length < HEADER) throw truncated()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(8, true)
  if (version !== FORMAT_VERSION)
    throw new SnapshotError(
      'other-version',
      `The snapshot has format version ${version}; this version reads ${FORMAT_VERSION}. Take it again.`,
    )
  const kind = view.getUint32(12, true)
  const length = view.getUint32(IMAGE_LENGTH_AT, true)
  const digestAt = HEADER + length
  if (!isSealKind(kind)) throw damaged()
  const size = digestAt + DIGEST + SEAL_BYTES[kind]
  if (bytes.length < size) throw truncated()
  const digest = digestOf(bytes.subarray(0, digestAt))
  if (bytes.length > size || Buffer.compare(digest, bytes.subarray(digestAt, digestAt + DIGEST)) !== 0) throw damaged()
  checkSeal(kind, wanted, key, digest, bytes.subarray(digestAt + DIGEST))
  const hex = (index: number) => Buffer.from(bytes.subarray(16 + index * DIGEST, 16 + (index + 1) * DIGEST)).toString('hex')
  return { identity: { module: hex(0), policy: hex(1), abi: hex(2) }, image: bytes.slice(HEADER, digestAt) }
}

/** The kinds must be the same: a forger would leave the seal out, or make one of the kind that the reader is not ready to check. */
function checkSeal(kind: SealKind, wanted: SealKind, key: IntegrityKey | undefined, digest: Uint8Array, seal: Uint8Array): void {
  if (kind !== wanted)
    throw new SnapshotError(
      'seal',
      kind === SEAL.none
        ? 'The snapshot is not sealed, and a key was given that it should be sealed with.'
        : wanted === SEAL.none
          ? 'The snapshot is sealed; give the key that it was sealed with.'
          : 'The snapshot is sealed with a key of another kind.',
    )
  if (key !== undefined && !isSealedBy(key, digest, seal))
    throw new SnapshotError(
      'seal',
      'The seal of the snapshot was not made with this key: it was forged, or this is the wrong key.',
    )
}

const isSealKind = (kind: number): kind is SealKind => Object.hasOwn(SEAL_BYTES, kind)
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
const truncated = () => new SnapshotError('truncated', 'The snapshot ends in the middle; copy it again.')
const damaged = () => new SnapshotError('damaged', 'The snapshot is damaged: it does not have its own digest.')
