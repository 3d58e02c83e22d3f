// Modules that binaryen's fuzzer makes of random bytes, with every feature that it knows: proven, valid, and the same to whoever calls them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { METERING_EXPORTS } from '../../../src/sandbox/metering/names.ts'
import { type Feature, readModule, replaceSections } from '../../../src/wasm/index.ts'
import { metered, PLENTY } from './support/metered.ts'

const WASM_OPT = fileURLToPath(new URL('../../../node_modules/.bin/wasm-opt', import.meta.url))
const FLAGS =
  'simd exception-handling tail-call gc reference-types bulk-memory multivalue sign-ext nontrapping-float-to-int mutable-globals multimemory memory64 extended-const'
    .split(' ')
    .map((feature) => `--enable-${feature}`)

function generated(count: number): Uint8Array<ArrayBuffer>[] {
  const folder = mkdtempSync(join(tmpdir(), 'metering-'))
  try {
    const inputs = fc.sample(fc.uint8Array({ minLength: 3000, maxLength: 9000, size: 'max' }), { numRuns: count, seed: 7 })
    return inputs.map((input, index) => {
      const [from, to] = [join(folder, `${index}`), join(folder, `${index}.wasm`)]
      writeFileSync(from, input)
      execFileSync(WASM_OPT, [from, '-ttf', ...FLAGS, '-o', to], { stdio: 'pipe' })
      const bytes = readFileSync(to)
      // A start function would run before there is any fuel; admission takes it out too.
      return new Uint8Array(replaceSections(bytes, readModule(bytes), new Map([[8, null]])))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Calls every exported function that takes no references, in order, with zeros, and keeps what comes back. */
function behaviour(bytes: Uint8Array<ArrayBuffer>): string[] {
  const module = new WebAssembly.Module(bytes)
  const log: string[] = []
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {}
    if (kind === 'function') imports[from][name] = (...values: unknown[]) => void log.push(`${name}(${values.map(shown).join()})`)
    else if (kind === 'tag') imports[from][name] = new WebAssembly.Tag({ parameters: [] })
  }
  let exports: WebAssembly.Exports
  try {
    exports = new WebAssembly.Instance(module, imports).exports
  } catch (error) {
    return [`no instance: ${(error as Error).name}`]
  }
  const fuel = exports[METERING_EXPORTS.fuel] as (WebAssembly.Global & { value: bigint }) | undefined
  if (fuel) fuel.value = PLENTY
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== 'function') continue
    try {
      log.push(`${name}: ${shown((value as (...zeros: never[]) => unknown)())}`)
    } catch (error) {
      log.push(`${name}: ${(error as Error).constructor.name} ${error instanceof WebAssembly.RuntimeError ? error.message : ''}`)
    }
  }
  return log
}
const shown = (value: unknown): string =>
  typeof value === 'object' || typeof value === 'function' ? typeof value : String(value)

describe('generated modules', () => {
  const modules = generated(16)

  it('use the features that metering has to know', () => {
    const used = new Set(modules.flatMap((bytes) => [...readModule(bytes).features.keys()]))
    const wanted: Feature[] = ['simd', 'gc', 'exceptions', 'tail-call', 'memory64', 'bulk-memory', 'typed-function-references']
    expect(wanted.filter((feature) => !used.has(feature))).toEqual([])
  })

  it.each(modules.map((bytes, index) => [index, bytes] as const))('%i is proven and does what it did', (_, bytes) => {
    expect(WebAssembly.validate(bytes)).toBe(true)
    const before = behaviour(bytes)
    for (const wanted of [{}, { slack: 0 }, { depth: true }]) {
      const written = metered(bytes, wanted)
      expect(WebAssembly.validate(written)).toBe(true)
      if (!('depth' in wanted)) expect(behaviour(written)).toEqual(before)
    }
    expect(before.length).toBeGreaterThan(0)
  })
})
