// Names that stay: a UUID that follows from what it names, so that the same control has the same one every night.
import { createHash } from 'node:crypto'

/** Ours alone, made once; it must never change, or everything that is named in earlier reports is something else. */
const NAMESPACE = Buffer.from('f7d879025af24e2189f9d7b88712716d', 'hex')

/** Version 5 (RFC 9562, 5.5). As a JSON list, so that two lists of parts are never the same name. */
export function stableUuid(...parts: readonly string[]): string {
  const digest = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16)
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
