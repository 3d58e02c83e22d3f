// @bjorn3/browser_wasi_shim: WASI in memory, for browsers. It has no limits, so none is set.
import type * as Shim from '@bjorn3/browser_wasi_shim'
import { callFunction, type Ending, endingOf, entryOf, inapplicable, resultOf } from '../ending.ts'
import type { Target, TargetRun } from '../target.ts'
import { loadPackage, versionOf } from './package.ts'
import { mountsOf, untranslatable } from './translate.ts'

const PACKAGE = '@bjorn3/browser_wasi_shim'

export default async function makeTarget(): Promise<Target> {
  const shim = await loadPackage<typeof Shim>(PACKAGE, `${PACKAGE}@0.4.2`)
  return {
    name: 'browser_wasi_shim',
    version: `${versionOf(PACKAGE)} on node ${process.versions.node}`,
    describe: async () => ({ isolation: 'none: same thread, same process', limits: 'none', files: 'in memory' }),
    async run(run) {
      const why = untranslatable(run, ['memory'])
      if (why !== null) return inapplicable(why)
      const outputs: [Uint8Array[], Uint8Array[]] = [[], []]
      const ending = await runGuest(shim, run, outputs).catch(endingOf)
      return resultOf(ending, Buffer.concat(outputs[0]), Buffer.concat(outputs[1]))
    },
  }
}

async function runGuest(shim: typeof Shim, run: TargetRun, outputs: [Uint8Array[], Uint8Array[]]): Promise<Ending> {
  const { args = [], env = {}, stdin = new Uint8Array() } = run
  const streams = outputs.map((pieces) => new shim.ConsoleStdout((bytes) => void pieces.push(bytes.slice())))
  const directories = mountsOf(run).map(({ at }) => new shim.PreopenDirectory(at, new Map()))
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const wasi = new shim.WASI([...args], variables, [new shim.OpenFile(new shim.File(stdin)), ...streams, ...directories])
  try {
    const { instance } = await WebAssembly.instantiate(Uint8Array.from(run.module), {
      wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports,
    })
    // As its own `start` does, for an export of whatever name.
    wasi.inst = instance as typeof wasi.inst
    const { exports } = instance
    let values: readonly string[] = []
    for (const { call, args: given } of run.calls ?? entryOf(exports)) values = callFunction(exports, call, given)
    return { outcome: 'completed', detail: 'completed', exitCode: 0, values }
  } catch (error) {
    if (error instanceof shim.WASIProcExit) return { outcome: 'exited', detail: 'exited', exitCode: error.code }
    throw error
  }
}
