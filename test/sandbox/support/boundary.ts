// Pointers around the edges of a 64 KiB memory, and what they mean for an object of a given size.
import { PAGE } from './calls.ts'

/** Every pointer at which nothing of `bytes` (at least 1) bytes fits; numbers as the engine hands them over, so signed ones too (MEM-01). */
export const badPointers = (bytes: number): number[] => [
  PAGE - bytes + 1,
  PAGE - 1 + (bytes === 1 ? 1 : 0),
  PAGE,
  PAGE + 1,
  2 ** 31,
  2 ** 31 - 1,
  2 ** 32 - 1,
  2 ** 32 - bytes,
  -1,
  -bytes,
  -(2 ** 31),
]

/** Pointers at which it just fits. */
export const goodPointers = (bytes: number): number[] => [0, 1, PAGE - bytes]
