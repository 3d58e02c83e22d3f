// The element, data count and data sections (sections 5.5.12, 5.5.14 and 5.5.15).

import { MalformedModule } from '../errors.ts'
import { readU32 } from '../leb128.ts'
import { checkLimit } from '../limits.ts'
import type { DataSegment, ElementMode, ElementSegment } from '../module.ts'
import { invalidIndex, readIndex, readVectorLength } from '../scope.ts'
import { readReferenceType } from '../value-types.ts'
import { readConstantExpression } from './constant-expression.ts'
import type { Reading } from './draft.ts'

/** Bits of an element segment's flags. In a segment that is not active, bit 1 means declarative; in an active one, a table index. */
const NOT_ACTIVE = 1
const DECLARATIVE_OR_TABLE = 2
const EXPRESSIONS = 4

export function readElementSection(reading: Reading): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxElementSegments', count, at)
  for (let index = 0; index < count; index++) draft.elements.push(readElementSegment(reading))
}

function readElementSegment(reading: Reading): ElementSegment {
  const { cursor } = reading
  const offset = cursor.position
  const flags = readU32(cursor)
  if (flags > 7) throw new MalformedModule('segment-flags', offset, 'an element segment has unknown flags')
  const mode = elementMode(flags)
  noteElementFeatures(reading, flags, offset)
  const table = mode === 'active' ? readElementTable(reading, flags) : undefined
  if (table !== undefined) readConstantExpression(reading)
  // Flags 0 and 4 are the abbreviated forms: functions into the default table, without a type.
  if ((flags & 3) !== 0) readElementKind(reading, flags)
  const count = readElements(reading, (flags & EXPRESSIONS) !== 0)
  return { mode, ...(table === undefined ? {} : { table }), count, offset }
}

function elementMode(flags: number): ElementMode {
  if ((flags & NOT_ACTIVE) === 0) return 'active'
  return (flags & DECLARATIVE_OR_TABLE) === 0 ? 'passive' : 'declarative'
}

/** The bulk memory proposal brought forms 1, 2 and 5; reference types brought declarations and the other expression forms. */
function noteElementFeatures({ features }: Reading, flags: number, offset: number): void {
  if (flags === 1 || flags === 2 || flags === 5) features.note('bulk-memory', offset)
  else if (flags !== 0) features.note('reference-types', offset)
}

function readElementTable({ cursor, draft }: Reading, flags: number): number {
  if ((flags & DECLARATIVE_OR_TABLE) === 0) {
    if (draft.tables.length === 0) throw invalidIndex(cursor.position, 'table')
    return 0
  }
  return readIndex(cursor, draft.tables.length, 'table')
}

function readElementKind(reading: Reading, flags: number): void {
  if ((flags & EXPRESSIONS) !== 0) {
    readReferenceType(reading.cursor, reading)
    return
  }
  const at = reading.at
  if (reading.cursor.readByte() !== 0) throw new MalformedModule('element-kind', at, 'an element kind is not 0')
}

function readElements(reading: Reading, expressions: boolean): number {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxElementsPerSegment', count, at)
  for (let index = 0; index < count; index++) {
    if (expressions) readConstantExpression(reading)
    else readIndex(cursor, draft.functionTypeIndices.length, 'function')
  }
  return count
}

export function readDataCountSection({ cursor, draft, limits, features }: Reading): void {
  const at = cursor.position
  draft.dataCount = readU32(cursor)
  checkLimit(limits, 'maxDataSegments', draft.dataCount, at)
  features.note('bulk-memory', at)
}

export function readDataSection(reading: Reading): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxDataSegments', count, at)
  if (draft.dataCount !== undefined && draft.dataCount !== count) {
    throw new MalformedModule('data-count', at, 'the data count section does not state the number of data segments')
  }
  for (let index = 0; index < count; index++) draft.data.push(readDataSegment(reading))
}

function readDataSegment(reading: Reading): DataSegment {
  const { cursor, draft, features } = reading
  const at = cursor.position
  const flags = readU32(cursor)
  if (flags > 2) throw new MalformedModule('segment-flags', at, 'a data segment has unknown flags')
  if (flags > 0) features.note('bulk-memory', at)
  if (flags === 1) return { mode: 'passive', contents: readContents(reading) }
  const memoryAt = cursor.position
  const memory = flags === 2 ? readU32(cursor) : 0
  if (memory >= draft.memories.length) throw invalidIndex(memoryAt, 'memory')
  readConstantExpression(reading)
  return { mode: 'active', memory, contents: readContents(reading) }
}

function readContents({ cursor }: Reading): DataSegment['contents'] {
  const size = readVectorLength(cursor)
  return { offset: cursor.skip(size), size }
}
