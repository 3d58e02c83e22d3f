// node:wasi, which its own documentation calls unfit for untrusted code.
import { WASI, type WASIOptions } from 'node:wasi'

type Options = Omit<WASIOptions, 'version' | 'returnOnExit'>

/** Runs a command to its end. @returns its exit code */
export function runWasi(module: WebAssembly.Module, options: Options = {}): number {
  const wasi = new WASI({ version: 'preview1', returnOnExit: true, ...options })
  return wasi.start(new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports }))
}
