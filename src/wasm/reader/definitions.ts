// The table, memory, tag and global sections, and what adding to those index spaces entails (sections 5.5.7 to 5.5.9, 5.5.16).

import { MalformedModule } from '../errors.ts'
import { checkLimit } from '../limits.ts'
import type { Global, Memory, Table, Tag } from '../module.ts'
import { readVectorLength } from '../scope.ts'
import { readConstantExpression } from './constant-expression.ts'
import type { Reading } from './draft.ts'
import { readGlobalType, readMemoryType, readTableType, readTagType } from './external-types.ts'

/** Starts a table entry that has an initial value. */
const WITH_INIT = 0x40

export function addTable({ draft, limits, features }: Reading, table: Table, at: number): void {
  checkLimit(limits, 'maxTables', draft.tables.push(table), at)
  if (draft.tables.length === 2) features.note('reference-types', at)
}

export function addMemory({ draft, limits, features }: Reading, memory: Memory, at: number): void {
  checkLimit(limits, 'maxMemories', draft.memories.push(memory), at)
  if (draft.memories.length === 2) features.note('multi-memory', at)
}

export function addTag({ draft, limits }: Reading, tag: Tag, at: number): void {
  checkLimit(limits, 'maxTags', draft.tags.push(tag), at)
}

export function addGlobal({ draft, limits }: Reading, global: Global, at: number): void {
  checkLimit(limits, 'maxGlobals', draft.globals.push(global), at)
}

/** Reads a section's vector: refuses a count beyond the limit at once, then adds the entries one by one. */
function readEntries(
  reading: Reading,
  limit: 'maxTables' | 'maxMemories' | 'maxTags' | 'maxGlobals',
  imported: number,
  readEntry: (at: number) => void,
): void {
  const start = reading.at
  const count = readVectorLength(reading.cursor)
  checkLimit(reading.limits, limit, imported + count, start)
  for (let index = 0; index < count; index++) readEntry(reading.at)
}

export function readTableSection(reading: Reading): void {
  readEntries(reading, 'maxTables', reading.draft.importCounts.table, (at) => addTable(reading, readTable(reading), at))
}

function readTable(reading: Reading): Table {
  const { cursor } = reading
  const at = cursor.position
  if (cursor.peekByte() !== WITH_INIT) return { imported: false, ...readTableType(reading) }
  cursor.position++
  if (cursor.readByte() !== 0) throw new MalformedModule('table-attribute', at + 1, 'a reserved byte of a table is not 0')
  reading.features.note('typed-function-references', at)
  return { imported: false, ...readTableType(reading), init: readConstantExpression(reading) }
}

export function readMemorySection(reading: Reading): void {
  readEntries(reading, 'maxMemories', reading.draft.importCounts.memory, (at) =>
    addMemory(reading, { imported: false, limits: readMemoryType(reading) }, at),
  )
}

export function readTagSection(reading: Reading): void {
  readEntries(reading, 'maxTags', reading.draft.importCounts.tag, (at) =>
    addTag(reading, { imported: false, typeIndex: readTagType(reading) }, at),
  )
}

export function readGlobalSection(reading: Reading): void {
  readEntries(reading, 'maxGlobals', reading.draft.importCounts.global, (at) =>
    addGlobal(reading, { imported: false, ...readGlobalType(reading), init: readConstantExpression(reading) }, at),
  )
}
