// How a guest's end looks to an embedder of the JavaScript API: by the class of what was thrown. Shared by the hosts that run guests in plain WebAssembly.
import type { TargetResult } from './target.ts'

export type Ending = Pick<TargetResult, 'outcome' | 'detail'> & {
  readonly messages?: readonly string[]
  readonly exitCode?: number
  readonly values?: readonly string[]
}

/** In V8 and in JavaScriptCore. */
const STACK = /^Maximum call stack size exceeded/

/** The entry that is called if a run names none. */
export function entryOf(exports: WebAssembly.Exports): { readonly call: string; readonly args?: readonly (number | bigint)[] }[] {
  for (const name of ['_start', 'run', 'main']) if (typeof exports[name] === 'function') return [{ call: name }]
  return []
}

/** A run names a function that the module does not export. */
class NoSuchFunction extends Error {}

/**
 * Calls an export, and its results as texts, as an embedder does who looks first whether it is a function of the module.
 *
 * @throws whatever the guest or the host's functions throw
 */
export function callFunction(exports: WebAssembly.Exports, name: string, args: readonly unknown[] = []): string[] {
  if (!Object.hasOwn(exports, name) || typeof exports[name] !== 'function')
    throw new NoSuchFunction(`there is no function ${name}`)
  return callExport(exports, name, args)
}

/** The same as it stands in tutorials: without a look. */
export function callExport(exports: WebAssembly.Exports, name: string, args: readonly unknown[] = []): string[] {
  const result = (exports[name] as (...args: readonly unknown[]) => unknown)(...args)
  return result === undefined ? [] : Array.isArray(result) ? result.map(String) : [String(result)]
}

/**
 * Sorts what came out of the guest the way a caller of the JavaScript API can. What the engine itself throws for a guest that uses up the stack, or that
 * throws without catching, is the guest's end and no fault of the host.
 */
export function endingOf(error: unknown): Ending {
  const messages = [String(error)]
  if (error instanceof NoSuchFunction) return { outcome: 'refused', detail: 'no-such-function' }
  // How node:wasi unwinds a guest that exits, where nobody waits for it: the code does not come with it.
  if (typeof error === 'symbol' && error.description === 'kExitCode') return { outcome: 'exited', detail: 'kExitCode' }
  if (error instanceof WebAssembly.Exception) return { outcome: 'trapped', detail: 'Exception', messages }
  if (error instanceof RangeError && STACK.test(error.message)) return { outcome: 'trapped', detail: 'stack-overflow', messages }
  if (error instanceof WebAssembly.RuntimeError) return { outcome: 'trapped', detail: 'RuntimeError', messages }
  if (error instanceof WebAssembly.CompileError) return { outcome: 'refused', detail: 'CompileError', messages }
  if (error instanceof WebAssembly.LinkError) return { outcome: 'refused', detail: 'LinkError', messages }
  // A missing import module is a TypeError in the JavaScript API, not a LinkError.
  if (error instanceof TypeError && /WebAssembly\.(?:instantiate|Instance)\(\)/.test(error.message))
    return { outcome: 'refused', detail: 'TypeError', messages }
  return { outcome: 'fault', detail: error instanceof Error ? error.name : 'thrown-value', messages }
}

const NOTHING = new Uint8Array()

export function resultOf(ending: Ending, stdout: Uint8Array = NOTHING, stderr: Uint8Array = NOTHING): TargetResult {
  const { outcome, detail, messages = [], exitCode = null, values = [] } = ending
  return { outcome, detail, messages, stdout, stderr, exitCode, values, events: [] }
}

/** The answer to a run that cannot be expressed on a host. */
export const inapplicable = (why: string): TargetResult => ({
  ...resultOf({ outcome: 'refused', detail: 'not-applicable' }),
  inapplicable: why,
})
