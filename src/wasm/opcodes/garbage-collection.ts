// Sub-opcodes of prefix 0xFB: structs, arrays, casts and i31 references.

import { type OpcodeRow, run } from './rows.ts'

export const GARBAGE_COLLECTION: readonly OpcodeRow[] = [
  ...run(0, 'struct.new struct.new_default', ['struct-type'], ['gc']),
  ...run(2, 'struct.get struct.get_s struct.get_u struct.set', ['struct-type', 'field'], ['gc']),
  ...run(6, 'array.new array.new_default', ['array-type'], ['gc']),
  [8, 'array.new_fixed', ['array-type', 'count'], ['gc']],
  [9, 'array.new_data', ['array-type', 'data'], ['gc']],
  [10, 'array.new_elem', ['array-type', 'element'], ['gc']],
  ...run(11, 'array.get array.get_s array.get_u array.set', ['array-type'], ['gc']),
  [15, 'array.len', [], ['gc']],
  [16, 'array.fill', ['array-type'], ['gc']],
  [17, 'array.copy', ['array-type', 'array-type'], ['gc']],
  [18, 'array.init_data', ['array-type', 'data'], ['gc']],
  [19, 'array.init_elem', ['array-type', 'element'], ['gc']],
  // The text format has one name for each pair; the second of a pair takes a nullable type.
  ...run(20, 'ref.test ref.test ref.cast ref.cast', ['heap-type'], ['gc']),
  ...run(24, 'br_on_cast br_on_cast_fail', ['cast-flags', 'label', 'heap-type', 'heap-type'], ['gc']),
  ...run(26, 'any.convert_extern extern.convert_any ref.i31 i31.get_s i31.get_u', [], ['gc']),
]
