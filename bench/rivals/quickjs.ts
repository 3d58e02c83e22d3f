// quickjs-wasi: JavaScript in an interpreter that is WebAssembly. A sandbox of another kind, whose guests are scripts.
import { QuickJS } from 'quickjs-wasi'
import { packaged } from '../support/project.ts'

export const quickjsBytes = (): Uint8Array<ArrayBuffer> => packaged('quickjs-wasi/quickjs.wasm')

/** @param options of QuickJS.create; `wasm` is a compiled module */
export async function evaluate(wasm: WebAssembly.Module, script: string): Promise<string> {
  const vm = await QuickJS.create({ wasm })
  try {
    return vm.evalCode(script).toString()
  } finally {
    vm.dispose()
  }
}
