// Sub-opcodes of prefix 0xFC: saturating truncation, bulk memory and table operations.

import { type OpcodeRow, run } from './rows.ts'

export const BULK: readonly OpcodeRow[] = [
  ...run(
    0,
    `i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u
     i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u`,
    [],
    ['saturating-float-to-int'],
  ),
  [8, 'memory.init', ['data', 'memory'], ['bulk-memory']],
  [9, 'data.drop', ['data'], ['bulk-memory']],
  [10, 'memory.copy', ['memory', 'memory'], ['bulk-memory']],
  [11, 'memory.fill', ['memory'], ['bulk-memory']],
  [12, 'table.init', ['element', 'table'], ['bulk-memory']],
  [13, 'elem.drop', ['element'], ['bulk-memory']],
  [14, 'table.copy', ['table', 'table'], ['bulk-memory']],
  ...run(15, 'table.grow table.size table.fill', ['table'], ['reference-types']),
]
