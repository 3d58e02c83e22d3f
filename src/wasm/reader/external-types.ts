// Limits and the types of tables, memories, globals and tags, as imports and definitions share them (sections 5.3.9 to 5.3.13).

import { MalformedModule } from '../errors.ts'
import { readU32, readU64AsNumber } from '../leb128.ts'
import { readFlag, readTypeIndex } from '../scope.ts'
import type { GlobalType, Limits, TableType } from '../types.ts'
import { readElementType, readValueType } from '../value-types.ts'
import type { Reading } from './draft.ts'

const HAS_MAX = 1
const SHARED = 2
const IS_64 = 4

/** Pages of 64 KiB that a 32-bit or 64-bit address reaches (section 3.2.15). */
const MAX_PAGES_32 = 2 ** 16
const MAX_PAGES_64 = 2 ** 48

/**
 * A table may claim up to 2^64 - 1 elements as its maximum; the reader stops at what a number holds exactly. No engine has a
 * table of more than 10,000,000 elements.
 */
const MAX_ELEMENTS_32 = 2 ** 32 - 1
const MAX_ELEMENTS_64 = Number.MAX_SAFE_INTEGER

export function readTableType(reading: Reading): TableType {
  const elementType = readElementType(reading.cursor, reading)
  const limits = readLimits(reading, HAS_MAX | IS_64, MAX_ELEMENTS_32, MAX_ELEMENTS_64)
  return { elementType, limits }
}

export function readMemoryType(reading: Reading): Limits {
  return readLimits(reading, HAS_MAX | SHARED | IS_64, MAX_PAGES_32, MAX_PAGES_64)
}

/** Bits outside `allowed` belong to proposals that are not standard (shared tables, custom page sizes) and are refused. */
function readLimits(reading: Reading, allowed: number, max32: number, max64: number): Limits {
  const { cursor, features } = reading
  const at = cursor.position
  const flags = cursor.readByte()
  if ((flags & ~allowed) !== 0) throw new MalformedModule('limits-flags', at, 'limits have flags that are not known here')
  const is64 = (flags & IS_64) !== 0
  const shared = (flags & SHARED) !== 0
  const hasMax = (flags & HAS_MAX) !== 0
  if (shared && !hasMax) throw new MalformedModule('limits-flags', at, 'a shared memory has no maximum')
  if (is64) features.note('memory64', at)
  if (shared) features.note('threads', at)
  const bound = is64 ? max64 : max32
  const min = readBound(reading, is64, 0, bound)
  return { min, ...(hasMax ? { max: readBound(reading, is64, min, bound) } : {}), is64, shared }
}

/** Engines read the bounds of 32-bit memories and tables as u32, so a longer encoding than that is refused here too. */
function readBound({ cursor }: Reading, is64: boolean, least: number, most: number): number {
  const at = cursor.position
  const value = is64 ? readU64AsNumber(cursor) : readU32(cursor)
  if (value < least) throw new MalformedModule('limits-range', at, 'limits have a maximum below the minimum')
  if (value > most) throw new MalformedModule('limits-range', at, 'limits are beyond what addresses of their width can reach')
  return value
}

export function readGlobalType(reading: Reading): GlobalType {
  const type = readValueType(reading.cursor, reading)
  return { type, mutable: readFlag(reading.cursor, 'mutability', 'the mutability of a global is neither 0 nor 1') }
}

/** Returns the type index. The attribute byte is reserved and must be 0. */
export function readTagType(reading: Reading): number {
  const at = reading.at
  if (reading.cursor.readByte() !== 0) throw new MalformedModule('tag-attribute', at, 'the attribute of a tag is not 0')
  reading.features.note('exceptions', at)
  return readTypeIndex(reading.cursor, reading, 'function')
}
