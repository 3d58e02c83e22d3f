// Checkpoints: lines that are signed. Whoever can write to the disk but has no key can make a new chain, but none with a signature in it.
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Link, nextLine } from './chain.ts'
import { canonical, type ParsedLine } from './line.ts'

/** What a signature is of begins with this, so that none that the key made for something else can stand here, and the other way round. */
const DOMAIN = 'wasm-gauntlet audit checkpoint 1\n'

/** Why a checkpoint was made: the log was opened, so many records or so much time since the last one, the end of a segment, or the end of the log. */
export type CheckpointReason = 'open' | 'records' | 'time' | 'segment' | 'close'

export interface Checkpoint {
  readonly type: 'checkpoint'
  readonly time: number
  /** Id of the log. */
  readonly log: string
  readonly segment: number
  readonly reason: CheckpointReason
  /** Id of the key. */
  readonly key: string
}

/** SHA-256 of the public key (SPKI, DER), hexadecimal. @param key public or private */
export const keyId = (key: KeyObject): string => createHash('sha256').update(spki(key)).digest('hex')

/** The public key (SPKI, DER). */
export const spki = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' })

/** The line of a checkpoint: its signature is of everything before it, and so of all lines before it. */
export function checkpointLine(checkpoint: Checkpoint, after: Link, key: KeyObject): { line: string; link: Link } {
  const unsigned = canonical({ seq: after.seq + 1, previous: after.hash, ...checkpoint })
  const signature = sign(null, Buffer.from(DOMAIN + unsigned, 'latin1'), key).toString('base64')
  return nextLine({ ...checkpoint, signature }, after)
}

const SIGNATURE_FIELD = /,"signature":"[A-Za-z0-9+/]{86}=="\}$/

/** Whether the line is a checkpoint that this key has signed. */
export function isSigned({ value, body }: ParsedLine, key: KeyObject): boolean {
  const field = SIGNATURE_FIELD.exec(body)
  if (value.type !== 'checkpoint' || value['key'] !== keyId(key) || !field) return false
  const unsigned = `${body.slice(0, field.index)}}`
  return verify(null, Buffer.from(DOMAIN + unsigned, 'latin1'), key, Buffer.from(String(value['signature']), 'base64'))
}
