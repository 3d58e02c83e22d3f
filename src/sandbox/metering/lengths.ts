// The type of the length that a bulk instruction takes from the top of the stack.
import type { WasmModule } from '../../wasm/index.ts'
import type { AddressType } from './additions.ts'

const MEMORY_COPY = 0xfc_000a
const MEMORY_FILL = 0xfc_000b
const TABLE_COPY = 0xfc_000e
const TABLE_GROW = 0xfc_000f
const TABLE_FILL = 0xfc_0011
const MEMORY_GROW = 0x40

/** @param values the instruction's first two immediates */
export function addressOfLength({ memories, tables }: WasmModule, key: number, [a, b]: readonly [number, number]): AddressType {
  const of = (...wide: readonly boolean[]): AddressType => (wide.every(Boolean) ? 'i64' : 'i32')
  switch (key) {
    case MEMORY_FILL:
    case MEMORY_GROW:
      return of(memories[a]!.limits.is64)
    case TABLE_FILL:
    case TABLE_GROW:
      return of(tables[a]!.limits.is64)
    // Between a 32-bit and a 64-bit one the length is of 32 bits (core specification 3.3).
    case MEMORY_COPY:
      return of(memories[a]!.limits.is64, memories[b]!.limits.is64)
    case TABLE_COPY:
      return of(tables[a]!.limits.is64, tables[b]!.limits.is64)
    // Offsets into segments and indices of arrays have 32 bits.
    default:
      return 'i32'
  }
}
