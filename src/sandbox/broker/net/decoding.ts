// Content codings of responses, undone as a stream: nothing is unpacked before the guest asks for it (NET-13).
import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Refused } from '../operation.ts'
import type { Header } from './http-rules.ts'

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

export interface Decoded {
  readonly body: Readable
  readonly headers: readonly Header[]
}

/**
 * The body as the guest gets it. Where a coding was undone, the headers that describe the coded bytes are left out; one that is not known is left as
 * it is, with its header.
 *
 * @param hasBody false for responses that never have one, whatever their headers say (RFC 9110 6.4.1)
 * @throws {Refused} `proto` for codings on top of each other, which only bombs have
 */
export function decode(body: Readable, headers: readonly Header[], hasBody: boolean): Decoded {
  const codings = headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > 1) throw new Refused('proto')
  const decoder = DECODERS.get(codings[0] ?? '')
  if (!decoder || !hasBody) return { body, headers }
  const decoded = decoder()
  // The reader of the last stream hears of every failure; this callback is what keeps them from being nobody's.
  pipeline(body, decoded, () => {})
  return { body: decoded, headers: headers.filter(([name]) => !/^content-(?:encoding|length)$/i.test(name)) }
}
