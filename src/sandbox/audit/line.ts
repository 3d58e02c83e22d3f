// One line of an audit log: canonical JSON in ASCII whose last field is the hash of everything before it. docs/audit-log.md is its specification.
import { createHash } from 'node:crypto'
import { ownData } from '../own-data.ts'
import { parseStrictJson } from '../policy/strict-json.ts'

/** Longest line, its end included. The broker caps what a guest puts into a record far below; a reader need not hold more than this. */
export const MAX_LINE = 64 * 1024

/** What the first line of a log has for the hash of the one before. */
export const NO_HASH = '0'.repeat(64)

/** What every line has. */
export interface Line {
  /** Number of the line in the log, from 1 on, through all segments. */
  readonly seq: number
  /** Hash of the line before. */
  readonly previous: string
  readonly type: string
  readonly time: number
}

export interface ParsedLine {
  readonly value: Line & Readonly<Record<string, unknown>>
  readonly hash: string
  /** The line up to its hash, closed: what the hash is of. */
  readonly body: string
}

/** Why bytes are no line of an audit log. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

const HASH_FIELD = /,"hash":"([0-9a-f]{64})"\}$/
const HEX = /^[0-9a-f]{64}$/

/**
 * The one text that a value has here: as `JSON.stringify` writes it, with everything beyond printable ASCII as `\uXXXX`. So no reader can split
 * a line elsewhere than we do, nothing in it moves a cursor (OUT-01, OUT-02), and a character is a byte.
 */
export function canonical(value: unknown): string {
  const units = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, units)
}

export const hashOf = (body: string): string => createHash('sha256').update(body, 'latin1').digest('hex')

/** @param body canonical JSON of an object that is not empty @returns the line, without its end */
export const lineOf = (body: string, hash: string): string => `${body.slice(0, -1)},"hash":"${hash}"}`

/**
 * Reads a line by itself; what it must be after the one before is the chain's to say.
 *
 * @param bytes without the line's end
 * @throws {LineError}
 */
export function parseLine(bytes: Uint8Array): ParsedLine {
  if (bytes.length >= MAX_LINE) throw new LineError(`is longer than the ${MAX_LINE} bytes that a line can have`)
  // One character for each byte, so whatever is not ASCII is found by the comparison below.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const field = HASH_FIELD.exec(text)
  if (!field) throw new LineError('does not end in a hash')
  const hash = field[1]!
  const body = `${text.slice(0, field.index)}}`
  if (hashOf(body) !== hash) throw new LineError('is not what its hash says')
  const value = objectOf(body)
  // One text for one value: whoever reads a key twice, or a number in another way, would see another record than we (SUP-02).
  if (canonical(value) !== body) throw new LineError('is not in canonical form')
  const { seq, previous, type, time } = value
  const isLine =
    Number.isSafeInteger(seq) && typeof previous === 'string' && HEX.test(previous) && typeof type === 'string' && isTime(time)
  if (!isLine) throw new LineError('lacks what every line has: seq, previous, type and time')
  return { value: value as ParsedLine['value'], hash, body }
}

const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value)

function objectOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = parseStrictJson(text)
  } catch {
    throw new LineError('is not JSON')
  }
  // It ends in a brace, so it is an object. Own keys only: what is on `Object.prototype` is not in the line.
  return ownData(value) as Readonly<Record<string, unknown>>
}
