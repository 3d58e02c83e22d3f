// quickjs-wasi: JavaScript in an interpreter that is WebAssembly. Its guests are scripts; it takes a limit of memory and a clock, and both are set.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as QuickJs from 'quickjs-wasi'
import { type Ending, endingOf, inapplicable, resultOf } from '../ending.ts'
import type { Target, TargetRun } from '../target.ts'
import { folderOf, loadPackage, versionOf } from './package.ts'
import { untranslatable } from './translate.ts'

const PACKAGE = 'quickjs-wasi'

export default async function makeTarget(): Promise<Target> {
  const quickjs = await loadPackage<typeof QuickJs>(PACKAGE, `${PACKAGE}@3.6.2`)
  const wasm = await WebAssembly.compile(readFileSync(join(folderOf(PACKAGE), 'quickjs.wasm')))
  return {
    name: PACKAGE,
    version: `${versionOf(PACKAGE)} on node ${process.versions.node}`,
    guests: 'javascript',
    describe: async () => ({
      isolation: 'an interpreter in WebAssembly, on the same thread',
      limits: 'memoryLimit, interruptHandler',
    }),
    async run(run) {
      const why = untranslatable(run, []) ?? (isModule(run.module) ? 'its guests are scripts, and this one is a module' : null)
      if (why !== null) return inapplicable(why)
      const output: Uint8Array[] = []
      const ending = await runScript(quickjs, wasm, run, output).catch((error: unknown) => scriptEndingOf(quickjs, error))
      return resultOf(ending, Buffer.concat(output))
    },
  }
}

const isModule = (bytes: Uint8Array): boolean => bytes[0] === 0 && bytes[1] === 0x61

async function runScript(
  quickjs: typeof QuickJs,
  wasm: WebAssembly.Module,
  run: TargetRun,
  output: Uint8Array[],
): Promise<Ending> {
  const { wallClockMs, memoryBytes } = run.limits
  const until = performance.now() + wallClockMs
  const vm = await quickjs.QuickJS.create({ wasm, memoryLimit: memoryBytes, interruptHandler: () => performance.now() > until })
  try {
    const print = vm.newFunction('print', (...words) => {
      output.push(Buffer.from(words.map((word) => word.toString()).join(' ')))
      return vm.undefined
    })
    vm.setProp(vm.global, 'print', print)
    const result = vm.evalCode(new TextDecoder().decode(run.module))
    vm.executePendingJobs()
    // What an embedder does with the result of a script: takes it over as a value of its own.
    const value: unknown = await vm.dump(result)
    return { outcome: 'completed', detail: 'completed', exitCode: 0, values: value === undefined ? [] : [String(value)] }
  } finally {
    vm.dispose()
  }
}

function scriptEndingOf(quickjs: typeof QuickJs, error: unknown): Ending {
  // Jobs that are interrupted end in a plain Error.
  const isOwn =
    error instanceof Error && (error instanceof quickjs.JSException || error.message.startsWith('Job execution error'))
  if (!isOwn) return endingOf(error)
  const messages = [error.message]
  if (error.message.includes('interrupted')) return { outcome: 'limit', detail: 'interrupted', messages }
  if (error.message.includes('out of memory')) return { outcome: 'limit', detail: 'memory', messages }
  return { outcome: 'trapped', detail: 'JSException', messages }
}
