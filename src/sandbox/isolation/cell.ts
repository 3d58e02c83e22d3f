// Entry of a cell: the worker thread in which one guest is compiled, linked, started and called. It never holds a watchdog (CTL-13, CTL-14).
import { parentPort, workerData } from 'node:worker_threads'
import type { CellMessage, CellReport } from './cell-messages.ts'
import { Guest } from './guest.ts'
import { PipeChannel } from './pipe-channel.ts'

const port = parentPort!
const stopFlag = new Int32Array((workerData as { stop: SharedArrayBuffer }).stop)
const report = (message: CellReport) => port.postMessage(message)

const channel = new PipeChannel()
let guest: Guest | null = null

function handle(message: CellMessage): CellReport {
  if (message.type === 'load') {
    guest = new Guest(message.spec, {
      output: (stream, bytes) => report({ type: 'output', stream, bytes }),
      event: (event) => report({ type: 'event', event }),
      report: (given) => report({ type: 'report', report: given }),
      channel,
      stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
      // On the flag itself, so that the cooperative step of the kill ladder ends the sleep too (WSI-09).
      sleep: (milliseconds) => void Atomics.wait(stopFlag, 0, 0, milliseconds),
    })
    return settle(guest, guest.load(message.module))
  }
  if (!guest)
    return { type: 'ending', ending: { kind: 'fault', detail: 'a call came before the module' }, memoryBytes: 0, hostCalls: 0 }
  return settle(guest, guest.call(message.name, message.values))
}

function settle(from: Guest, ending: ReturnType<Guest['load']>): CellReport {
  for (const change of from.changes()) {
    // Files are handed over, not copied once more: a guest may have filled its quota, and all of it counts against the jail's memory.
    const own = change.type === 'file' ? [change.bytes.buffer as ArrayBuffer] : []
    port.postMessage({ type: 'change', change } satisfies CellReport, own)
  }
  return { type: 'ending', ending, memoryBytes: from.memoryBytes, hostCalls: from.hostCalls }
}

port.on('message', (message: CellMessage) => report(handle(message)))
report({ type: 'up' })
