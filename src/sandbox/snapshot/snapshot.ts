// A snapshot: the state of a guest between two calls, and what it belongs to.
import type { Capturable } from './capturable.ts'
import { SnapshotError } from './error.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotContents } from './format.ts'
import { mustBelong, type SnapshotIdentity } from './identity.ts'
import { BadImage, decodeImage, type HostShape } from './image.ts'
import type { SnapshotPlan } from './plan.ts'
import type { IntegrityKey } from './seal.ts'

export class Snapshot {
  readonly identity: SnapshotIdentity
  /** Of no use to anybody who does not have the module; its bytes are not to be changed. */
  readonly image: Uint8Array

  /** For the sandbox; embedders get snapshots from `snapshot`, `preinitialise`, `loadSnapshot` and `fromBytes`. */
  constructor({ identity, image }: SnapshotContents) {
    this.identity = identity
    this.image = image
  }

  /**
   * @param bytes what `toBytes` gave
   * @param integrityKey key of the seal
   * @throws {SnapshotError} if they are not intact, or the seal is not of this key
   */
  static fromBytes(bytes: Uint8Array, integrityKey?: IntegrityKey): Snapshot {
    return new Snapshot(decodeSnapshot(bytes, integrityKey))
  }

  /** SHA-256 of the module, hexadecimal. */
  get sha256(): string {
    return this.identity.module
  }

  /** Size of the state in bytes; pages that are zero have none. */
  get byteLength(): number {
    return this.image.length
  }

  /** The file format. @param integrityKey seals it: without one, whoever can write the bytes can also forge them */
  toBytes(integrityKey?: IntegrityKey): Uint8Array<ArrayBuffer> {
    return encodeSnapshot(this, integrityKey)
  }

  /**
   * Whether it can be restored there.
   *
   * @throws {SnapshotError} `other-module`, `other-policy`, `other-abi`, `malformed`
   */
  mustFit({ identity, plan, host }: Capturable): void {
    mustBelong(this.identity, identity)
    checkImage(this.image, plan, host)
  }
}

/** Reads an image only to see that it is one. @throws {SnapshotError} `malformed` */
function checkImage(image: Uint8Array, plan: SnapshotPlan, host: HostShape): void {
  try {
    decodeImage(image, plan, host)
  } catch (error) {
    if (!(error instanceof BadImage)) throw error
    throw new SnapshotError('malformed', `The snapshot does not fit the module: ${error.message}.`)
  }
}
