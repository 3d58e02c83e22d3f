// WebAssembly as the engine has it, in this thread and in a worker: no sandbox at all.
import { Worker } from 'node:worker_threads'

export type Bytes = Uint8Array<ArrayBuffer>

export const runBare = (module: WebAssembly.Module, imports: WebAssembly.Imports = {}): unknown =>
  (new WebAssembly.Instance(module, imports).exports['run'] as () => unknown)()

const SCRIPT = `
  const { parentPort, workerData } = require('node:worker_threads')
  parentPort.postMessage(new WebAssembly.Instance(workerData, {}).exports.run())`

/** A worker for one run, and its end. */
export async function runInWorker(module: WebAssembly.Module): Promise<void> {
  const worker = new Worker(SCRIPT, { eval: true, workerData: module })
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await worker.terminate()
}
