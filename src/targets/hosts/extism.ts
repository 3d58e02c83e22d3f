// Extism's JavaScript SDK, of either line: a worker for each plugin, and every limit that the SDK takes.
import type * as Extism from '@extism/extism'
import { type Ending, endingOf, inapplicable, resultOf } from '../ending.ts'
import type { NumberType, OfferedFunction, Target, TargetRun } from '../target.ts'
import { loadPackage, versionOf } from './package.ts'
import { type Preopens, preopensOf } from './preopens.ts'
import { untranslatable } from './translate.ts'

interface Kind {
  readonly specifier: string
  readonly tested: string
  /** Without it, the default, guests run in the caller's thread. Only with it does 2.x take a time limit; 1.x takes none. */
  readonly runInWorker: boolean
  /** Whether creating a plugin calls `_start` by itself. */
  readonly starts: boolean
}

const SECOND = { specifier: 'extism2', tested: 'extism2@npm:@extism/extism@2.0.0-rc13', starts: true }
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['extism', { specifier: '@extism/extism', tested: '@extism/extism@1.0.3', runInWorker: false, starts: false }],
  ['extism2', { ...SECOND, runInWorker: false }],
  ['extism2-worker', { ...SECOND, runInWorker: true }],
])

/** What the kernel of Extism offers to plugins beside WASI (its PDK calls these). */
const offer = (name: string, parameters: readonly NumberType[], results: readonly NumberType[] = []): OfferedFunction => ({
  module: 'extism:host/env',
  name,
  parameters,
  results,
})
const OFFERS: readonly OfferedFunction[] = [
  { ...offer('alloc', ['i64'], ['i64']), role: 'allocate' },
  offer('free', ['i64']),
  offer('length', ['i64'], ['i64']),
  offer('load_u8', ['i64'], ['i32']),
  offer('load_u64', ['i64'], ['i64']),
  { ...offer('store_u8', ['i64', 'i32']), role: 'store-byte' },
  offer('store_u64', ['i64', 'i64']),
  offer('input_length', [], ['i64']),
  offer('input_load_u8', ['i64'], ['i32']),
  offer('input_load_u64', ['i64'], ['i64']),
  offer('output_set', ['i64', 'i64']),
  offer('error_set', ['i64']),
  offer('config_get', ['i64'], ['i64']),
  offer('var_get', ['i64'], ['i64']),
  offer('var_set', ['i64', 'i64']),
  offer('log_info', ['i64']),
  offer('http_request', ['i64', 'i64'], ['i64']),
  offer('http_status_code', [], ['i32']),
]

/** @param name one of `KINDS` */
export default async function makeTarget(name: string): Promise<Target> {
  const kind = KINDS.get(name)!
  const extism = await loadPackage<typeof Extism>(kind.specifier, kind.tested)
  return {
    name,
    version: `${versionOf(kind.specifier)} on node ${process.versions.node}`,
    // Plugins answer with bytes in the kernel's memory. What they write to WASI is dropped, or is the host's own output.
    withholds: ['output', 'exit-code', 'values'],
    offers: OFFERS,
    describe: async () => ({
      isolation: kind.runInWorker
        ? 'a worker thread for each plugin (runInWorker)'
        : 'none: same thread, same process (the default)',
      limits: kind.runInWorker ? 'timeoutMs and memory.maxPages' : 'memory.maxPages',
      files: 'allowedPaths: directories of the host, through node:wasi',
    }),
    async run(run) {
      const why = untranslatable(run, ['memory', 'directory']) ?? notForPlugins(run)
      if (why !== null) return inapplicable(why)
      await using preopens = await preopensOf(run)
      return resultOf(await runPlugin(extism, kind, run, preopens).catch(pluginEndingOf))
    },
  }
}

function notForPlugins({ args = [], env = {}, calls = [] }: TargetRun): string | null {
  if (args.length > 0 || Object.keys(env).length > 0) return 'plugins get neither arguments nor environment variables'
  return calls.some((step) => (step.args ?? []).length > 0) ? 'plugins are called with bytes, not with numbers' : null
}

async function runPlugin(
  { createPlugin }: typeof Extism,
  { runInWorker, starts }: Kind,
  run: TargetRun,
  { paths }: Preopens,
): Promise<Ending> {
  const { wallClockMs, memoryBytes } = run.limits
  const limits = { ...(runInWorker && { timeoutMs: wallClockMs }), memory: { maxPages: Math.ceil(memoryBytes / 65_536) } }
  const module = await WebAssembly.compile(Uint8Array.from(run.module))
  const useWasi = WebAssembly.Module.imports(module).some((entry) => entry.module === 'wasi_snapshot_preview1')
  const exported = WebAssembly.Module.exports(module).flatMap(({ name, kind }) => (kind === 'function' ? [name] : []))
  const entry = ['_start', 'run', 'main'].find((name) => exported.includes(name))
  const options = { useWasi, runInWorker, allowedPaths: paths, logger: SILENT, ...limits }
  const plugin = await createPlugin({ wasm: [{ data: Uint8Array.from(run.module) }] }, options)
  try {
    const calls = run.calls ?? (entry === undefined || (starts && entry === '_start') ? [] : [{ call: entry }])
    for (const { call } of calls) await plugin.call(call, run.stdin)
    return { outcome: 'completed', detail: 'completed', exitCode: 0 }
  } finally {
    await plugin.close()
  }
}

const nothing = (): void => {}
/** What plugins log is not looked at here; on the console it would only be in the way. */
const SILENT = Object.assign(Object.create(console), {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
})

/** What the SDK says in words of its own: a module that it does not link, and a call that took too long. */
const REFUSALS = /cannot resolve import|cannot import|are not supported yet|has to export a default memory|does not exist/
const TIMEOUT = /timed out/i

/** The SDK hands on what the guest or WASI threw: in the same thread as it is, out of a worker as an object that tells little. */
function pluginEndingOf(error: unknown): Ending {
  const text = error instanceof Error ? error.message : ''
  if (TIMEOUT.test(text)) return { outcome: 'limit', detail: 'timeout', messages: [text] }
  if (REFUSALS.test(text)) return { outcome: 'refused', detail: 'refused', messages: [text] }
  // What it throws by itself is an Error and nothing more special, and ends the guest; a RangeError or TypeError is none of its words.
  if (error instanceof Error && Object.getPrototypeOf(error) === Error.prototype)
    return { outcome: 'trapped', detail: 'Error', messages: [text] }
  return endingOf(error)
}
