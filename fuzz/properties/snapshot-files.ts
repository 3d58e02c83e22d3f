// Whatever becomes of a snapshot's file, on a bad disk or in the hands of somebody who knows the format: what is read from it is what was written, and
// where a key is given, what was sealed with that key.
import { createHash, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { rawPublicKey, secretKeyOf } from '../../src/sandbox/signing/ed25519.ts'
import { SnapshotError } from '../../src/sandbox/snapshot/error.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotContents } from '../../src/sandbox/snapshot/format.ts'
import type { IntegrityKey } from '../../src/sandbox/snapshot/seal.ts'
import { checkProperty } from '../check.ts'

const pairOf = (seed: number) => {
  const secret = secretKeyOf(new Uint8Array(32).fill(seed))
  return { write: secret, read: createPublicKey(secret) }
}
const bytesOf = (seed: number) => ({ write: new Uint8Array(32).fill(seed), read: new Uint8Array(32).fill(seed) })

/** Keys by name, as who writes has them and as who reads does. */
const KEYS: Readonly<Record<string, { readonly write: IntegrityKey; readonly read: IntegrityKey } | null>> = {
  none: null,
  'secret 1': bytesOf(1),
  'secret 2': bytesOf(2),
  'pair 1': pairOf(1),
  'pair 2': pairOf(2),
}
const key = fc.constantFrom(...Object.keys(KEYS))

// Offsets of the format, once more and on purpose: a forger has read the documentation, not our code.
const KIND_AT = 12
const IMAGE_AT = 116
const DOMAIN = Buffer.from('wasm-gauntlet snapshot\0')
const SEALS = { none: 0, hmac: 1, ed25519: 2 } as const

/** Damage: some bytes are others, are missing, or are more. Forgery: other contents, the digest made anew, and a seal of the forger's choice. */
const damage = fc.record({
  at: fc.oneof(fc.nat(400), fc.constantFrom(8, KIND_AT, 16, 48, 80, 112, IMAGE_AT)),
  remove: fc.constantFrom(0, 1, 4, 1000),
  insert: fc.uint8Array({ maxLength: 8 }),
})
const forgery = fc.record({
  change: fc.option(fc.nat(300), { nil: null }),
  seal: fc.constantFrom('as it was', 'none', 'hmac, own key', 'hmac with the public key', 'ed25519, own key'),
})
const trial = fc.record({
  digests: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
  image: fc.uint8Array({ maxLength: 200 }),
  writer: key,
  reader: key,
  deed: fc.oneof(fc.record({ damage: fc.array(damage, { maxLength: 2 }) }), fc.record({ forgery })),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const apply = (bytes: Uint8Array, { at, remove, insert }: { at: number; remove: number; insert: Uint8Array }): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])

function forge(bytes: Uint8Array, reader: string, { change, seal }: { change: number | null; seal: string }): Uint8Array {
  const forged = Buffer.from(bytes)
  const end = IMAGE_AT + forged.readUInt32LE(IMAGE_AT - 4)
  // Not the magic, the version, the kind and the length: those would be damage.
  if (change !== null) {
    const places = [...Array(96).keys()].map((at) => 16 + at).concat([...Array(end - IMAGE_AT).keys()].map((at) => IMAGE_AT + at))
    const at = places[change % places.length]!
    forged[at] = forged[at]! ^ 1
  }
  const withKind = (kind: number, made: (digest: Buffer) => Uint8Array) => {
    forged.writeUInt32LE(kind, KIND_AT)
    const digest = createHash('sha256').update(forged.subarray(0, end)).digest()
    return Buffer.concat([forged.subarray(0, end), digest, made(digest)])
  }
  const own = new Uint8Array(32).fill(99)
  const hmac = (secret: Uint8Array) => (digest: Buffer) =>
    createHmac('sha256', secret)
      .update(Buffer.concat([DOMAIN, digest]))
      .digest()
  switch (seal) {
    case 'none':
      return withKind(SEALS.none, () => new Uint8Array(0))
    case 'hmac, own key':
      return withKind(SEALS.hmac, hmac(own))
    case 'hmac with the public key':
      return withKind(SEALS.hmac, hmac(publicBytes(reader)))
    case 'ed25519, own key':
      return withKind(SEALS.ed25519, (digest) => sign(null, Buffer.concat([DOMAIN, digest]), pairOf(99).write))
    default:
      return withKind(forged.readUInt32LE(KIND_AT), () => forged.subarray(end + 32))
  }
}
/** What everybody knows of the reader's key: nothing, unless it is a pair. */
const publicBytes = (reader: string): Uint8Array =>
  reader.startsWith('pair') ? rawPublicKey(KEYS[reader]!.read as KeyObject) : DOMAIN

function holds({ digests, image, writer, reader, deed }: Trial): string | null {
  const [module, policy, abi] = digests.map((byte) => Buffer.alloc(32, byte).toString('hex')) as [string, string, string]
  const contents: SnapshotContents = { identity: { module, policy, abi }, image }
  const written = encodeSnapshot(contents, KEYS[writer]?.write)
  const bytes = 'damage' in deed ? deed.damage.reduce(apply, written) : forge(written, reader, deed.forgery)
  const same = Buffer.compare(bytes, written) === 0
  let read: SnapshotContents
  try {
    read = decodeSnapshot(bytes, KEYS[reader]?.read)
  } catch (error) {
    if (!(error instanceof SnapshotError)) return `reading it failed with ${String(error)}`
    return same && writer === reader ? `what was written is not read: ${error.message}` : null
  }
  if (reader !== writer && reader !== 'none') return `a snapshot sealed with ${writer} is read with ${reader}`
  if (reader === 'none' && writer !== 'none' && 'damage' in deed) return 'a sealed snapshot is read without a key'
  // Without a key a forger may write what he likes; but nothing is damaged unnoticed.
  if (reader === 'none' && 'forgery' in deed) return null
  return isDeepStrictEqual(read, { ...contents, image: read.image }) && Buffer.compare(read.image, image) === 0
    ? null
    : 'what is read is not what was written'
}

const property: Property = {
  name: 'snapshot-files',
  threats: ['SUP-04', 'SUP-05'],
  run: async (seed, milliseconds) => checkProperty(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
