// Requests and replies as bytes: length of the JSON part, JSON part, raw body. The cell's side trusts the host; the host trusts nothing.
import type { BrokerReply, BrokerRequest } from '../host/channel.ts'
import { ERRNO, type ErrnoName } from '../host/errno.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { BadRequest, Fields } from './fields.ts'

/** Largest request: the largest body that a call of the ABI takes, and its fields. */
export const MAX_REQUEST = FIXED.requestBytes.limit
/** Largest JSON part of a request: a path or a URL, twice, with room for escapes. */
const MAX_JSON = 2 ** 20

// Made once: making one costs more than a short message does.
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true })

function encode(json: unknown, body: Uint8Array): Uint8Array {
  const head = encoder.encode(JSON.stringify(json))
  const message = new Uint8Array(4 + head.length + body.length)
  new DataView(message.buffer).setUint32(0, head.length, true)
  message.set(head, 4)
  message.set(body, 4 + head.length)
  return message
}

const NOTHING = new Uint8Array(0)

export const encodeRequest = ({ operation, fields, body = NOTHING }: BrokerRequest): Uint8Array =>
  encode({ operation, fields }, body)

export interface ReplyParts {
  readonly errno: ErrnoName
  readonly fields?: BrokerReply['fields']
  readonly body?: Uint8Array
}
export const encodeReply = ({ errno, fields = {}, body = NOTHING }: ReplyParts): Uint8Array =>
  encode({ errno: ERRNO[errno], fields }, body)

/** @param payload the host's word */
export function decodeReply(payload: Uint8Array): BrokerReply {
  const end = 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  const { errno, fields } = JSON.parse(decoder.decode(payload.subarray(4, end))) as Omit<BrokerReply, 'body'>
  return { errno, fields, body: payload.subarray(end) }
}

/**
 * @param payload from a jail
 * @throws {BadRequest} if it has not the form of a request
 */
export function decodeRequest(payload: Uint8Array): { operation: string; fields: Fields; body: Uint8Array } {
  if (payload.length < 4) throw new BadRequest('a request is shorter than its header')
  const size = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  if (size > MAX_JSON || size > payload.length - 4) throw new BadRequest('a request is shorter than it says')
  let json: unknown
  try {
    json = JSON.parse(strict.decode(payload.subarray(4, 4 + size)))
  } catch {
    throw new BadRequest('a request holds no JSON')
  }
  const parts = new Fields(json)
  const operation = parts.text('operation', 40)
  const fields = parts.nested('fields')
  parts.end()
  return { operation, fields, body: payload.subarray(4 + size) }
}
