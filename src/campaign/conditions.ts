// The conditions of a trial, as far as the chamber makes them: what is done to the host around the call of the target.
import type { Condition } from '../attacks/attack.ts'
import type { Target, TargetRun } from '../targets/target.ts'
import type { Disturbance } from './canaries.ts'
import type { TrialMessage } from './chamber-messages.ts'
import { describeThrown } from './chamber-result.ts'

/** Property names that break the language itself when every object seems to have them (descriptors, promises); no host survives those. */
const UNPOLLUTABLE = new Set(['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'then', '__proto__'])

/** How often shared bytes are changed while a run goes on, in milliseconds. */
const CHANGE_EVERY_MS = 1

export interface Conducted {
  /** What the target's promise came to. */
  readonly value: unknown
  readonly threw: unknown
  readonly failed: boolean
  readonly disturbances: readonly Disturbance[]
}

/** Runs the trial under its conditions, and takes every one of them back afterwards. */
export async function conduct(target: Target, message: TrialMessage): Promise<Conducted> {
  const has = (condition: Condition): boolean => message.conditions.includes(condition)
  const bytes = has('shared-bytes') ? onSharedMemory(message.bytes) : Uint8Array.from(message.bytes)
  const restore = has('polluted-object-prototype') ? await pollute(message.bytes) : () => {}
  const forget = setVariables(message.environment)
  const neighbour = has('benign-neighbour') && message.neighbour ? runNeighbour(target, message) : null
  let changing: NodeJS.Timeout | undefined
  try {
    const running = call(target, { ...message.run, module: bytes, limits: message.limits })
    if (has('bytes-mutated-after-call')) bytes.fill(0)
    if (has('shared-bytes')) {
      bytes.fill(0)
      changing = setInterval(() => flip(bytes, message.bytes), CHANGE_EVERY_MS)
    }
    const ending = await running
    const disturbance = neighbour ? await neighbour : null
    return { ...ending, disturbances: disturbance ? [disturbance] : [] }
  } finally {
    clearInterval(changing)
    forget()
    restore()
  }
}

/** Sets variables of the process; what comes back puts them as they were. */
function setVariables(environment: TrialMessage['environment']): () => void {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, environment)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** A target may throw before it returns its promise: that is a throw like any other. */
async function call(target: Target, run: TargetRun): Promise<{ value: unknown; threw: unknown; failed: boolean }> {
  try {
    return { value: await target.run(run), threw: null, failed: false }
  } catch (error) {
    return { value: null, threw: error, failed: true }
  }
}

function onSharedMemory(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  return shared
}

/** Right and wrong bytes by turns, so that a second look at them does not see what the first one saw. */
function flip(bytes: Uint8Array, original: Uint8Array): void {
  if (bytes[0] === 0) bytes.set(original)
  else bytes.fill(0)
}

/** Puts a function on `Object.prototype` under each name that the module imports, as a prototype pollution elsewhere in the host would. */
async function pollute(bytes: Uint8Array): Promise<() => void> {
  const names = (await importedNames(bytes)).filter((name) => !UNPOLLUTABLE.has(name) && !Object.hasOwn(Object.prototype, name))
  const polluted = (): number => 0
  for (const name of names) {
    Reflect.defineProperty(Object.prototype, name, { value: polluted, writable: true, enumerable: true, configurable: true })
  }
  return () => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name)
  }
}

/** Module and field names of the imports; none if the reader refuses the bytes. Our own reader, so that the engine is not warmed up. */
async function importedNames(bytes: Uint8Array): Promise<string[]> {
  const { readModule } = await import('../wasm/index.ts')
  try {
    return [...new Set(readModule(bytes).imports.flatMap((entry) => [entry.module, entry.name]))]
  } catch {
    return []
  }
}

/** The neighbour has the target's time, but limits of its own: it must not be stopped by those that are set tight for the attack. */
const NEIGHBOUR_LIMITS = {
  wallClockMs: 20_000,
  cpuMs: 20_000,
  memoryBytes: 16 * 1024 * 1024,
  tableElements: 100,
  outputBytes: 65_536,
}

async function runNeighbour(target: Target, message: TrialMessage): Promise<Disturbance | null> {
  const { module, secret } = message.neighbour!
  const { value, threw, failed } = await call(target, { module: Uint8Array.from(module), limits: NEIGHBOUR_LIMITS })
  if (failed) return { name: 'neighbour-disturbed', seen: `the benign neighbour’s run threw ${describeThrown(threw)}` }
  const result = value as { outcome?: unknown; stdout?: unknown } | null
  const said = result?.stdout instanceof Uint8Array ? new TextDecoder().decode(result.stdout) : null
  if (result?.outcome === 'completed' && said === secret + secret) return null
  const what = said === secret + secret ? 'its own output' : 'other output than its own'
  return {
    name: 'neighbour-disturbed',
    seen: `the benign neighbour ended as ${String(result?.outcome)} with ${what}, not as if it were alone`,
  }
}
