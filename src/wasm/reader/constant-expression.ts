// Constant expressions: the few instructions that may initialise globals, tables and segments (section 3.4.13).

import { MalformedModule } from '../errors.ts'
import type { InstructionDecoder } from '../instructions.ts'
import type { ByteRange } from '../module.ts'
import type { Reading } from './draft.ts'

const GLOBAL_GET = 0x23

/** Reads up to and including the expression's `end` and returns its bytes' place. */
export function readConstantExpression(reading: Reading): ByteRange {
  const offset = reading.at
  const { decoder } = reading
  decoder.begin(0)
  while (decoder.open) {
    decoder.readOpcode()
    const { constant } = decoder.info
    if (constant === false) {
      throw new MalformedModule('constant-expression', decoder.offset, 'an instruction is not allowed in a constant expression')
    }
    decoder.readImmediates()
    if (constant !== 'always') reading.features.note(constant, decoder.offset)
    if (decoder.info.key === GLOBAL_GET) checkGlobal(reading, decoder)
  }
  return { offset, size: reading.at - offset }
}

/** Only globals that already have their value and keep it are constant; before GC only imported ones were. */
function checkGlobal({ draft, features }: Reading, decoder: InstructionDecoder): void {
  const global = draft.globals[decoder.values[0]!]!
  if (global.mutable) {
    throw new MalformedModule('constant-expression', decoder.offset, 'a constant expression reads a mutable global')
  }
  if (!global.imported) features.note('gc', decoder.offset)
}
