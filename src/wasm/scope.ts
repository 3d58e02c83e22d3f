// What reading any part of a module needs besides the bytes: the index spaces so far, the caller's limits, the feature record.

import type { ByteCursor } from './cursor.ts'
import { type MalformedCode, MalformedModule } from './errors.ts'
import type { FeatureLog } from './features.ts'
import { readU32 } from './leb128.ts'
import type { ReaderLimits } from './limits.ts'
import type { IndexSpaces } from './module.ts'
import type { TypeDefinition } from './types.ts'

export interface Scope {
  readonly spaces: IndexSpaces
  readonly limits: ReaderLimits
  readonly features: FeatureLog
  /** Type indices must be below this: within a recursion group, its members are in scope before they are read. */
  typesInScope: number
}

/** Reads an index and refuses one that is not below `size`. */
export function readIndex(cursor: ByteCursor, size: number, space: string): number {
  const at = cursor.position
  const index = readU32(cursor)
  if (index >= size) throw invalidIndex(at, space)
  return index
}

export function invalidIndex(offset: number, space: string): MalformedModule {
  return new MalformedModule('invalid-index', offset, `a ${space} index has no ${space} to point at`)
}

/** Reads the index of a type of the given kind. */
export function readTypeIndex(cursor: ByteCursor, scope: Scope, kind: TypeDefinition['kind']): number {
  const at = cursor.position
  const index = readIndex(cursor, scope.spaces.types.length, 'type')
  checkTypeKind(scope, index, kind, at)
  return index
}

export function checkTypeKind(scope: Scope, index: number, kind: TypeDefinition['kind'], at: number): void {
  if (scope.spaces.types[index]!.kind !== kind) {
    throw new MalformedModule('type-kind', at, `a type index does not point at a ${kind} type`)
  }
}

/**
 * Reads the length of a vector. Every entry of every vector in the format takes at least one byte, so a length beyond the
 * bytes that are left is a lie that can be refused before anything is done with it.
 */
export function readVectorLength(cursor: ByteCursor): number {
  const at = cursor.position
  const length = readU32(cursor)
  if (length > cursor.remaining) {
    throw new MalformedModule('vector-length', at, 'a vector claims more entries than there are bytes left')
  }
  return length
}

/** Reads one byte that must be 0 or 1. */
export function readFlag(cursor: ByteCursor, code: MalformedCode, what: string): boolean {
  const at = cursor.position
  const byte = cursor.readByte()
  if (byte > 1) throw new MalformedModule(code, at, what)
  return byte === 1
}
