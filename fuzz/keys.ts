// Keys of an embedder for the fuzzers' brokers: of each kind one, and one that no policy grants.
import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import type { EmbedderKey } from '../src/sandbox/broker/keys.ts'
import type { Policy } from '../src/sandbox/policy/schema.ts'

const pair = generateKeyPairSync('ed25519')

export const KEYS: ReadonlyMap<string, EmbedderKey> = new Map<string, EmbedderKey>([
  ['key', createSecretKey(Buffer.alloc(32, 7))],
  ['signing', pair.privateKey],
  ['verifying', pair.publicKey],
  ['unknown', createSecretKey(Buffer.alloc(32, 9))],
])

export const KEY_GRANT: NonNullable<Policy['capabilities']['crypto']> = {
  keys: [
    { name: 'key', use: ['sign', 'verify'] },
    { name: 'signing', use: ['sign'] },
    { name: 'verifying', use: ['verify'] },
  ],
}
