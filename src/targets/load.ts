// Turns what a person writes after `--target` into a Target. Called inside the chamber only: a target's module is never loaded elsewhere.
import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GUEST_LANGUAGES, type OfferedFunction, type Target, UNENFORCED, WITHHELD } from './target.ts'

/** The target cannot be used; the message says which, why, and what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
}

/** Targets that come with the project: the module's path below the sources, and how its default export is called. */
const BUILT_IN = new Map<string, { readonly module: string; readonly argument: string | null }>([
  ['jail', { module: 'targets/sandbox', argument: 'jail' }],
  ['inline', { module: 'targets/sandbox', argument: 'inline' }],
  ['bare', { module: 'targets/bare', argument: null }],
  ['node:wasi', { module: 'targets/hosts/node-wasi', argument: null }],
  ['browser_wasi_shim', { module: 'targets/hosts/browser-wasi-shim', argument: null }],
  ['extism', { module: 'targets/hosts/extism', argument: 'extism' }],
  ['extism2', { module: 'targets/hosts/extism', argument: 'extism2' }],
  ['extism2-worker', { module: 'targets/hosts/extism', argument: 'extism2-worker' }],
  ['quickjs-wasi', { module: 'targets/hosts/quickjs-wasi', argument: null }],
  ['preview2-shim', { module: 'targets/hosts/preview2-shim', argument: null }],
])

export const BUILT_IN_TARGETS: readonly string[] = [...BUILT_IN.keys()]

export interface LoadOptions {
  /** Folder that holds `targets/`: the project's `src` or `dist`. Default: the one that this file is in. A weakened copy has its own. */
  readonly sources?: string
  /** Folder against which a path is resolved. Default: the working directory. */
  readonly base?: string
}

const OWN_SOURCES = resolve(import.meta.dirname, '..')

/**
 * Makes a specifier independent of the working directory: a built-in name stays as it is, a path becomes absolute.
 * Throws TargetError if it is neither.
 */
export function resolveTarget(specifier: string, base: string = process.cwd()): string {
  if (BUILT_IN.has(specifier)) return specifier
  const path = isAbsolute(specifier) ? specifier : resolve(base, specifier)
  if (!existsSync(path)) {
    throw new TargetError(
      `there is no target ${JSON.stringify(specifier)}: use one of ${BUILT_IN_TARGETS.join(', ')}, or the path of an adapter file (${path} does not exist)`,
    )
  }
  if (!/\.[mc]?[jt]s$/.test(path)) {
    throw new TargetError(
      `the adapter ${path} is not a JavaScript or TypeScript file: name a .js, .mjs, .cjs, .ts, .mts or .cts file`,
    )
  }
  return path
}

/** A weakened copy holds TypeScript even where this file runs compiled. */
function sourcePath(sources: string, module: string): string {
  const typescript = join(sources, `${module}.ts`)
  return existsSync(typescript) ? typescript : join(sources, `${module}.js`)
}

/** Loads the module and takes its default export: a Target, or a function that returns one. Throws TargetError. */
export async function loadTarget(specifier: string, options: LoadOptions = {}): Promise<Target> {
  const builtIn = BUILT_IN.get(specifier)
  const path = builtIn ? sourcePath(options.sources ?? OWN_SOURCES, builtIn.module) : resolveTarget(specifier, options.base)
  const exported = await importDefault(specifier, path)
  const target =
    typeof exported === 'function' ? await callFactory(specifier, path, exported, builtIn?.argument ?? null) : exported
  return checkTarget(target, path)
}

async function importDefault(specifier: string, path: string): Promise<unknown> {
  try {
    const namespace = (await import(pathToFileURL(path).href)) as { default?: unknown }
    return namespace.default
  } catch (error) {
    throw new TargetError(`the target ${specifier} could not be loaded from ${path}: ${describe(error)}`, { cause: error })
  }
}

async function callFactory(specifier: string, path: string, factory: unknown, argument: string | null): Promise<unknown> {
  try {
    const call = factory as (level?: string) => unknown
    return await (argument === null ? call() : call(argument))
  } catch (error) {
    throw new TargetError(
      `the default export of ${path} threw when it was asked for the target ${specifier}: ${describe(error)}`,
      {
        cause: error,
      },
    )
  }
}

const NUMBER_TYPES: readonly unknown[] = ['i32', 'i64', 'f32', 'f64']

function isOffered(value: unknown): boolean {
  const { module, name, parameters, results } = (value ?? {}) as Partial<Record<keyof OfferedFunction, unknown>>
  const types = (list: unknown): boolean => Array.isArray(list) && list.every((type) => NUMBER_TYPES.includes(type))
  return typeof module === 'string' && typeof name === 'string' && types(parameters) && types(results)
}

const isUnenforced = (value: unknown): boolean => (UNENFORCED as readonly unknown[]).includes(value)

/** The shape only: what it does is for the oracles to judge. */
function checkTarget(value: unknown, path: string): Target {
  const wrong = (what: string): TargetError =>
    new TargetError(
      `the adapter ${path} is not a Target: ${what}; its default export must be {name, version, run(run)} or a function returning that`,
    )
  if (typeof value !== 'object' || value === null) throw wrong(`its default export is ${value === null ? 'null' : typeof value}`)
  const target = value as Record<string, unknown>
  if (typeof target['name'] !== 'string' || !/^[\w.:@/-]{1,64}$/.test(target['name'])) {
    throw wrong('`name` must be 1 to 64 letters, digits or . : @ / _ -')
  }
  if (typeof target['version'] !== 'string') throw wrong('`version` must be text')
  if (typeof target['run'] !== 'function') throw wrong('`run` must be a function')
  if (target['unenforced'] !== undefined && !(Array.isArray(target['unenforced']) && target['unenforced'].every(isUnenforced))) {
    throw wrong(`\`unenforced\` must be a list out of ${UNENFORCED.join(', ')} if it is there`)
  }
  if (target['guests'] !== undefined && !(GUEST_LANGUAGES as readonly unknown[]).includes(target['guests'])) {
    throw wrong(`\`guests\` must be ${GUEST_LANGUAGES.join(' or ')} if it is there`)
  }
  const { withholds } = target
  if (
    withholds !== undefined &&
    !(Array.isArray(withholds) && withholds.every((one) => (WITHHELD as readonly unknown[]).includes(one)))
  ) {
    throw wrong(`\`withholds\` must be a list out of ${WITHHELD.join(', ')} if it is there`)
  }
  if (target['offers'] !== undefined && !(Array.isArray(target['offers']) && target['offers'].every(isOffered))) {
    throw wrong('`offers` must be a list of {module, name, parameters, results} with i32, i64, f32 and f64 if it is there')
  }
  for (const name of ['describe', 'close']) {
    if (target[name] !== undefined && typeof target[name] !== 'function')
      throw wrong(`\`${name}\` must be a function if it is there`)
  }
  return value as Target
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : 'a value that is not an Error was thrown'
}
