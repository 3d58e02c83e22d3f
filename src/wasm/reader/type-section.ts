// The type section: function, struct and array types, alone or in recursion groups (sections 5.3.7, 5.3.8 and 5.5.4).

import { MalformedModule } from '../errors.ts'
import { checkLimit } from '../limits.ts'
import { readFlag, readIndex, readVectorLength } from '../scope.ts'
import type { FieldType, FunctionType, RecursionGroup, ValueType } from '../types.ts'
import { readStorageType, readValueType } from '../value-types.ts'
import type { Reading } from './draft.ts'

const REC = 0x4e
const SUB_FINAL = 0x4f
const SUB = 0x50
const ARRAY = 0x5e
const STRUCT = 0x5f
const FUNCTION = 0x60

/** Subtyping depth of each type read so far. */
type Depths = number[]

export function readTypeSection(reading: Reading): void {
  const depths: Depths = []
  const at = reading.at
  const groups = readVectorLength(reading.cursor)
  checkLimit(reading.limits, 'maxTypes', groups, at)
  for (let index = 0; index < groups; index++) readRecursionGroup(reading, depths)
}

function readRecursionGroup(reading: Reading, depths: Depths): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const start = draft.types.length
  const explicit = cursor.peekByte() === REC
  let size = 1
  if (explicit) {
    cursor.position++
    reading.features.note('gc', at)
    size = readVectorLength(cursor)
    checkLimit(limits, 'maxRecursionGroupTypes', size, at)
  }
  checkLimit(limits, 'maxTypes', start + size, at)
  // Members of the group may refer to one another, whatever their order.
  reading.typesInScope = start + size
  const group = { start, size, explicit }
  for (let index = 0; index < size; index++) readSubtype(reading, group, depths)
}

function readSubtype(reading: Reading, group: RecursionGroup, depths: Depths): void {
  const { cursor, draft, limits } = reading
  const offset = cursor.position
  const form = cursor.peekByte()
  let supertype: number | undefined
  if (form === SUB || form === SUB_FINAL) {
    cursor.position++
    reading.features.note('gc', offset)
    supertype = readSupertype(reading)
  }
  const depth = supertype === undefined ? 0 : depths[supertype]! + 1
  checkLimit(limits, 'maxSubtypeDepth', depth, offset)
  depths.push(depth)
  const common = { group, final: form !== SUB, offset, ...(supertype === undefined ? {} : { supertype }) }
  draft.types.push({ ...common, ...readCompositeType(reading) })
}

/** At most one supertype, defined before its subtypes (section 3.2.11). */
function readSupertype({ cursor, draft }: Reading): number | undefined {
  const at = cursor.position
  const count = readVectorLength(cursor)
  if (count > 1) throw new MalformedModule('supertype-count', at, 'a type declares more than one supertype')
  if (count === 0) return undefined
  return readIndex(cursor, draft.types.length, 'type')
}

type Composite =
  | Pick<FunctionType, 'kind' | 'params' | 'results'>
  | { readonly kind: 'struct'; readonly fields: readonly FieldType[] }
  | { readonly kind: 'array'; readonly element: FieldType }

function readCompositeType(reading: Reading): Composite {
  const at = reading.at
  const form = reading.cursor.readByte()
  if (form === FUNCTION) return readFunctionType(reading, at)
  if (form !== STRUCT && form !== ARRAY) {
    throw new MalformedModule('composite-type', at, 'a type is neither a function, a struct nor an array type')
  }
  reading.features.note('gc', at)
  if (form === ARRAY) return { kind: 'array', element: readFieldType(reading) }
  const count = readVectorLength(reading.cursor)
  checkLimit(reading.limits, 'maxStructFields', count, at)
  const fields: FieldType[] = []
  for (let index = 0; index < count; index++) fields.push(readFieldType(reading))
  return { kind: 'struct', fields }
}

function readFunctionType(reading: Reading, at: number): Composite {
  const params = readResultType(reading, 'maxParams')
  const results = readResultType(reading, 'maxResults')
  if (results.length > 1) reading.features.note('multi-value', at)
  return { kind: 'function', params, results }
}

function readResultType(reading: Reading, limit: 'maxParams' | 'maxResults'): ValueType[] {
  const at = reading.at
  const count = readVectorLength(reading.cursor)
  checkLimit(reading.limits, limit, count, at)
  const types: ValueType[] = []
  for (let index = 0; index < count; index++) types.push(readValueType(reading.cursor, reading))
  return types
}

function readFieldType(reading: Reading): FieldType {
  const type = readStorageType(reading.cursor, reading)
  return { type, mutable: readFlag(reading.cursor, 'mutability', 'the mutability of a field is neither 0 nor 1') }
}
