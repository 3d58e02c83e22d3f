// The compute kernels: what each stresses, and the right answer of one round, which every contender has to give.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_DIR } from '../support/project.ts'

export interface Kernel {
  readonly name: string
  readonly kind: 'loops over arrays' | 'recursion' | 'bytes' | 'indirection'
  /** What `run(1)` gives, as an unsigned number; test/bench/kernels.test.ts works it out without WebAssembly. */
  readonly answer: number
}

export const KERNELS: readonly Kernel[] = [
  { name: 'gemm', kind: 'loops over arrays', answer: 3170520689 },
  { name: '2mm', kind: 'loops over arrays', answer: 2974885119 },
  { name: 'jacobi-2d', kind: 'loops over arrays', answer: 2930986245 },
  { name: 'floyd-warshall', kind: 'loops over arrays', answer: 1889152381 },
  { name: 'nussinov', kind: 'loops over arrays', answer: 3822812378 },
  { name: 'fib', kind: 'recursion', answer: 196418 },
  { name: 'ackermann', kind: 'recursion', answer: 509 },
  { name: 'tak', kind: 'recursion', answer: 7 },
  { name: 'sha256', kind: 'bytes', answer: 2796129663 },
  { name: 'lz', kind: 'bytes', answer: 43483 },
  { name: 'sieve', kind: 'bytes', answer: 78498 },
  { name: 'sort', kind: 'indirection', answer: 2831236967 },
  { name: 'dispatch', kind: 'indirection', answer: 1880841815 },
]

export const kernelBytes = ({ name }: Pick<Kernel, 'name'>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(PROJECT_DIR, 'bench', 'kernels', `${name}.wasm`)))
