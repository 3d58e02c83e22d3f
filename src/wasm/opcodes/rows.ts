// The shape of one row of the opcode table: what an instruction is called, what follows its opcode, which proposal brought it.

import type { Feature } from '../features.ts'

/**
 * What can follow an opcode, in the order of the bytes. Each kind names the index space or the form it belongs to:
 *
 * - `block-type`: empty, a value type, or a type index (s33)
 * - `label`: nesting depth counted outwards from the innermost open block
 * - `label-table`: `br_table`'s list of labels and its default label
 * - `catches`: `try_table`'s list of clauses
 * - `function` `local` `global` `table` `memory` `tag` `element` `data`: an index into that space
 * - `function-type` `struct-type` `array-type`: index of a type of that kind
 * - `field`: index of a field of the struct type just before it
 * - `memarg`: flags with alignment, optional memory index, offset (u64)
 * - `i32` `i64` `f32` `f64` `v128`: a constant
 * - `lane`: one byte; `lanes`: sixteen
 * - `value-types`: `select`'s list of result types
 * - `heap-type`: one heap type; `cast-flags`: nullability of both types of a cast branch
 * - `count`: number of operands of `array.new_fixed`
 * - `zero`: a reserved byte that must be 0
 */
export type Immediate =
  | 'block-type'
  | 'label'
  | 'label-table'
  | 'catches'
  | 'function'
  | 'struct-type'
  | 'array-type'
  | 'function-type'
  | 'local'
  | 'global'
  | 'table'
  | 'memory'
  | 'tag'
  | 'element'
  | 'data'
  | 'field'
  | 'memarg'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'v128'
  | 'lane'
  | 'lanes'
  | 'value-types'
  | 'heap-type'
  | 'cast-flags'
  | 'count'
  | 'zero'

/** Opcode or sub-opcode, name in the text format, immediates, features beyond the first version of WebAssembly. */
export type OpcodeRow = readonly [code: number, name: string, immediates?: readonly Immediate[], features?: readonly Feature[]]

/** Rows of consecutive opcodes that share their immediates and features. */
export function run(
  first: number,
  names: string,
  immediates: readonly Immediate[] = [],
  features: readonly Feature[] = [],
): readonly OpcodeRow[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name, index) => [first + index, name, immediates, features])
}
