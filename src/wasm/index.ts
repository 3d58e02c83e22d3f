// The binary format of WebAssembly: a strict reader, its data, the opcode table, and a writer. Knows no policy.

export { ByteCursor } from './cursor.ts'
export * from './errors.ts'
export { FEATURES, type Feature } from './features.ts'
export { isAnyReferenced } from './function-references.ts'
export {
  decoderOfBody,
  forEachInstruction,
  functionTypeOfBody,
  type Instruction,
} from './instructions.ts'
export { forEachLabel } from './labels.ts'
export * as leb128 from './leb128.ts'
export { DEFAULT_READER_LIMITS, type ReaderLimits } from './limits.ts'
export * from './module.ts'
export { findOpcode, type Immediate, isPrefix, OPCODES, type OpcodeInfo, PREFIXES } from './opcodes.ts'
export { readHeader, readModule } from './reader/read-module.ts'
export * from './rewrite.ts'
export * from './types.ts'
export * as writer from './writer.ts'
