// Reading and checking the immediates of an instruction, one function per form.

import type { ByteCursor } from './cursor.ts'
import { MalformedModule } from './errors.ts'
import type { Feature } from './features.ts'
import type { InstructionDecoder } from './instructions.ts'
import { readS32, readS33, readS64AsNumber, readU32, readU64AsNumber } from './leb128.ts'
import { checkLimit } from './limits.ts'
import type { Immediate } from './opcodes.ts'
import { checkTypeKind, invalidIndex, readIndex, readTypeIndex, readVectorLength, type Scope } from './scope.ts'
import type { StructType } from './types.ts'
import { isTypeByte, readHeapType, readValueType } from './value-types.ts'

const NO_RESULT = 0x40
const DELEGATE = 0x18
const MEMORY_INDEX_FOLLOWS = 0x40

/** Reads immediate number `slot` and returns the value that `Instruction.values` documents. */
export function readImmediate(decoder: InstructionDecoder, kind: Immediate, slot: number): number {
  const { cursor, scope } = decoder
  const { spaces } = scope
  switch (kind) {
    case 'local':
      return readIndex(cursor, decoder.localCount, 'local')
    case 'i32':
      return readS32(cursor)
    case 'memarg':
      return readMemarg(decoder)
    case 'label':
      return readIndex(cursor, labelsInScope(decoder), 'label')
    case 'block-type':
      return readBlockType(cursor, scope)
    case 'function':
      return readIndex(cursor, spaces.functionTypeIndices.length, 'function')
    case 'global':
      return readIndex(cursor, spaces.globals.length, 'global')
    case 'i64':
      return readS64AsNumber(cursor)
    case 'f32':
      return skip(cursor, 4)
    case 'f64':
      return skip(cursor, 8)
    case 'v128':
    case 'lanes':
      return skip(cursor, 16)
    case 'lane':
      return cursor.readByte()
    case 'label-table':
      return readLabelTable(decoder)
    case 'function-type':
      return readTypeIndex(cursor, scope, 'function')
    case 'struct-type':
      return readTypeIndex(cursor, scope, 'struct')
    case 'array-type':
      return readTypeIndex(cursor, scope, 'array')
    case 'field':
      return readIndex(cursor, (spaces.types[decoder.values[slot - 1]!] as StructType).fields.length, 'field')
    case 'table':
      return readFormerlyZero(decoder, spaces.tables.length, 'table', 'reference-types')
    case 'memory':
      return readFormerlyZero(decoder, spaces.memories.length, 'memory', 'multi-memory')
    case 'tag':
      return readIndex(cursor, spaces.tags.length, 'tag')
    case 'element':
      return readIndex(cursor, spaces.elements.length, 'element')
    case 'data':
      return readDataIndex(decoder)
    case 'heap-type':
      return readHeapTypeValue(cursor, scope)
    case 'value-types':
      return readValueTypes(cursor, scope)
    case 'catches':
      return readCatches(decoder)
    case 'cast-flags':
      return readAtMost(cursor, 3, 'cast-flags', 'the flags of a cast branch have unknown bits')
    case 'count':
      return readOperandCount(cursor, scope)
    case 'zero':
      return readAtMost(cursor, 0, 'reserved-byte', 'a reserved byte is not 0')
  }
}

/** `delegate` closes its `try`, so its label counts from outside of it. */
function labelsInScope(decoder: InstructionDecoder): number {
  return decoder.info.key === DELEGATE ? decoder.blocks.depth - 1 : decoder.blocks.depth
}

function skip(cursor: ByteCursor, count: number): number {
  cursor.skip(count)
  return Number.NaN
}

function readAtMost(cursor: ByteCursor, max: number, code: 'cast-flags' | 'reserved-byte', what: string): number {
  const at = cursor.position
  const byte = cursor.readByte()
  if (byte > max) throw new MalformedModule(code, at, what)
  return byte
}

function readBlockType(cursor: ByteCursor, scope: Scope): number {
  const at = cursor.position
  const byte = cursor.peekByte()
  if (byte === NO_RESULT) {
    cursor.position++
    return byte - 128
  }
  if (isTypeByte(byte)) {
    readValueType(cursor, scope)
    return byte - 128
  }
  const index = readS33(cursor)
  if (index < 0) throw new MalformedModule('value-type', at, 'a block type is a negative number of several bytes')
  if (index >= scope.spaces.types.length) throw invalidIndex(at, 'type')
  checkTypeKind(scope, index, 'function', at)
  scope.features.note('multi-value', at)
  return index
}

function readHeapTypeValue(cursor: ByteCursor, scope: Scope): number {
  const byte = cursor.peekByte()
  const heapType = readHeapType(cursor, scope)
  return typeof heapType === 'number' ? heapType : byte - 128
}

function readValueTypes(cursor: ByteCursor, scope: Scope): number {
  const count = readVectorLength(cursor)
  for (let index = 0; index < count; index++) readValueType(cursor, scope)
  return count
}

function readLabelTable(decoder: InstructionDecoder): number {
  const { cursor, scope } = decoder
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(scope.limits, 'maxBrTableTargets', count, at)
  for (let index = 0; index <= count; index++) readIndex(cursor, decoder.blocks.depth, 'label')
  return count
}

/** Clauses of `try_table`: with or without a tag, with or without a reference to the exception. Labels count from outside. */
function readCatches(decoder: InstructionDecoder): number {
  const { cursor, scope } = decoder
  const count = readVectorLength(cursor)
  for (let index = 0; index < count; index++) {
    const at = cursor.position
    const kind = cursor.readByte()
    if (kind > 3) throw new MalformedModule('catch-kind', at, 'a catch clause is of an unknown kind')
    if (kind < 2) readIndex(cursor, scope.spaces.tags.length, 'tag')
    readIndex(cursor, decoder.blocks.depth, 'label')
  }
  return count
}

function readOperandCount(cursor: ByteCursor, scope: Scope): number {
  const at = cursor.position
  const count = readU32(cursor)
  checkLimit(scope.limits, 'maxArrayNewFixedOperands', count, at)
  return count
}

/** The first version of WebAssembly had a byte 0 where later ones have an index: any other byte needs the later feature. */
function readFormerlyZero(decoder: InstructionDecoder, size: number, space: string, feature: Feature): number {
  const { cursor, scope } = decoder
  const at = cursor.position
  const index = readIndex(cursor, size, space)
  if (index > 0 || cursor.position > at + 1) scope.features.note(feature, at)
  return index
}

/** Data segments come after the code; without a data count section one pass could not check the index (section 5.5.15). */
function readDataIndex(decoder: InstructionDecoder): number {
  const { dataCount } = decoder.scope.spaces
  if (dataCount === undefined) {
    throw new MalformedModule(
      'data-count-missing',
      decoder.offset,
      'an instruction uses a data segment but there is no data count',
    )
  }
  return readIndex(decoder.cursor, dataCount, 'data')
}

/** Section 5.4.5: bit 6 of the flags announces a memory index; bits above it are not defined. Returns the offset. */
function readMemarg(decoder: InstructionDecoder): number {
  const { cursor, scope } = decoder
  const at = cursor.position
  const flags = readU32(cursor)
  if (flags >= 2 * MEMORY_INDEX_FOLLOWS) throw new MalformedModule('memarg-flags', at, 'a memory access has unknown flags')
  const explicit = flags >= MEMORY_INDEX_FOLLOWS
  if (explicit) scope.features.note('multi-memory', at)
  const memories = scope.spaces.memories
  if (!explicit && memories.length === 0) throw invalidIndex(decoder.offset, 'memory')
  decoder.memory = explicit ? readIndex(cursor, memories.length, 'memory') : 0
  decoder.align = flags % MEMORY_INDEX_FOLLOWS
  const offsetAt = cursor.position
  const offset = readU64AsNumber(cursor)
  if (offset >= 2 ** 32 && !memories[decoder.memory]!.limits.is64) {
    throw new MalformedModule('offset-range', offsetAt, 'a memory access has an offset beyond its 32-bit memory')
  }
  return offset
}
