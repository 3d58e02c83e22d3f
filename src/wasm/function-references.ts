// Functions that a module uses as values, apart from calling or exporting them: in element segments, initial values and instructions.

import { ByteCursor } from './cursor.ts'
import { FeatureLog } from './features.ts'
import { forEachInstruction, InstructionDecoder } from './instructions.ts'
import { readU32 } from './leb128.ts'
import { NO_LIMITS } from './limits.ts'
import type { WasmModule } from './module.ts'

const REF_FUNC = 0xd2
const EXPRESSIONS = 4

/**
 * Whether a function with an index below `bound` can become a value, and so be called indirectly. `bytes` must be those that the module was
 * read from.
 */
export function isAnyReferenced(bytes: Uint8Array, module: WasmModule, bound: number): boolean {
  if (bound === 0) return false
  let found = false
  const look = (index: number) => {
    if (index < bound) found = true
  }
  for (const { init } of [...module.globals, ...module.tables]) {
    if (init) readExpression(decoderAt(bytes, module, init.offset, init.offset + init.size), look)
  }
  for (const { offset, count } of module.elements) readSegment(bytes, module, offset, count, look)
  for (let body = 0; body < module.bodies.length && !found; body++) {
    forEachInstruction(bytes, module, body, ({ info, values }) => {
      if (info.key === REF_FUNC) look(values[0]!)
    })
  }
  return found
}

function decoderAt(bytes: Uint8Array, module: WasmModule, offset: number, end = bytes.length): InstructionDecoder {
  const scope = { spaces: module, limits: NO_LIMITS, features: new FeatureLog(), typesInScope: module.types.length }
  return new InstructionDecoder(new ByteCursor(bytes, offset, end), scope)
}

function readExpression(decoder: InstructionDecoder, look: (index: number) => void): void {
  decoder.begin(0)
  while (decoder.open) {
    decoder.next()
    if (decoder.info.key === REF_FUNC) look(decoder.values[0]!)
  }
}

/** The segment was read before: nothing of it is checked again. See the reader for the meaning of the flags. */
function readSegment(bytes: Uint8Array, module: WasmModule, offset: number, count: number, look: (index: number) => void): void {
  const decoder = decoderAt(bytes, module, offset)
  const { cursor } = decoder
  const flags = readU32(cursor)
  if ((flags & 3) === 2) readU32(cursor)
  if ((flags & 1) === 0) readExpression(decoder, look)
  if ((flags & 3) !== 0) skipElementType(cursor, flags)
  readU32(cursor)
  for (let index = 0; index < count; index++) {
    if (flags & EXPRESSIONS) readExpression(decoder, look)
    else look(readU32(cursor))
  }
}

/** An element kind of one byte; or a reference type, whose heap type follows the prefixes 0x63 and 0x64. */
function skipElementType(cursor: ByteCursor, flags: number): void {
  const byte = cursor.readByte()
  if (flags & EXPRESSIONS && (byte === 0x63 || byte === 0x64)) readU32(cursor)
}
