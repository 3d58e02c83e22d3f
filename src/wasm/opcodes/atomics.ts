// Sub-opcodes of prefix 0xFE: atomic memory access, wait, notify and fence of the threads proposal.

import { type OpcodeRow, run } from './rows.ts'

/** Read-modify-write operations come in blocks of seven widths each. */
function readModifyWrite(first: number, operation: string): readonly OpcodeRow[] {
  const full = `i32.atomic.rmw.${operation} i64.atomic.rmw.${operation}`
  const narrow32 = `i32.atomic.rmw8.${operation}_u i32.atomic.rmw16.${operation}_u`
  const narrow64 = `i64.atomic.rmw8.${operation}_u i64.atomic.rmw16.${operation}_u i64.atomic.rmw32.${operation}_u`
  return run(first, `${full} ${narrow32} ${narrow64}`, ['memarg'], ['threads'])
}

export const ATOMICS: readonly OpcodeRow[] = [
  ...run(0x00, 'memory.atomic.notify memory.atomic.wait32 memory.atomic.wait64', ['memarg'], ['threads']),
  [0x03, 'atomic.fence', ['zero'], ['threads']],
  ...run(0x10, 'i32.atomic.load i64.atomic.load i32.atomic.load8_u i32.atomic.load16_u', ['memarg'], ['threads']),
  ...run(0x14, 'i64.atomic.load8_u i64.atomic.load16_u i64.atomic.load32_u', ['memarg'], ['threads']),
  ...run(0x17, 'i32.atomic.store i64.atomic.store i32.atomic.store8 i32.atomic.store16', ['memarg'], ['threads']),
  ...run(0x1b, 'i64.atomic.store8 i64.atomic.store16 i64.atomic.store32', ['memarg'], ['threads']),
  ...readModifyWrite(0x1e, 'add'),
  ...readModifyWrite(0x25, 'sub'),
  ...readModifyWrite(0x2c, 'and'),
  ...readModifyWrite(0x33, 'or'),
  ...readModifyWrite(0x3a, 'xor'),
  ...readModifyWrite(0x41, 'xchg'),
  ...readModifyWrite(0x48, 'cmpxchg'),
]
