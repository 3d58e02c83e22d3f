// Reading heap, reference, value and storage types (sections 5.3.1 to 5.3.7).

import type { ByteCursor } from './cursor.ts'
import { MalformedModule } from './errors.ts'
import type { Feature } from './features.ts'
import { readS33 } from './leb128.ts'
import { invalidIndex, type Scope } from './scope.ts'
import {
  ABSTRACT_HEAP_TYPES,
  type HeapType,
  NUMBER_TYPES,
  type ReferenceType,
  type StorageType,
  type ValueType,
} from './types.ts'

export const REF_NULL = 0x63
export const REF = 0x64
const FUNCREF = 0x70

interface HeapTypeForm {
  readonly heapType: (typeof ABSTRACT_HEAP_TYPES)[number]['heapType']
  readonly shorthand: (typeof ABSTRACT_HEAP_TYPES)[number]['shorthand']
  readonly feature: Feature
}

/** The proposal that introduced an abstract heap type; `funcref` as a table's element type is older than all of them. */
function introducedBy(heapType: string): Feature {
  if (heapType === 'func' || heapType === 'extern') return 'reference-types'
  return heapType === 'exn' || heapType === 'noexn' ? 'exceptions' : 'gc'
}

const HEAP_TYPE_BY_BYTE: (HeapTypeForm | undefined)[] = new Array(128).fill(undefined)
for (const { byte, heapType, shorthand } of ABSTRACT_HEAP_TYPES) {
  HEAP_TYPE_BY_BYTE[byte] = { heapType, shorthand, feature: introducedBy(heapType) }
}

const NUMBER_TYPE_BY_BYTE: (ValueType | undefined)[] = new Array(128).fill(undefined)
for (const { byte, name } of NUMBER_TYPES) NUMBER_TYPE_BY_BYTE[byte] = name

/** Whether a byte is a negative one-byte s33: the space in which types other than indices are encoded. */
export function isTypeByte(byte: number): boolean {
  return byte >= 0x40 && byte < 0x80
}

/** Reads an abstract heap type or a type index. */
export function readHeapType(cursor: ByteCursor, scope: Scope): HeapType {
  const at = cursor.position
  const byte = cursor.peekByte()
  if (isTypeByte(byte)) {
    const form = HEAP_TYPE_BY_BYTE[byte]
    if (form === undefined) throw new MalformedModule('heap-type', at, 'a byte is not a heap type')
    cursor.position++
    scope.features.note(form.feature, at)
    return form.heapType
  }
  const index = readS33(cursor)
  if (index < 0) throw new MalformedModule('heap-type', at, 'a heap type is a negative number of several bytes')
  if (index >= scope.typesInScope) throw invalidIndex(at, 'type')
  scope.features.note('typed-function-references', at)
  return index
}

/** Reads a reference type. */
export function readReferenceType(cursor: ByteCursor, scope: Scope): ReferenceType {
  const at = cursor.position
  const type = tryReferenceType(cursor, scope)
  if (type === undefined) throw new MalformedModule('reference-type', at, 'a byte does not start a reference type')
  return type
}

/** A table's element type: plain `funcref` there belongs to the first version of WebAssembly. */
export function readElementType(cursor: ByteCursor, scope: Scope): ReferenceType {
  if (cursor.peekByte() !== FUNCREF) return readReferenceType(cursor, scope)
  cursor.position++
  return 'funcref'
}

/** Reads a number, vector or reference type. */
export function readValueType(cursor: ByteCursor, scope: Scope): ValueType {
  const at = cursor.position
  const byte = cursor.peekByte()
  const number = NUMBER_TYPE_BY_BYTE[byte]
  if (number !== undefined) {
    cursor.position++
    if (number === 'v128') scope.features.note('simd', at)
    return number
  }
  if (byte < 0) cursor.readByte()
  const reference = tryReferenceType(cursor, scope)
  if (reference === undefined) throw new MalformedModule('value-type', at, 'a byte does not start a value type')
  return reference
}

/** Reads a value type or a packed type. */
export function readStorageType(cursor: ByteCursor, scope: Scope): StorageType {
  const byte = cursor.peekByte()
  if (byte !== 0x77 && byte !== 0x78) return readValueType(cursor, scope)
  cursor.position++
  return byte === 0x78 ? 'i8' : 'i16'
}

/** `undefined`, with the cursor unmoved, if the next byte does not start a reference type. */
function tryReferenceType(cursor: ByteCursor, scope: Scope): ReferenceType | undefined {
  const at = cursor.position
  const byte = cursor.peekByte()
  if (byte === REF_NULL || byte === REF) {
    cursor.position++
    scope.features.note('typed-function-references', at)
    return referenceTo(readHeapType(cursor, scope), byte === REF_NULL)
  }
  const form = HEAP_TYPE_BY_BYTE[byte]
  if (form === undefined) return undefined
  cursor.position++
  scope.features.note(form.feature, at)
  return form.shorthand
}

/** The one spelling of a reference type. */
export function referenceTo(heapType: HeapType, nullable: boolean): ReferenceType {
  if (!nullable) return `(ref ${heapType})`
  if (typeof heapType === 'number') return `(ref null ${heapType})`
  return ABSTRACT_HEAP_TYPES.find((form) => form.heapType === heapType)!.shorthand
}
