// Entry of a cell: the worker thread in which one guest is compiled, linked, started and called. It never holds a watchdog (CTL-13, CTL-14).
import { parentPort, workerData } from 'node:worker_threads'
import type { CellMessage, CellReport, ClearMessage } from './cell-messages.ts'
import { collectIfWorth } from './collect.ts'
import { disarm } from './disarm.ts'
import { type Ending, Guest } from './guest.ts'
import { PipeChannel } from './pipe-channel.ts'
import { decodeLoad } from './wire.ts'

const port = parentPort!
const stopFlag = new Int32Array((workerData as { stop: SharedArrayBuffer }).stop)
const report = (message: CellReport) => port.postMessage(message)

disarm()
const channel = new PipeChannel()
let guest: Guest | null = null

function handle(message: CellMessage): CellReport {
  if (message.type === 'load') {
    // First, so that what the last one had can be let go of before this one needs as much.
    guest = null
    const { spec: bare, module, first } = decodeLoad(message.load)
    const spec = message.image ? { ...bare, image: message.image } : bare
    const admitted = message.compiled ?? module
    if (!admitted) return noGuest('a module was to be loaded that the jail has not kept')
    guest = new Guest(spec, {
      output: (stream, bytes) => report({ type: 'output', stream, bytes }),
      event: (event) => report({ type: 'event', event }),
      report: (given) => report({ type: 'report', report: given }),
      channel,
      stopRequested: () => Atomics.load(stopFlag, 0) !== 0,
      // On the flag itself, so that the cooperative step of the kill ladder ends the sleep too (WSI-09).
      sleep: (milliseconds) => void Atomics.wait(stopFlag, 0, 0, milliseconds),
    })
    return settle(guest, guest.load(admitted, first), spec.moduleId !== undefined && admitted === module)
  }
  if (!guest) return noGuest('a call came before the module')
  if (message.type === 'restore') {
    const { module, memoryBytes } = guest
    guest = guest.successor(message.image)
    collectIfWorth(memoryBytes)
    return settle(guest, module ? guest.load(module) : { kind: 'fault', detail: 'a guest was restored that was never loaded' })
  }
  if (message.type === 'capture') {
    // The copy needs room.
    collectIfWorth(guest.memoryBytes)
    const { ending, captured } = guest.capture()
    if (captured) {
      const own = 'image' in captured ? [captured.image.buffer] : []
      port.postMessage({ type: 'captured', captured } satisfies CellReport, own)
    }
    return settle(guest, ending)
  }
  return settle(guest, guest.call(message.name, message.values))
}

function noGuest(detail: string): CellReport {
  return { type: 'ending', ending: { kind: 'fault', detail }, memoryBytes: 0, hostCalls: 0, counts: null }
}

/** @param keep whether what was compiled for it is wanted for the next guest of the same module */
function settle(from: Guest, ending: Ending, keep = false): CellReport {
  for (const change of from.changes()) {
    // Files are handed over, not copied once more: a guest may have filled its quota, and all of it counts against the jail's memory.
    const own = change.type === 'file' ? [change.bytes.buffer as ArrayBuffer] : []
    port.postMessage({ type: 'change', change } satisfies CellReport, own)
  }
  const { memoryBytes, hostCalls, counts } = from
  const of = { type: 'ending', ending, memoryBytes, hostCalls, counts } as const
  // Of a guest that ended by itself: the host goes by the same rule.
  const compiled = keep && (ending.kind === 'returned' || ending.kind === 'exited') ? from.module : null
  return compiled ? { ...of, compiled } : of
}

port.on('message', (message: CellMessage | ClearMessage) => {
  if (message.type === 'clear') {
    const memoryBytes = guest?.memoryBytes ?? 0
    guest = null
    collectIfWorth(memoryBytes)
  } else report(handle(message))
})
report({ type: 'up' })
