// A module made into a component, as far as that is possible: what it imports from WASI preview 1 through an adapter, and its calls as functions of a world.
import type * as Tools from '@bytecodealliance/jco-transpile/wasm-tools'
import { type FunctionType, readModule, type ValueType, type WasmModule } from '../../wasm/index.ts'
import type { CallStep, TargetRun } from '../target.ts'

/** The module has no equal among components; the message says why. */
export class NotAComponent extends Error {
  override readonly name = 'NotAComponent'
}

export interface Adapters {
  readonly command: Uint8Array
  readonly reactor: Uint8Array
}

export interface Component {
  readonly bytes: Uint8Array
  /** What to call on it, by the names that its JavaScript has; null for a command, which is run. */
  readonly calls: readonly CallStep[] | null
}

const PREVIEW1 = 'wasi_snapshot_preview1'
/** Names of the interface language. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/
const WIT_TYPE: ReadonlyMap<ValueType, string> = new Map<ValueType, string>([
  ['i32', 's32'],
  ['i64', 's64'],
  ['f32', 'f32'],
  ['f64', 'f64'],
])

/** @throws {NotAComponent}; {Error} if the tools refuse the module */
export async function componentOf(tools: typeof Tools, run: TargetRun, adapters: Adapters | null): Promise<Component> {
  const bytes = Uint8Array.from(run.module)
  // Also by our own reader, which must not decide anything here: what it cannot read, the tools are asked about.
  const module = read(bytes)
  if (module === null) return { bytes: await tools.componentNew(bytes, []), calls: [] }
  const exported = new Set(module.exports.flatMap(({ name, kind }) => (kind === 'function' ? [name] : [])))
  const isCommand = run.calls === undefined && exported.has('_start')
  const wantsWasi = isCommand || module.imports.some((entry) => entry.module === PREVIEW1)
  if (wantsWasi && adapters === null) throw new NotAComponent('the adapter from WASI preview 1 is not installed')
  if (isCommand) return { bytes: await tools.componentNew(bytes, [[PREVIEW1, adapters!.command]]), calls: null }
  const entry = ['run', 'main'].find((name) => exported.has(name))
  const calls = run.calls ?? (entry === undefined ? [] : [{ call: entry }])
  const binary = await tools.componentEmbed({ binary: bytes, witSource: worldOf(module, calls), world: 'guest' })
  return { bytes: await tools.componentNew(binary, wantsWasi ? [[PREVIEW1, adapters!.reactor]] : []), calls }
}

function read(bytes: Uint8Array): WasmModule | null {
  try {
    return readModule(bytes)
  } catch {
    return null
  }
}

function typeOf(module: WasmModule, name: string): FunctionType | null {
  const found = module.exports.find((entry) => entry.name === name && entry.kind === 'function')
  return found ? (module.types[module.functionTypeIndices[found.index]!] as FunctionType) : null
}

/** A world that exports what is called, with the types of the module's own functions. */
function worldOf(module: WasmModule, calls: readonly CallStep[]): string {
  const functions = [...new Set(calls.map(({ call }) => call))].map((name) => {
    if (!NAME.test(name)) throw new NotAComponent('names of functions in a component are words of small letters with hyphens')
    const type = typeOf(module, name)
    if (type === null) throw new NotAComponent(`the module has no function ${name} to call`)
    const [parameters, results] = [type.params, type.results].map((list) => list.map((one) => WIT_TYPE.get(one)))
    if (parameters!.includes(undefined) || results!.includes(undefined) || results!.length > 1)
      throw new NotAComponent('functions in a component have numbers as parameters and one at most as a result')
    const result = results!.length === 0 ? '' : ` -> ${results![0]}`
    return `export ${name}: func(${parameters!.map((one, index) => `p${index}: ${one}`).join(', ')})${result};`
  })
  return `package gauntlet:guest; world guest { ${functions.join(' ')} }`
}
