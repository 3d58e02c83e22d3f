// The export section (section 5.5.10).

import { MalformedModule } from '../errors.ts'
import { checkLimit } from '../limits.ts'
import type { Export } from '../module.ts'
import { readName } from '../name.ts'
import { readIndex, readVectorLength } from '../scope.ts'
import { EXTERNAL_KINDS, type ExternalKind } from '../types.ts'
import type { Draft, Reading } from './draft.ts'

export function readExportSection(reading: Reading): void {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  checkLimit(limits, 'maxExports', count, at)
  const names = new Set<string>()
  for (let index = 0; index < count; index++) draft.exports.push(readExport(reading, names))
}

function readExport(reading: Reading, names: Set<string>): Export {
  const { cursor, draft } = reading
  const at = cursor.position
  const name = readName(cursor, reading.limits)
  if (names.has(name)) throw new MalformedModule('duplicate-export', at, 'two exports have the same name')
  names.add(name)
  const kindAt = cursor.position
  const kind = EXTERNAL_KINDS[cursor.readByte()]
  if (kind === undefined) throw new MalformedModule('export-kind', kindAt, 'an export is of an unknown kind')
  const index = readIndex(cursor, sizeOfSpace(draft, kind), kind)
  if (kind === 'global' && draft.globals[index]!.mutable) reading.features.note('mutable-globals', kindAt)
  return { name, kind, index }
}

function sizeOfSpace(draft: Draft, kind: ExternalKind): number {
  switch (kind) {
    case 'function':
      return draft.functionTypeIndices.length
    case 'table':
      return draft.tables.length
    case 'memory':
      return draft.memories.length
    case 'global':
      return draft.globals.length
    case 'tag':
      return draft.tags.length
  }
}
