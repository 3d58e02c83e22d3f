// What a jail costs without anything of ours: a child process with a worker thread.
import { Worker } from 'node:worker_threads'

const worker = new Worker('require("node:worker_threads").parentPort.postMessage(0)', { eval: true })
worker.on('message', () => process.send!(0))
