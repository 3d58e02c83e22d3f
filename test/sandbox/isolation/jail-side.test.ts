// The jail's side of the channel, driven in this process: a real cell, real threads, and what the host would read.
import { afterEach, describe, expect, it } from 'vitest'
import { encodeJson, FRAME, FrameReader, type FrameType } from '../../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame, type JailFrame, MAX_JAIL_PAYLOAD } from '../../../src/sandbox/isolation/jail-frames.ts'
import { JailSide } from '../../../src/sandbox/isolation/jail-side.ts'
import { encodeLoad, toWire } from '../../../src/sandbox/isolation/wire.ts'
import { ADD, ENDLESS_LIST, IMPORTS, prepared, printing, SPIN } from '../support/guests.ts'

const NO_CALLS = { initialize: false, call: null }

let side: JailSide
afterEach(() => side.close())

/** A jail's side, and what it wrote, decoded as the host decodes it. */
function open() {
  const frames: JailFrame[] = []
  const waiting: (() => void)[] = []
  const reader = new FrameReader(MAX_JAIL_PAYLOAD)
  side = new JailSide((bytes) => {
    frames.push(...reader.push(bytes).map(decodeJailFrame))
    for (const wake of waiting.splice(0)) wake()
  })
  const next = async <K extends JailFrame['kind']>(kind: K): Promise<Extract<JailFrame, { kind: K }>> => {
    for (;;) {
      const at = frames.findIndex((frame) => frame.kind === kind)
      if (at >= 0) return frames.splice(at, 1)[0] as Extract<JailFrame, { kind: K }>
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  const send = (type: FrameType, payload: Uint8Array) => side.handle({ type, payload })
  return {
    frames,
    next,
    load: (text: string, grants = {}) => {
      const { spec, bytes } = prepared(text, grants)
      send(FRAME.load, encodeLoad({ spec, module: bytes, first: NO_CALLS, forget: [] }))
    },
    call: (name: string, ...values: (number | bigint)[]) =>
      send(FRAME.call, encodeJson(FRAME.call, { name, values: values.map(toWire) }).subarray(5)),
    terminate: () => send(FRAME.terminate, new Uint8Array(0)),
    close: () => send(0x7f as FrameType, new Uint8Array(0)),
  }
}

describe('JailSide', () => {
  it('says when its cell is there, loads, calls, and reports usage', async () => {
    const jail = open()
    await jail.next('cell-ready')
    jail.load(ADD)
    expect(await jail.next('ending')).toEqual({
      kind: 'ending',
      ending: { kind: 'returned', values: [] },
      memoryBytes: 0,
      hostCalls: 0,
      counts: { calls: [], handles: { open: 3, peak: 3 }, fuel: null, refusedGrows: 0 },
    })
    jail.call('add', 2, 3)
    expect((await jail.next('ending')).ending).toEqual({ kind: 'returned', values: [5] })
    const usage = await jail.next('usage')
    expect(usage.cpuMicros).toBeGreaterThan(0)
    expect(usage.residentBytes).toBeGreaterThan(2 ** 20)
  })

  it('passes output on before the ending, in pieces that fit a frame', async () => {
    const jail = open()
    const size = 600_000
    jail.load(
      `(module ${IMPORTS.write} (memory 12) (func (export "_start") (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const ${size}))
        (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))))`,
      { outputBytes: 2 ** 20 },
    )
    await jail.next('ending')
    jail.call('_start')
    await jail.next('ending')
    const parts = jail.frames.filter((frame) => frame.kind === 'output')
    expect(parts.map((part) => [part.stream, part.bytes.length])).toEqual([
      ['stderr', 262_144],
      ['stderr', 262_144],
      ['stderr', size - 2 * 262_144],
    ])
  })

  it('passes events on', async () => {
    const jail = open()
    jail.load(printing('x', '(call $exit (i32.const 0))'))
    await jail.next('ending')
    for (const _ of [1, 2]) {
      jail.call('_start')
      await jail.next('ending')
    }
    expect((await jail.next('event')).event).toMatchObject({ type: 'suspicious-behaviour', what: 'host-call-after-end' })
  })

  it('ends a cell that runs, and gives the next guest another one', async () => {
    const jail = open()
    jail.load(SPIN)
    await jail.next('ending')
    await jail.next('cell-ready')
    jail.call('_start')
    await jail.next('usage')
    jail.terminate()
    await jail.next('cell-gone')
    await jail.next('cell-ready')
    jail.call('_start')
    // The new cell has never heard of the module.
    expect((await jail.next('ending')).ending).toEqual({ kind: 'fault', detail: 'a call came before the module' })
    jail.load(ADD)
    await jail.next('ending')
    jail.call('add', 1, 1)
    expect((await jail.next('ending')).ending).toEqual({ kind: 'returned', values: [2] })
  })

  it('ends a guest that makes host calls by its flag alone', async () => {
    const jail = open()
    jail.load(printing('x', '(loop (drop (call $yield)) (br 0))'))
    await jail.next('ending')
    jail.call('_start')
    await jail.next('output')
    jail.terminate()
    await jail.next('cell-gone')
    // It had stopped by itself or the thread was terminated: either way nothing more is heard of it.
    const heard = jail.frames.filter((frame) => frame.kind === 'ending')
    expect(heard.every((frame) => frame.kind === 'ending' && frame.ending.kind === 'stopped')).toBe(true)
  })

  it('reports a cell that dies, once', async () => {
    const jail = open()
    const { spec, bytes } = prepared(ENDLESS_LIST)
    side.handle({ type: FRAME.load, payload: encodeLoad({ spec, module: bytes, first: NO_CALLS, forget: [] }) })
    expect((await jail.next('ending')).ending).toEqual({ kind: 'returned', values: [] })
    jail.call('f')
    expect((await jail.next('cell-failed')).code).toBe('ERR_WORKER_OUT_OF_MEMORY')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(jail.frames.filter((frame) => frame.kind === 'cell-failed')).toEqual([])
  })

  it('makes nothing of a frame that it does not know', async () => {
    const jail = open()
    await jail.next('cell-ready')
    jail.close()
    expect(jail.frames).toEqual([])
  })
})
