// A cell as the jail's main thread sees it: a worker that says it is there, loads, calls, and stops when its flag is up.
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import type { CellMessage, CellReport } from '../../../src/sandbox/isolation/cell-messages.ts'
import { encodeLoad } from '../../../src/sandbox/isolation/wire.ts'
import { ADD, prepared, printing } from '../support/guests.ts'

let worker: Worker
afterEach(async () => {
  await worker.terminate()
})

function start() {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  worker = new Worker(new URL('../../../src/sandbox/isolation/cell.ts', import.meta.url), {
    workerData: { stop: stop.buffer },
  })
  const reports: CellReport[] = []
  const waiting: (() => void)[] = []
  worker.on('message', (report: CellReport) => {
    reports.push(report)
    for (const wake of waiting.splice(0)) wake()
  })
  const next = async (): Promise<CellReport> => {
    while (reports.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    return reports.shift()!
  }
  const post = (message: CellMessage) => worker.postMessage(message)
  const load = (text: string) => {
    const { spec, bytes } = prepared(text)
    const first = { initialize: false, call: null }
    post({ type: 'load', load: encodeLoad({ spec, module: bytes, first, forget: [] }), compiled: null, image: null })
  }
  return { stop, next, post, load }
}

describe('a cell', () => {
  it('is up, loads and calls', async () => {
    const cell = start()
    expect(await cell.next()).toEqual({ type: 'up' })
    cell.post({ type: 'call', name: 'add', values: [] })
    expect(await cell.next()).toMatchObject({ ending: { kind: 'fault', detail: 'a call came before the module' } })
    cell.load(ADD)
    expect(await cell.next()).toEqual({
      type: 'ending',
      ending: { kind: 'returned', values: [] },
      memoryBytes: 0,
      hostCalls: 0,
      counts: { calls: [], handles: { open: 3, peak: 3 }, fuel: null, refusedGrows: 0 },
    })
    cell.post({ type: 'call', name: 'add', values: [40, 2] })
    expect(await cell.next()).toMatchObject({ ending: { kind: 'returned', values: [42] } })
  })

  it('passes on output and events before the ending', async () => {
    const cell = start()
    await cell.next()
    cell.load(printing('abc', '(call $exit (i32.const 7))'))
    await cell.next()
    for (const _ of [1, 2]) cell.post({ type: 'call', name: '_start', values: [] })
    expect(await cell.next()).toMatchObject({ type: 'output', stream: 'stdout', bytes: Uint8Array.from(Buffer.from('abc')) })
    expect(await cell.next()).toMatchObject({
      type: 'ending',
      ending: { kind: 'exited', code: 7 },
      memoryBytes: 65_536,
      hostCalls: 2,
    })
    expect(await cell.next()).toMatchObject({ type: 'event', event: { type: 'suspicious-behaviour' } })
    expect(await cell.next()).toMatchObject({ ending: { kind: 'exited', code: 7 } })
  })

  it('counts the host calls of each activation, and what they copied', async () => {
    const cell = start()
    await cell.next()
    cell.load(printing('abc'))
    const loaded = await cell.next()
    cell.post({ type: 'call', name: '_start', values: [] })
    expect((await cell.next()).type).toBe('output')
    const ran = await cell.next()
    const write = ABI.findIndex(({ name }) => name === 'fd_write')
    // From the guest the list of buffers, 8 bytes, and the text; to it the number of bytes that were written.
    expect([loaded, ran]).toMatchObject([
      { counts: { calls: [], handles: { open: 3, peak: 3 }, fuel: null, refusedGrows: 0 } },
      { counts: { calls: [[write, 1, 8 + 3, 4]], handles: { open: 3, peak: 3 }, fuel: null, refusedGrows: 0 } },
    ])
  })

  it('ends a guest at its next host call once the flag is up', async () => {
    const cell = start()
    await cell.next()
    cell.load(printing('x', '(loop (drop (call $yield)) (br 0))'))
    await cell.next()
    cell.post({ type: 'call', name: '_start', values: [] })
    expect((await cell.next()).type).toBe('output')
    Atomics.store(cell.stop, 0, 1)
    expect(await cell.next()).toMatchObject({ type: 'ending', ending: { kind: 'stopped' } })
  })
})
