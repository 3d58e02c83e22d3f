// Programs around libraries: a library's exports take pointers, which only somebody inside its memory can pass. So a few lines of text format
// are linked to the library, as it comes, by binaryen's wasm-merge: a command that hands its input to the library and prints the answer.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { WASI_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { ERRNO } from '../../../src/sandbox/host/errno.ts'
import { type FunctionType, readModule } from '../../../src/wasm/index.ts'
import { wat } from '../../sandbox/support/wat.ts'

const MERGE = resolve(import.meta.dirname, '..', '..', '..', 'node_modules', 'binaryen', 'bin', 'wasm-merge')
const FEATURES = [
  'bulk-memory',
  'sign-ext',
  'nontrapping-float-to-int',
  'mutable-globals',
  'multivalue',
  'reference-types',
  'simd',
]

/** Links modules: each one's exports serve the imports of the others under its name. */
export function merge(parts: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const dir = mkdtempSync(join(tmpdir(), 'merge-'))
  try {
    const files = parts.flatMap(([name, bytes], index) => {
      const path = join(dir, `${index}.wasm`)
      writeFileSync(path, bytes)
      return [path, name]
    })
    const flags = FEATURES.map((name) => `--enable-${name}`)
    execFileSync(process.execPath, [MERGE, ...files, '--rename-export-conflicts', ...flags, '-o', join(dir, 'merged.wasm')])
    return new Uint8Array(readFileSync(join(dir, 'merged.wasm')))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const quote = (bytes: Uint8Array) => `"${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`

/**
 * A library, which keeps its memory, with a program over it.
 *
 * @param functions of the library: name in the driver, name of the export, type
 * @param texts in the driver; `$name` is its length as a constant, `(call $put_name (…))` writes it to an address and gives the address back
 * @param body of the export `run`; `$print` takes address and length, `$read` reads up to 65,520 bytes to `$input` and gives their number
 */
export function driven(
  library: Uint8Array,
  functions: readonly (readonly [name: string, exported: string, type: string])[],
  texts: Readonly<Record<string, string | Uint8Array>>,
  body: string,
): Uint8Array<ArrayBuffer> {
  const parts = Object.entries(texts).map(([name, text]) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    return `(data $${name} ${quote(bytes)})
      (global $${name} i32 (i32.const ${bytes.length}))
      (func $put_${name} (param $at i32) (result i32)
        (memory.init $${name} (local.get $at) (i32.const 0) (global.get $${name})) (local.get $at))`
  })
  const driver = `(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "library" "memory" (memory 1))
    ${functions.map(([name, exported, type]) => `(import "library" "${exported}" (func $${name} ${type}))`).join('\n')}
    (global $input (mut i32) (i32.const 0))
    ${parts.join('\n')}
    (func $print (param $at i32) (param $length i32) (local $scratch i32)
      (local.set $scratch (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
      (i32.store (local.get $scratch) (local.get $at))
      (i32.store offset=4 (local.get $scratch) (local.get $length))
      (drop (call $write (i32.const 1) (local.get $scratch) (i32.const 1) (i32.add (local.get $scratch) (i32.const 8)))))
    (func $read (result i32) (local $page i32)
      (local.set $page (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))
      (global.set $input (i32.add (local.get $page) (i32.const 16)))
      (i32.store (local.get $page) (global.get $input))
      (i32.store offset=4 (local.get $page) (i32.const 65520))
      (drop (call $fd_read (i32.const 0) (local.get $page) (i32.const 1) (i32.add (local.get $page) (i32.const 8))))
      (i32.load offset=8 (local.get $page)))
    (func (export "run") (local $at i32) (local $length i32) ${body}))`
  return merge([
    ['library', library],
    ['driver', wat(driver)],
  ])
}

/** The module with its imports of these names served by functions that answer `notsup`, and so no longer imported. */
export function withoutImports(module: Uint8Array, wanted: (name: string) => boolean): Uint8Array<ArrayBuffer> {
  const { imports, types } = readModule(module)
  const stubs = imports.flatMap(({ name, type }) => {
    if (type.kind !== 'function' || !wanted(name)) return []
    const { params, results } = types[type.typeIndex] as FunctionType
    return [`(func (export "${name}") (param ${params.join(' ')}) (result ${results.join(' ')}) (i32.const ${ERRNO.notsup}))`]
  })
  return merge([
    ['program', module],
    [WASI_MODULE, wat(`(module ${stubs.join('\n')})`)],
  ])
}
