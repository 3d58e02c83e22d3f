// The import, function and start sections (sections 5.5.5, 5.5.6 and 5.5.11).

import { MalformedModule } from '../errors.ts'
import { checkLimit } from '../limits.ts'
import type { Import } from '../module.ts'
import { readName } from '../name.ts'
import { readIndex, readTypeIndex, readVectorLength } from '../scope.ts'
import { EXTERNAL_KINDS, type ExternalType } from '../types.ts'
import { addGlobal, addMemory, addTable, addTag } from './definitions.ts'
import type { Reading } from './draft.ts'
import { readGlobalType, readMemoryType, readTableType, readTagType } from './external-types.ts'

export function readImportSection(reading: Reading): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxImports', count, at)
  for (let index = 0; index < count; index++) draft.imports.push(readImport(reading))
}

function readImport(reading: Reading): Import {
  const module = readName(reading.cursor, reading.limits)
  const name = readName(reading.cursor, reading.limits)
  const at = reading.at
  const type = readExternalType(reading)
  reading.draft.importCounts[type.kind]++
  addToIndexSpace(reading, type, at)
  return { module, name, type }
}

function readExternalType(reading: Reading): ExternalType {
  const at = reading.at
  const kind = EXTERNAL_KINDS[reading.cursor.readByte()]
  switch (kind) {
    case 'function':
      return { kind, typeIndex: readTypeIndex(reading.cursor, reading, 'function') }
    case 'table':
      return { kind, ...readTableType(reading) }
    case 'memory':
      return { kind, limits: readMemoryType(reading) }
    case 'global':
      return { kind, ...readGlobalType(reading) }
    case 'tag':
      return { kind, typeIndex: readTagType(reading) }
  }
  throw new MalformedModule('import-kind', at, 'an import is of an unknown kind')
}

function addToIndexSpace(reading: Reading, type: ExternalType, at: number): void {
  switch (type.kind) {
    case 'function':
      reading.draft.functionTypeIndices.push(type.typeIndex)
      break
    case 'table':
      addTable(reading, { imported: true, elementType: type.elementType, limits: type.limits }, at)
      break
    case 'memory':
      addMemory(reading, { imported: true, limits: type.limits }, at)
      break
    case 'global':
      if (type.mutable) reading.features.note('mutable-globals', at)
      addGlobal(reading, { imported: true, type: type.type, mutable: type.mutable }, at)
      break
    case 'tag':
      addTag(reading, { imported: true, typeIndex: type.typeIndex }, at)
  }
}

export function readFunctionSection(reading: Reading): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxFunctions', count, at)
  for (let index = 0; index < count; index++) draft.functionTypeIndices.push(readTypeIndex(cursor, reading, 'function'))
}

export function readStartSection({ cursor, draft }: Reading): void {
  draft.start = readIndex(cursor, draft.functionTypeIndices.length, 'function')
}
