// What a pooled start costs without anything of ours: a warm worker in a child process instantiates a module that it has and calls it.
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { idleGuest } from '../rivals/guest.ts'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  worker.on('message', (answer) => process.send!(answer))
  process.on('message', (message) => worker.postMessage(message))
} else {
  const module = new WebAssembly.Module(idleGuest())
  parentPort!.on('message', () => {
    parentPort!.postMessage((new WebAssembly.Instance(module).exports['run'] as () => number)())
  })
  parentPort!.postMessage('ready')
}
