// The compute kernels do what they say: a benchmark of a wrong computation measures nothing.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KERNELS, kernelBytes } from '../../bench/kernels/kernels.ts'
import { PROJECT_DIR } from '../../bench/support/project.ts'
import { REFERENCE } from './reference.ts'

describe('kernels', () => {
  it.each(KERNELS)('$name gives what the same computation gives without WebAssembly', (kernel) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes(kernel)))
    const run = exports['run'] as (rounds: number) => number
    expect(run(1) >>> 0).toBe(REFERENCE.get(kernel.name)!())
    expect(run(1) >>> 0).toBe(kernel.answer)
    // Each round does its work anew, and all of them count.
    expect(run(3) >>> 0).toBe(Math.imul(kernel.answer, 31 * 31 + 31 + 1) >>> 0)
  })

  it('each source has its module and its answer', () => {
    const files = readdirSync(join(PROJECT_DIR, 'bench', 'kernels'))
    const names = (extension: string) =>
      files.filter((file) => file.endsWith(extension)).map((file) => file.slice(0, -extension.length))
    expect(names('.wasm')).toEqual(names('.c'))
    expect(KERNELS.map(({ name }) => name).sort()).toEqual(names('.c').sort())
  })
})
