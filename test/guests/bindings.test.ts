// The bindings say what the ABI table says.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { calls } from '../../examples/guests/bindings/model.ts'
import { bindings } from '../../examples/guests/bindings.ts'
import { ABI, NATIVE_MODULE } from '../../src/sandbox/host/abi/index.ts'
import { type FunctionType, readModule } from '../../src/wasm/index.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const GUESTS = join(ROOT, 'examples', 'guests')
const NATIVE = ABI.filter((entry) => entry.module === NATIVE_MODULE)

it.each([...bindings()])('%s is what examples/guests/bindings.ts writes', (path, text) => {
  expect(readFileSync(join(GUESTS, path), 'utf8')).toBe(text)
})

it.each([...bindings()].filter(([path]) => !path.includes('wasi')))('%s names every call of the namespace', (_, text) => {
  const missing = NATIVE.filter(({ name }) => !new RegExp(`(?:\\b|gauntlet_)${name}\\b`).test(text))
  expect(missing.map(({ name }) => name)).toEqual([])
})

it('what AssemblyScript makes of its binding has the signatures of the table', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bindings-'))
  try {
    copyFileSync(join(GUESTS, 'assemblyscript', `${NATIVE_MODULE}.ts`), join(dir, `${NATIVE_MODULE}.ts`))
    const uses = calls.map(({ name, parameters }) => `native.${name}(${parameters.map(() => '0').join(', ')})\n`)
    writeFileSync(join(dir, 'every.ts'), `import * as native from './${NATIVE_MODULE}'\n${uses.join('')}`)
    const compiler = join(ROOT, 'node_modules', 'assemblyscript', 'bin', 'asc.js')
    execFileSync(process.execPath, [compiler, 'every.ts', '--runtime', 'stub', '--outFile', 'every.wasm'], { cwd: dir })
    const { imports, types } = readModule(readFileSync(join(dir, 'every.wasm')))
    const found = imports.map(({ module, name, type }) => {
      if (type.kind !== 'function') return `${module} ${name}: no function`
      const { params, results } = types[type.typeIndex] as FunctionType
      return `${module} ${name}: ${params} -> ${results}`
    })
    const wanted = NATIVE.map(({ module, name, parameters }) => `${module} ${name}: ${parameters.map((p) => p.type)} -> i32`)
    expect(found.sort()).toEqual(wanted.sort())
  } finally {
    rmSync(dir, { recursive: true })
  }
})
