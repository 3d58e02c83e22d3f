// The code section: declared locals and instructions of every function, measured while they are checked (section 5.5.13).

import { MalformedModule } from '../errors.ts'
import { readU32 } from '../leb128.ts'
import { checkLimit } from '../limits.ts'
import type { FunctionBody } from '../module.ts'
import { readVectorLength } from '../scope.ts'
import type { FunctionType } from '../types.ts'
import { readValueType } from '../value-types.ts'
import type { Reading } from './draft.ts'

const BR_TABLE = 0x0e

/** Sums of locals must stay below this (section 5.5.13). */
const LOCALS_BOUND = 2 ** 32

export function readCodeSection(reading: Reading): void {
  const { cursor, draft } = reading
  const at = cursor.position
  const count = readVectorLength(cursor)
  if (count !== draft.functionTypeIndices.length - draft.importCounts.function) {
    throw new MalformedModule('function-count', at, 'the function and code sections have different numbers of entries')
  }
  for (let index = 0; index < count; index++) draft.bodies.push(readBody(reading, index))
}

function readBody(reading: Reading, bodyIndex: number): FunctionBody {
  const { cursor, draft, limits, decoder } = reading
  const sizeAt = cursor.position
  const size = readU32(cursor)
  checkLimit(limits, 'maxFunctionBodyBytes', size, sizeAt)
  if (size > cursor.remaining) {
    throw new MalformedModule('body-size', sizeAt, 'a function body is larger than what is left of the code section')
  }
  const offset = cursor.position
  const sectionEnd = cursor.end
  cursor.end = offset + size
  const type = draft.types[draft.functionTypeIndices[draft.importCounts.function + bodyIndex]!] as FunctionType
  const declaredLocals = readLocals(reading, type.params.length)
  const codeOffset = cursor.position
  decoder.begin(type.params.length + declaredLocals)
  const measures = readInstructions(reading)
  if (cursor.position !== cursor.end) {
    throw new MalformedModule('body-size', cursor.position, 'a function body has bytes behind its last end')
  }
  cursor.end = sectionEnd
  return { offset, size, codeOffset, declaredLocals, ...measures }
}

/** Returns how many locals are declared. Run-length coded: nothing is allocated for them. */
function readLocals(reading: Reading, params: number): number {
  const { cursor, limits } = reading
  const start = cursor.position
  const groups = readVectorLength(cursor)
  let total = 0
  for (let index = 0; index < groups; index++) {
    const at = cursor.position
    total += readU32(cursor)
    if (total >= LOCALS_BOUND) throw new MalformedModule('locals-overflow', at, 'a function declares 2^32 locals or more')
    readValueType(cursor, reading)
  }
  checkLimit(limits, 'maxLocalsPerFunction', params + total, start)
  return total
}

type Measures = Pick<FunctionBody, 'maxNesting' | 'instructionCount' | 'maxBrTableTargets'>

function readInstructions({ cursor, limits, decoder }: Reading): Measures {
  const { blocks } = decoder
  let instructionCount = 0
  let maxBrTableTargets = 0
  while (decoder.open) {
    if (cursor.remaining === 0) {
      throw new MalformedModule('missing-end', cursor.position, 'a function body ends with blocks still open')
    }
    decoder.next()
    instructionCount++
    if (blocks.maxDepth - 1 > limits.maxNesting) checkLimit(limits, 'maxNesting', blocks.maxDepth - 1, decoder.offset)
    if (decoder.info.key === BR_TABLE) maxBrTableTargets = Math.max(maxBrTableTargets, decoder.values[0]!)
  }
  return { maxNesting: blocks.maxDepth - 1, instructionCount, maxBrTableTargets }
}
