// Decoding instructions, one at a time and without allocating, driven by the opcode table (section 5.4).

import { BlockStack } from './block-stack.ts'
import { ByteCursor } from './cursor.ts'
import { MalformedModule } from './errors.ts'
import { FeatureLog } from './features.ts'
import { readImmediate } from './immediates.ts'
import { readU32 } from './leb128.ts'
import { NO_LIMITS } from './limits.ts'
import type { WasmModule } from './module.ts'
import { findOpcode, isPrefix, OPCODES, type OpcodeInfo } from './opcodes.ts'
import type { Scope } from './scope.ts'
import type { FunctionType } from './types.ts'

/** Most immediates of one instruction (`br_on_cast`). */
const MAX_IMMEDIATES = 4

/**
 * The instruction that a decoder stands on. It is one object, overwritten by the next instruction: copy what you keep.
 */
export interface Instruction {
  readonly info: OpcodeInfo
  /** Byte offset of the opcode. */
  readonly offset: number
  /** Byte offset behind the last immediate. */
  readonly end: number
  /** Blocks open around the instruction, the body itself included; for `else`, `catch`, `end`: with the block they belong to. */
  readonly depth: number
  /**
   * Value of immediate `i` of `info.immediates`: the index, label, lane, flags, number of list entries, or memory offset.
   * `block-type`: the type index, or the type's byte minus 128 (-64 for no result). `heap-type`: the index, or byte minus 128.
   * `i64`: NaN if encoded in more than 7 bytes (read it with `readS64` at `starts[i]`). `f32`, `f64`, `v128`, `lanes`: NaN.
   */
  readonly values: Float64Array
  /** Byte offset of immediate `i`. */
  readonly starts: Float64Array
  /** Memory index of a `memarg`. */
  readonly memory: number
  /** Alignment of a `memarg`, as the exponent of 2. */
  readonly align: number
}

/** Decodes and checks the instructions of function bodies and constant expressions. */
export class InstructionDecoder implements Instruction {
  readonly cursor: ByteCursor
  readonly scope: Scope
  readonly blocks: BlockStack
  readonly values = new Float64Array(MAX_IMMEDIATES)
  readonly starts = new Float64Array(MAX_IMMEDIATES)
  info: OpcodeInfo = OPCODES[0]!
  offset = 0
  end = 0
  depth = 0
  memory = 0
  align = 0
  /** Parameters and locals of the function. */
  localCount = 0

  constructor(cursor: ByteCursor, scope: Scope) {
    this.cursor = cursor
    this.scope = scope
    this.blocks = new BlockStack()
  }

  /** Prepares for a sequence of instructions that ends with its own `end`. */
  begin(localCount: number): void {
    this.localCount = localCount
    this.blocks.reset()
  }

  /** Whether the sequence's own `end` has not been read yet. */
  get open(): boolean {
    return this.blocks.depth > 0
  }

  /** Decodes the next instruction. */
  next(): void {
    this.readOpcode()
    this.readImmediates()
  }

  /** First half of `next`: finds out which instruction it is. */
  readOpcode(): void {
    const { cursor } = this
    this.offset = cursor.position
    this.depth = this.blocks.depth
    const byte = cursor.readByte()
    const info = isPrefix(byte) ? findOpcode(byte, readU32(cursor)) : findOpcode(0, byte)
    if (info === undefined) throw new MalformedModule('unknown-opcode', this.offset, 'an opcode is not known')
    this.info = info
  }

  /** Second half of `next`: reads the immediates and follows the block structure. */
  readImmediates(): void {
    const { immediates, features } = this.info
    for (let slot = 0; slot < immediates.length; slot++) {
      this.starts[slot] = this.cursor.position
      this.values[slot] = readImmediate(this, immediates[slot]!, slot)
    }
    for (let index = 0; index < features.length; index++) this.scope.features.note(features[index]!, this.offset)
    if (this.info.prefix === 0) this.blocks.follow(this.info.code, this.offset)
    this.end = this.cursor.position
  }
}

/**
 * Calls `visit` for each instruction of a body, in order, its final `end` included. `bytes` must be the bytes that the module
 * was read from; everything is checked again, so other bytes lead to `MalformedModule` and never to a wrong index.
 */
export function forEachInstruction(
  bytes: Uint8Array,
  module: WasmModule,
  bodyIndex: number,
  visit: (instruction: Instruction) => void,
): void {
  const decoder = decoderOfBody(bytes, module, bodyIndex)
  while (decoder.open) {
    decoder.next()
    visit(decoder)
  }
}

/** The same for a reader that asks for the next instruction itself: call `next` as long as it is `open`. */
export function decoderOfBody(bytes: Uint8Array, module: WasmModule, bodyIndex: number): InstructionDecoder {
  const body = module.bodies[bodyIndex]
  if (body === undefined) throw new RangeError('There is no function body with this index.')
  const cursor = new ByteCursor(bytes, body.codeOffset, body.offset + body.size)
  const scope = { spaces: module, limits: NO_LIMITS, features: new FeatureLog(), typesInScope: module.types.length }
  const decoder = new InstructionDecoder(cursor, scope)
  decoder.begin(functionTypeOfBody(module, bodyIndex).params.length + body.declaredLocals)
  return decoder
}

/** The type of the function that a body belongs to. */
export function functionTypeOfBody(module: WasmModule, bodyIndex: number): FunctionType {
  return module.types[module.functionTypeIndices[module.importCounts.function + bodyIndex]!] as FunctionType
}
