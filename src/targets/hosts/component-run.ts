// A component made into JavaScript by jco and run on preview2-shim, with nothing granted but what the run says.
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type * as Jco from '@bytecodealliance/jco-transpile'
import type * as Tools from '@bytecodealliance/jco-transpile/wasm-tools'
import type * as Shim from '@bytecodealliance/preview2-shim'
import type * as Instantiation from '@bytecodealliance/preview2-shim/instantiation'
import { callFunction, type Ending, endingOf, resultOf } from '../ending.ts'
import type { TargetResult, TargetRun } from '../target.ts'
import type { Component } from './component.ts'
import type { Preopens } from './preopens.ts'

export interface Packages {
  readonly shim: typeof Shim
  readonly instantiation: typeof Instantiation
  readonly jco: typeof Jco
  readonly tools: typeof Tools
}

/** What jco writes: takes the core modules by their file names, and the imports; gives the exports. */
type Instantiate = (load: (file: string) => Promise<WebAssembly.Module>, imports: object) => Promise<Record<string, unknown>>

/** Output kept beyond the limit of the run, so that the oracles see that there was more. */
const MARGIN = 2 ** 21

export async function runComponent(
  packages: Packages,
  component: Component,
  run: TargetRun,
  preopens: Preopens,
): Promise<TargetResult> {
  const folder = await mkdtemp(join(preopens.folder, 'component-'))
  const end = async (ending: Ending): Promise<TargetResult> =>
    resultOf(ending, await written(folder, 'out', run), await written(folder, 'err', run))
  try {
    const instantiate = await transpiled(packages, component.bytes, folder).catch((error: unknown) => toolsRefusal(error))
    if (!(typeof instantiate === 'function')) return resultOf(instantiate)
    const load = async (file: string) => WebAssembly.compile(Uint8Array.from(await readFile(join(folder, basename(file)))))
    const exports = await instantiate(load, importsOf(packages, run, preopens, folder))
    if (component.calls === null) return await end(command(exports))
    let values: readonly string[] = []
    for (const { call, args } of component.calls) values = callFunction(exports as WebAssembly.Exports, nameInScript(call), args)
    return await end({ outcome: 'completed', detail: 'completed', exitCode: 0, values })
  } catch (error) {
    return await end(error instanceof GuestExit ? { outcome: 'exited', detail: 'exited', exitCode: error.code } : endingOf(error))
  }
}

/** The tools before the host do not take the module, in as many words as they have; the first line says what. */
export function toolsRefusal(error: unknown): Ending {
  const text = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, '; ').slice(0, 500) : 'a thrown value'
  return { outcome: 'refused', detail: 'not-a-component', messages: [text] }
}

async function transpiled({ jco }: Packages, component: Uint8Array, folder: string): Promise<Instantiate> {
  const options = {
    name: 'guest',
    instantiation: 'async',
    wasiShim: false,
    nodejsCompat: false,
    emitTypescriptDeclarations: false,
  } as const
  const { files } = await jco.transpileBytes(component, { ...options, base64Cutoff: 0 })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, basename(name)), bytes)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const { instantiate } = (await import(pathToFileURL(join(folder, 'guest.js')).href)) as { instantiate: Instantiate }
  return instantiate
}

/** The shim as its README shows it for guests that get nothing, with the output of the guest in files. */
function importsOf(
  { shim, instantiation }: Packages,
  { args = [], env = {} }: TargetRun,
  { paths }: Preopens,
  folder: string,
): object {
  const directory = shim.filesystem._createPreopenDescriptor(folder)
  const stream = (name: string) => directory.openAt({}, name, { create: true }, { read: true, write: true }).writeViaStream(0n)
  const stdout = { getStdout: () => stream('out') }
  const stderr = { getStderr: () => stream('err') }
  const sandbox = { preopens: paths, env: { ...env }, args: ['guest', ...args], enableNetwork: false }
  return new instantiation.WASIShim({ cli: { ...shim.cli, exit, stdout, stderr }, sandbox }).getImportObject()
}

/** Thrown in place of the shim's own `process.exit`, which ends the embedder with the guest. */
class GuestExit extends Error {
  readonly code: number
  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

const exit = {
  exit(status: { readonly tag: string }): never {
    throw new GuestExit(status.tag === 'err' ? 1 : 0)
  },
  exitWithCode(code: number): never {
    throw new GuestExit(code)
  },
}

function command(exports: Record<string, unknown>): Ending {
  ;(exports['run'] as { run(): void }).run()
  return { outcome: 'completed', detail: 'completed', exitCode: 0 }
}

/** `get-all` is `getAll` in the JavaScript that jco writes. */
const nameInScript = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

async function written(folder: string, name: string, { limits }: TargetRun): Promise<Uint8Array> {
  const path = join(folder, name)
  return existsSync(path) ? (await readFile(path)).subarray(0, limits.outputBytes + MARGIN) : new Uint8Array()
}
