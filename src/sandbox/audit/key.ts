// The key that signs checkpoints: the embedder's, or one that is made for the log and kept beside it.
import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Disk, writeNew } from './disk.ts'
import { AuditLogError } from './error.ts'

const PRIVATE = 'audit.key'
const PUBLIC = 'audit.pub'

/** @param key PEM or key object; undefined for the log's own @throws {AuditLogError} `unusable` if it is no private Ed25519 key */
export function signingKey(disk: Disk, directory: string, key: KeyObject | string | undefined): KeyObject {
  if (key === undefined) return ownKey(disk, directory)
  return ed25519(directory, () => (typeof key === 'string' ? createPrivateKey(key) : key), 'private')
}

/** @param key PEM, public or private @throws {AuditLogError} `unusable` */
export const verifyingKey = (name: string, key: KeyObject | string): KeyObject =>
  ed25519(name, () => (key instanceof KeyObject && key.type === 'public' ? key : createPublicKey(key)), 'public')

/**
 * Whoever can read the directory has this key too. It shows that a segment was not damaged or changed by somebody who could not read it, and it
 * is worth more as soon as it lies elsewhere.
 */
function ownKey(disk: Disk, directory: string): KeyObject {
  const path = join(directory, PRIVATE)
  if (!disk.names(directory).includes(PRIVATE)) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    // Under another name until it is whole: a half-written key would be in the way for good.
    const temporary = `${path}.${process.pid}.tmp`
    try {
      writeNew(disk, temporary, Buffer.from(privateKey))
      disk.rename(temporary, path)
    } catch (error) {
      removeIfThere(disk, temporary)
      throw error
    }
    if (!disk.names(directory).includes(PUBLIC)) writeNew(disk, join(directory, PUBLIC), Buffer.from(publicKey))
  }
  return ed25519(path, () => createPrivateKey(readFileSync(path)), 'private')
}

export function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path)
  } catch {
    // It was not there, or stays; nothing depends on it.
  }
}

function ed25519(path: string, read: () => KeyObject, type: 'private' | 'public'): KeyObject {
  let key: KeyObject | null = null
  try {
    key = read()
  } catch {
    // Said below: the library's own sentence would be about encodings.
  }
  if (key?.asymmetricKeyType === 'ed25519' && key.type === type) return key
  throw new AuditLogError('unusable', path, `The key for ${path} is no ${type} Ed25519 key; give one in PEM form.`)
}
