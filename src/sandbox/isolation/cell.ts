// Entry of a cell: the worker thread in which one guest is compiled, linked, started and called. It never holds a watchdog (CTL-13, CTL-14).
import { parentPort, workerData } from 'node:worker_threads'
import type { CellMessage, CellReport } from './cell-messages.ts'
import { Guest } from './guest.ts'

const port = parentPort!
const stopFlag = new Int32Array((workerData as { stop: SharedArrayBuffer }).stop)
const report = (message: CellReport) => port.postMessage(message)

let guest: Guest | null = null

function handle(message: CellMessage): CellReport {
  if (message.type === 'load') {
    guest = new Guest(message.spec, {
      output: (stream, bytes) => report({ type: 'output', stream, bytes }),
      event: (event) => report({ type: 'event', event }),
      stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
    })
    return settle(guest, guest.load(message.module))
  }
  if (!guest)
    return { type: 'ending', ending: { kind: 'fault', detail: 'a call came before the module' }, memoryBytes: 0, hostCalls: 0 }
  return settle(guest, guest.call(message.name, message.values))
}

const settle = (from: Guest, ending: ReturnType<Guest['load']>): CellReport => ({
  type: 'ending',
  ending,
  memoryBytes: from.memoryBytes,
  hostCalls: from.hostCalls,
})

port.on('message', (message: CellMessage) => report(handle(message)))
report({ type: 'up' })
