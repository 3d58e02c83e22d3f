// The same run uses the same fuel on every engine and in every tier of it, to the unit, traps included.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KERNELS, kernelBytes } from '../../../bench/kernels/kernels.ts'
import { program } from '../../../fuzz/models/metering-programs.ts'
import { metered } from './support/metered.ts'

const COUNT = fileURLToPath(new URL('./support/count.mjs', import.meta.url))
const engine = (name: string) => fileURLToPath(new URL(`../../../node_modules/${name}/bin/node`, import.meta.url))

describe('fuel', () => {
  let folder: string
  let expected: string
  const counts = (binary: string, flags: readonly string[]): string =>
    execFileSync(binary, [...flags, COUNT, folder], { encoding: 'utf8' })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'metering-'))
    for (const kernel of KERNELS.slice(5)) writeFileSync(join(folder, `${kernel.name}.wasm`), metered(kernelBytes(kernel)))
    for (const [index, bytes] of fc.sample(program, { numRuns: 60, seed: 1 }).entries())
      writeFileSync(join(folder, `program-${index}.wasm`), metered(bytes))
    expected = counts(process.execPath, [])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is used at all', () => {
    const all = Object.values(JSON.parse(expected) as Record<string, string[]>)
    expect(all).toHaveLength(readdirSync(folder).length)
    const used = all.flat().map((line) => Number(line.split(': ')[1]))
    expect(Math.max(...used)).toBeGreaterThan(1e6)
    expect(new Set(used).size).toBeGreaterThan(50)
    expect(all.flat().some((line) => line.startsWith('trap'))).toBe(true)
  })

  it.each([
    ['the baseline compiler', process.execPath, ['--liftoff-only']],
    ['the optimising compiler', process.execPath, ['--no-liftoff']],
    ['Node 22', engine('node22'), []],
    ['Node 22, baseline compiler', engine('node22'), ['--liftoff-only']],
    ['Node 22, optimising compiler', engine('node22'), ['--no-liftoff']],
    ['Node 26', engine('node26'), []],
    ['Node 26, baseline compiler', engine('node26'), ['--liftoff-only']],
    ['Node 26, optimising compiler', engine('node26'), ['--no-liftoff']],
  ])('is the same with %s', (_, binary, flags) => {
    expect(JSON.parse(counts(binary, flags))).toEqual(JSON.parse(expected))
  })
})
