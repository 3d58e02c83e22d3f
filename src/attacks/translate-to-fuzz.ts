// Whole modules out of random bytes, by the fuzzer that is part of binaryen: `wasm-opt -ttf`, run in this process over and over, because starting a
// process for each takes fifty times as long. The JavaScript interface of binaryen does not have it; its command line tool is one file of JavaScript.
import fs, { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'

/** What wasm-opt could not do with the input; its own first words. */
export class TranslateError extends Error {
  override readonly name = 'TranslateError'
}

/** The features that our profiles admit, by binaryen's names: with all features it writes modules that no engine takes. */
const FEATURES = [
  '--mvp-features',
  '--enable-mutable-globals',
  '--enable-sign-ext',
  '--enable-nontrapping-float-to-int',
  '--enable-multivalue',
  '--enable-bulk-memory',
  '--enable-bulk-memory-opt',
  '--enable-reference-types',
  '--enable-simd',
  '--enable-tail-call',
  '--enable-extended-const',
] as const
/** The end of the tool's file, which starts it and forgets the promise. */
const START = 'createWasm().then(()=>run());'

type Started = (
  Module: object,
  require: (id: string) => unknown,
  filename: string,
  directory: string,
  process: object,
  console: object,
  module: object,
) => Promise<void>

let tool: { readonly start: Started; readonly path: string; module: WebAssembly.Module | null } | undefined

function loadTool() {
  if (tool) return tool
  const require = createRequire(import.meta.url)
  const path = join(dirname(require.resolve('binaryen')), 'bin', 'wasm-opt')
  const source = readFileSync(path, 'utf8')
    .replace(/^#!.*\n/, '')
    .trimEnd()
  if (!source.endsWith(START)) throw new TranslateError('wasm-opt of this binaryen is written otherwise than expected')
  const body = `${source.slice(0, -START.length)}Module.binary=findWasmBinary;return ${START}`
  // The same names that a module of Node has, so that each run is a tool of its own with its own arguments.
  const names = ['Module', 'require', '__filename', '__dirname', 'process', 'console', 'module']
  tool = { start: compileFunction(body, names) as Started, path, module: null }
  return tool
}

/** Runs wasm-opt with these arguments. @throws {TranslateError} */
async function wasmOpt(args: readonly string[]): Promise<void> {
  const loaded = loadTool()
  const said: string[] = []
  const Module = {
    binary: (): Uint8Array<ArrayBuffer> => new Uint8Array(),
    // The tool's own WebAssembly, five megabytes of it, is compiled once.
    instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      loaded.module ??= new WebAssembly.Module(Module.binary())
      done(new WebAssembly.Instance(loaded.module, imports))
    },
    print: (text: string) => void said.push(text),
    printErr: (text: string) => void said.push(text),
  }
  const { versions, platform } = process
  const binding = () => ({ ...fs.constants, fs: fs.constants })
  const own = { argv: ['node', 'wasm-opt', ...args], versions, platform, binding, exitCode: 0, cwd: () => '/', on: () => {} }
  const say = { log: Module.print, error: Module.printErr, warn: Module.printErr, debug: () => {} }
  // It writes to the streams of this process by their numbers, past everything else.
  const writeSync = (fd: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset, position?: number) => {
    if (fd > 2) return fs.writeSync(fd, bytes, offset, length, position)
    said.push(Buffer.from(bytes.subarray(offset, offset + length)).toString())
    return length
  }
  const require = createRequire(loaded.path)
  const given = (id: string) => (id === 'node:fs' || id === 'fs' ? { ...fs, writeSync } : require(id))
  let thrown: unknown = null
  try {
    await loaded.start(Module, given, loaded.path, dirname(loaded.path), own, say, {})
  } catch (error) {
    thrown = error
  }
  // The way out of the tool's main function is an exception too, which it catches itself.
  if (thrown !== null || own.exitCode !== 0)
    throw new TranslateError(`wasm-opt ended with ${own.exitCode}: ${[...said, String(thrown ?? '')].join(' ').slice(0, 200)}`)
}

/**
 * A valid module that the bytes stand for, which keeps the imports and exports of `seed` and uses them.
 *
 * @param bytes what binaryen's fuzzer takes its decisions from; equal bytes give equal modules
 * @throws {TranslateError} if binaryen makes nothing of them
 */
export async function moduleFromBytes(bytes: Uint8Array, seed: Uint8Array): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-ttf-'))
  try {
    const [input, initial, output] = ['input', 'seed.wasm', 'output.wasm'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(input, bytes)
    writeFileSync(initial, seed)
    await wasmOpt([
      '--quiet',
      '-ttf',
      input,
      `--initial-fuzz=${initial}`,
      '--fuzz-preserve-imports-exports',
      ...FEATURES,
      '-o',
      output,
    ])
    return Uint8Array.from(readFileSync(output))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
