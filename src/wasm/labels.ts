// The branch targets of an instruction, wherever its immediates keep them.

import { ByteCursor } from './cursor.ts'
import type { Instruction } from './instructions.ts'
import { readU32 } from './leb128.ts'

/**
 * Calls `visit` with each label of an instruction, in the order of its bytes: the one of a branch, all of a `br_table` with the
 * default last, those of the clauses of a `try_table`. `bytes` must be those that the instruction was decoded from.
 *
 * A label counts blocks outwards from the instruction. `try_table` and `delegate` count from outside of their own block.
 */
export function forEachLabel(bytes: Uint8Array, instruction: Instruction, visit: (label: number) => void): void {
  const { immediates } = instruction.info
  for (let slot = 0; slot < immediates.length; slot++) {
    const kind = immediates[slot]!
    if (kind === 'label') visit(instruction.values[slot]!)
    if (kind !== 'label-table' && kind !== 'catches') continue
    const cursor = new ByteCursor(bytes, instruction.starts[slot]!, instruction.end)
    if (kind === 'label-table') visitTable(cursor, visit)
    else visitCatches(cursor, visit)
  }
}

function visitTable(cursor: ByteCursor, visit: (label: number) => void): void {
  const count = readU32(cursor)
  for (let index = 0; index <= count; index++) visit(readU32(cursor))
}

function visitCatches(cursor: ByteCursor, visit: (label: number) => void): void {
  const count = readU32(cursor)
  for (let index = 0; index < count; index++) {
    // Clauses 0 and 1 name a tag before their label, 2 and 3 catch everything.
    if (cursor.readByte() < 2) readU32(cursor)
    visit(readU32(cursor))
  }
}
