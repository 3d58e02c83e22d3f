// Real modules, of up to ten megabytes: those that installed packages ship as files, and those that binaryen and wabt carry inside.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile, interfaceDifference } from '../../src/oracles/engine-agreement.ts'
import { forEachInstruction, readModule } from '../../src/wasm/index.ts'

/** Loads a package and returns the bytes of the modules that it instantiates meanwhile. */
async function modulesOf(load: () => Promise<unknown>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  const original = WebAssembly.instantiate
  const spy = (source: unknown, ...rest: unknown[]) => {
    if (source instanceof Uint8Array) found.push(Uint8Array.from(source))
    else if (source instanceof ArrayBuffer) found.push(new Uint8Array(source.slice(0)))
    return (original as (...all: unknown[]) => unknown)(source, ...rest)
  }
  WebAssembly.instantiate = spy as typeof WebAssembly.instantiate
  try {
    await load()
  } finally {
    WebAssembly.instantiate = original
  }
  return found
}

function checkAgainstEngine(bytes: Uint8Array): void {
  const compiled = compile(bytes)
  const read = readModule(bytes)
  expect(compiled).toBeInstanceOf(WebAssembly.Module)
  expect(interfaceDifference(read, compiled as WebAssembly.Module)).toBeUndefined()
  expect(read.bodies.length).toBeGreaterThan(0)
  // Going through a body again must give what the first pass measured.
  const last = read.bodies.length - 1
  let count = 0
  forEachInstruction(bytes, read, last, () => count++)
  expect(count).toBe(read.bodies[last]!.instructionCount)
}

it('inside binaryen', async () => {
  const found = await modulesOf(() => import('binaryen'))
  expect(found.length).toBe(1)
  found.forEach(checkAgainstEngine)
})

it('inside wabt', async () => {
  const found = await modulesOf(async () => (await import('wabt')).default())
  expect(found.length).toBe(1)
  found.forEach(checkAgainstEngine)
})

it('shipped as files (there may be none)', () => {
  for (const path of wasmFiles('node_modules', 6)) {
    const bytes = readFileSync(path)
    const compiled = compile(bytes)
    if (!(compiled instanceof WebAssembly.Module)) continue
    expect([path, interfaceDifference(readModule(bytes), compiled)]).toEqual([path, undefined])
  }
})

function wasmFiles(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return depth > 0 ? wasmFiles(path, depth - 1) : []
    return entry.isFile() && entry.name.endsWith('.wasm') ? [path] : []
  })
}
