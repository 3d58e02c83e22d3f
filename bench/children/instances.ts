// Resident memory of instances of a rival's: which and how many are arguments; the answer is MiB for each.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WASI } from 'node:wasi'
import { Worker } from 'node:worker_threads'
import { QuickJS } from 'quickjs-wasi'
import { extismPlugin } from '../rivals/extism.ts'
import { idleGuest } from '../rivals/guest.ts'
import { quickjsBytes } from '../rivals/quickjs.ts'

const bytes = idleGuest()
const module = new WebAssembly.Module(bytes)
const quickjs = new WebAssembly.Module(quickjsBytes())

const WAITING = `
  const { parentPort, workerData } = require('node:worker_threads')
  globalThis.kept = new WebAssembly.Instance(workerData, {})
  parentPort.postMessage(kept.exports.run())
  parentPort.on('message', () => {})`

const MAKERS = new Map<string, () => unknown>([
  ['bare WebAssembly', () => new WebAssembly.Instance(module, {})],
  [
    'node:wasi',
    () => {
      const wasi = new WASI({ version: 'preview1' })
      const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports })
      wasi.start(instance)
      return [wasi, instance]
    },
  ],
  [
    'a bare worker',
    async () => {
      const worker = new Worker(WAITING, { eval: true, workerData: module })
      await once(worker, 'message')
      return worker
    },
  ],
  ['Extism inline', () => called(false)],
  ['Extism in a worker', () => called(true)],
  ['quickjs-wasi', () => QuickJS.create({ wasm: quickjs })],
])

async function called(runInWorker: boolean): Promise<unknown> {
  const plugin = await extismPlugin(bytes, runInWorker)
  await plugin.call('run')
  return plugin
}

const [name, count] = process.argv.slice(2)
const make = MAKERS.get(name!)!
// The first pays for what all share.
const kept = [await make()]
await sleep(200)
const before = process.memoryUsage.rss()
for (let i = 0; i < Number(count); i++) kept.push(await make())
await sleep(200)
process.send!((process.memoryUsage.rss() - before) / Number(count) / 2 ** 20)
