// LEB128 integers in both directions, with the limits of the spec on length and unused bits (section 5.2.2, "Integers").

import type { ByteCursor } from './cursor.ts'
import { MalformedModule } from './errors.ts'

const CONTINUES = 0x80

/** Seven groups of 7 bits are 49 bits: a double holds their sum exactly. */
const EXACT_GROUPS = 7

/** Reads an unsigned 32-bit integer of at most 5 bytes; the last byte's upper 3 bits must be 0. */
export function readU32(cursor: ByteCursor): number {
  const start = cursor.position
  let byte = cursor.readByte()
  if (byte < CONTINUES) return byte
  let value = byte & 0x7f
  for (let shift = 7; shift < 28; shift += 7) {
    byte = cursor.readByte()
    value |= (byte & 0x7f) << shift
    if (byte < CONTINUES) return value
  }
  byte = cursor.readByte()
  checkLastByte(byte, (byte & 0x70) === 0, start)
  return value + byte * 2 ** 28
}

/** Reads a signed 32-bit integer of at most 5 bytes; the last byte's unused bits must repeat the sign. */
export function readS32(cursor: ByteCursor): number {
  return readSigned(cursor, 5, 0x78)
}

/** Reads a signed 33-bit integer, the form of block and heap types; at most 5 bytes. */
export function readS33(cursor: ByteCursor): number {
  return readSigned(cursor, 5, 0x70)
}

/**
 * Reads a signed 64-bit integer of at most 10 bytes. Exact when its encoding has at most 7 bytes; NaN when longer, because a
 * double could not hold it: read it again with `readS64` where the value matters.
 */
export function readS64AsNumber(cursor: ByteCursor): number {
  return readSigned(cursor, 10, 0x7f)
}

/** `signBits`: the bits of the last possible byte that must be all 0 or all 1 (unused bits and the sign itself). */
function readSigned(cursor: ByteCursor, maxBytes: number, signBits: number): number {
  const start = cursor.position
  let value = 0
  let weight = 1
  for (let count = 1; ; count++) {
    const byte = cursor.readByte()
    value += (byte & 0x7f) * weight
    weight *= 128
    if (count === maxBytes) checkLastByte(byte, (byte & signBits) === 0 || (byte & signBits) === signBits, start)
    if (byte < CONTINUES) {
      if (count > EXACT_GROUPS) return Number.NaN
      return byte & 0x40 ? value - weight : value
    }
  }
}

/**
 * Reads an unsigned 64-bit integer of at most 10 bytes; of the last byte only bit 0 may be set. Exact below 2^53; larger
 * values are rounded to a double, never to one below 2^53.
 */
export function readU64AsNumber(cursor: ByteCursor): number {
  const start = cursor.position
  let value = 0
  let weight = 1
  for (let count = 1; ; count++) {
    const byte = cursor.readByte()
    if (count === 10) checkLastByte(byte, (byte & 0x7e) === 0, start)
    value += (byte & 0x7f) * weight
    if (byte < CONTINUES) return value
    weight *= 128
  }
}

/** Reads an unsigned 64-bit integer exactly. */
export function readU64(cursor: ByteCursor): bigint {
  const start = cursor.position
  readU64AsNumber(cursor)
  return BigInt.asUintN(64, groupsToBigInt(cursor.bytes, start, cursor.position))
}

/** Reads a signed 64-bit integer exactly. */
export function readS64(cursor: ByteCursor): bigint {
  const start = cursor.position
  readS64AsNumber(cursor)
  return BigInt.asIntN(7 * (cursor.position - start), groupsToBigInt(cursor.bytes, start, cursor.position))
}

function groupsToBigInt(bytes: Uint8Array, start: number, end: number): bigint {
  let value = 0n
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at]! & 0x7f)
  return value
}

/** A byte at the last possible place must not ask for another, and may set only the bits that the width has. */
function checkLastByte(byte: number, unusedBitsAreRight: boolean, start: number): void {
  if (byte >= CONTINUES) throw tooLong(start)
  if (!unusedBitsAreRight) throw new MalformedModule('leb128-unused-bits', start, 'an integer sets bits beyond its width')
}

function tooLong(start: number): MalformedModule {
  return new MalformedModule('leb128-too-long', start, 'an integer has more bytes than its width allows')
}

/** Shortest unsigned encoding. Throws `RangeError` for anything but an integer from 0 to 2^64 - 1. */
export function encodeUnsigned(value: number | bigint): Uint8Array {
  let rest = BigInt(value)
  if (rest < 0n || rest >= 1n << 64n) throw new RangeError('An unsigned LEB128 value must be from 0 to 2^64 - 1.')
  const out: number[] = []
  do {
    const group = Number(rest & 0x7fn)
    rest >>= 7n
    out.push(rest === 0n ? group : group | CONTINUES)
  } while (rest !== 0n)
  return Uint8Array.from(out)
}

/** Shortest signed encoding. Throws `RangeError` for anything but an integer from -2^63 to 2^63 - 1. */
export function encodeSigned(value: number | bigint): Uint8Array {
  let rest = BigInt(value)
  if (BigInt.asIntN(64, rest) !== rest) throw new RangeError('A signed LEB128 value must be from -2^63 to 2^63 - 1.')
  const out: number[] = []
  for (;;) {
    const group = Number(rest & 0x7fn)
    rest >>= 7n
    if (rest === (group & 0x40 ? -1n : 0n)) {
      out.push(group)
      return Uint8Array.from(out)
    }
    out.push(group | CONTINUES)
  }
}

/**
 * The same value with redundant groups up to `length` bytes. Beyond the width's maximum (5 or 10 bytes) the result is illegal
 * on purpose. `signed` says whether redundant groups repeat the sign.
 */
export function padLeb128(encoded: Uint8Array, length: number, signed: boolean): Uint8Array {
  if (length < encoded.length) throw new RangeError('A LEB128 value cannot be padded to fewer bytes than it has.')
  const out = new Uint8Array(length)
  out.set(encoded)
  if (length === encoded.length) return out
  const fill = signed && encoded.at(-1)! & 0x40 ? 0x7f : 0
  out[encoded.length - 1] = encoded.at(-1)! | CONTINUES
  out.fill(fill | CONTINUES, encoded.length)
  out[length - 1] = fill
  return out
}

/** Full-length encoding (5 or 10 bytes) whose last byte flips one bit beyond the width: illegal, but equal for sloppy decoders. */
export function withUnusedBits(encoded: Uint8Array, width: 32 | 64, signed: boolean): Uint8Array {
  const out = padLeb128(encoded, width === 32 ? 5 : 10, signed)
  out[out.length - 1] = out.at(-1)! ^ 0x40
  return out
}
