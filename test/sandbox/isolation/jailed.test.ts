// A guest in a jail, seen from the host, with jails that lie: what they say is believed as far as it can be true, and no further.
import { afterEach, describe, expect, it } from 'vitest'
import type { BrokerOptions } from '../../../src/sandbox/broker/broker.ts'
import { encodeRequest } from '../../../src/sandbox/broker/message.ts'
import type { Service } from '../../../src/sandbox/broker/operation.ts'
import type { Grants } from '../../../src/sandbox/host/context.ts'
import { encodeFrame, FRAME } from '../../../src/sandbox/isolation/frames.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { Jailed } from '../../../src/sandbox/isolation/jailed.ts'
import { Jails } from '../../../src/sandbox/isolation/jails.ts'
import { brokerWith } from '../support/brokers.ts'
import type { Deed, Script } from '../support/fake-jail.ts'
import { alive, CELL_GONE, CELL_READY, ending, fakeCommand, READY, until } from '../support/fake-jails.ts'
import { prepared } from '../support/guests.ts'

const RECEIVED = { reports: 2, reportBytes: 20, inodes: 2, fileBytes: 10 }
const LOOSE = { wallClockMs: 60_000, cpuMs: 60_000, residentBytes: 2 ** 34 }
const REPLACE: readonly Deed[] = [CELL_GONE, CELL_READY]
const { spec, bytes } = prepared('(module)')

const ANY = { fresh: false, key: null }

let jails: Jails
afterEach(() => jails.close())

async function housed(
  script: Script,
  { limits = LOOSE, cap = 10, exclusive = false, broker = {} as Partial<BrokerOptions> } = {},
  heard: (tell: BrokerOptions['event']) => void = () => {},
) {
  const full: Script = { [FRAME.load]: [ending()], [FRAME.terminate]: REPLACE, ...script, start: [READY, CELL_READY] }
  jails = new Jails(() => JailProcess.start(fakeCommand(full)))
  const jail = await jails.take(ANY)
  const housing = new Jailed(jail, jails, { limits, outputBytes: cap, received: RECEIVED, exclusive }, (event) => {
    heard(event)
    return brokerWith(broker)(event)
  })
  return { jail, housing }
}
const called = async (deeds: readonly Deed[], options = {}) => {
  const { jail, housing } = await housed({ [FRAME.call]: deeds }, options)
  await housing.load(spec, bytes)
  const activation = await housing.call('f', [])
  return { jail, housing, activation, types: activation.events.map((event) => event.type) }
}
const output = (text: string, times = 1): Deed => ({ frame: FRAME.stdout, text, times })

describe('an activation', () => {
  it('carries what the jail reported', async () => {
    const { activation } = await called([output('abc'), { frame: FRAME.stderr, text: 'de' }, ending({ kind: 'exited', code: 3 })])
    expect(activation).toMatchObject({ ending: { kind: 'exited', code: 3 }, memoryBytes: 7, hostCalls: 5, events: [] })
    expect([Buffer.from(activation.stdout).toString(), Buffer.from(activation.stderr).toString()]).toEqual(['abc', 'de'])
  })

  it('that nothing ends is ended by the wall clock', async () => {
    const { activation, jail } = await called([], { limits: { ...LOOSE, wallClockMs: 50 } })
    expect(activation.ending).toEqual({ kind: 'wall-clock-limit' })
    expect(activation.events).toMatchObject([{ type: 'guest-killed', step: 'terminate' }])
    expect(jail.ended).toBeNull()
  })

  it('of a guest that has been ended does not begin', async () => {
    const { housing, jail } = await housed({ [FRAME.call]: [ending()] })
    await housing.load(spec, bytes)
    await housing.end()
    expect((await housing.call('f', [])).ending).toEqual({ kind: 'terminated' })
    expect(jail.ended).toBeNull()
  })

  it('that used more than it may since the last look is over its limit, though it returned', async () => {
    // The resident memory of any process is more than a page.
    const { jail, housing } = await housed({}, { limits: { ...LOOSE, residentBytes: 4096 } })
    expect((await housing.load(spec, bytes)).ending).toMatchObject({ kind: 'memory-limit' })
    expect(alive(jail.pid)).toBe(false)
    expect((await housing.call('f', [])).ending).toMatchObject({ kind: 'memory-limit' })
  })
})

describe('a jail that is lost', () => {
  it('in the middle of a call', async () => {
    const { activation, types } = await called([output('abc'), { signal: 'SIGKILL' }])
    expect(activation.ending).toEqual({ kind: 'jail-lost', detail: 'it ended with SIGKILL' })
    expect(Buffer.from(activation.stdout).toString()).toBe('abc')
    expect(types).toEqual(['guest-killed'])
  })

  it('for lack of memory', async () => {
    const { activation } = await called([
      { stderr: 'FATAL ERROR: Zone Allocation failed - process out of memory' },
      { exit: 133 },
    ])
    expect(activation.ending).toEqual({ kind: 'memory-limit', actualBytes: null })
  })

  it('between two calls', async () => {
    const { jail, housing } = await housed({})
    await housing.load(spec, bytes)
    await jail.kill()
    expect((await housing.call('f', [])).ending.kind).toBe('jail-lost')
  })

  it('before the load', async () => {
    const { jail } = await housed({})
    await jail.kill()
    expect(
      (
        await new Jailed(
          jail,
          jails,
          { limits: LOOSE, outputBytes: 10, received: RECEIVED, exclusive: false },
          brokerWith(),
        ).load(spec, bytes)
      ).ending.kind,
    ).toBe('jail-lost')
  })
})

describe('a request on the pipe', () => {
  const OPERATIONS: Service['operations'] = {
    'test.ok': () => ({ intent: null, run: () => ({ errno: 'success' }) }),
    'test.large': () => ({ intent: null, run: () => ({ errno: 'success', body: new Uint8Array(8 * 2 ** 20) }) }),
    'test.hang': () => ({ intent: null, run: () => new Promise(() => {}) }),
  }
  const broker = { services: [{ operations: OPERATIONS, close: () => {} }] }
  const request = (operation: string): Deed => ({
    pipe: Buffer.from(encodeFrame(FRAME.request, encodeRequest({ operation, fields: {} }))).toString('base64'),
  })

  it('of the sandbox’s is served', async () => {
    const { activation, types } = await called([request('test.ok'), ending()], { broker })
    expect([activation.ending.kind, types]).toEqual(['returned', []])
  })

  it.each([
    ['an unknown operation', [request('test.unknown')], 'bad-request'],
    ['two at a time', [request('test.hang'), request('test.ok')], 'bad-request'],
    [
      'a reply that nobody has read, which would stay in the host’s memory,',
      [request('test.large'), { wait: 200 }, request('test.large')],
      'bad-frame',
    ],
    ['another frame', [{ pipe: Buffer.from(encodeFrame(FRAME.ending, new Uint8Array(0))).toString('base64') }], 'bad-frame'],
    ['a frame over the maximum', [{ pipe: Buffer.from([FRAME.request, 255, 255, 255, 255]).toString('base64') }], 'bad-frame'],
  ] as const)('with %s ends the jail', async (_, deeds, what) => {
    const { activation, jail } = await called(deeds, { broker })
    expect(activation.ending.kind).toBe('jail-lost')
    expect(activation.events).toContainEqual(expect.objectContaining({ type: 'suspicious-behaviour', what }))
    expect(alive(jail.pid)).toBe(false)
  })

  it('of which only a piece has come when the guest ends is nobody’s: the jail is not used again', async () => {
    const whole = Buffer.from(encodeFrame(FRAME.request, encodeRequest({ operation: 'test.ok', fields: {} })))
    const piece: Deed = { pipe: whole.subarray(0, whole.length - 1).toString('base64') }
    const { activation, jail } = await called([piece], { broker, limits: { ...LOOSE, wallClockMs: 50 } })
    expect(activation.ending).toEqual({ kind: 'wall-clock-limit' })
    expect(alive(jail.pid)).toBe(false)
  })

  it('that is being served when the guest ends is given up, and the jail is not used again', async () => {
    const { activation, jail } = await called([request('test.hang')], { broker, limits: { ...LOOSE, wallClockMs: 50 } })
    expect(activation.ending).toEqual({ kind: 'wall-clock-limit' })
    expect(alive(jail.pid)).toBe(false)
  })
})

describe('reports and changes', () => {
  const log: Deed = { frame: FRAME.report, text: JSON.stringify({ type: 'log', level: 'info', message: 'm' }) }

  it('belong to their activation', async () => {
    const { activation, housing } = await called([log, ending()])
    expect(activation).toMatchObject({ reports: [{ type: 'log', level: 'info', message: 'm' }], changes: [] })
    expect((await housing.call('f', [])).reports).toHaveLength(1)
  })

  it('over the quota, which the cell keeps, end the jail', async () => {
    const { activation, types } = await called([{ ...log, times: 3 }, ending()])
    expect(activation.ending.kind).toBe('jail-lost')
    expect(activation.events).toContainEqual(expect.objectContaining({ what: 'reports-over-quota' }))
    expect(types).toContain('suspicious-behaviour')
  })
})

describe('what the guest was not granted', () => {
  const { grants } = spec
  const mounts = (kind: 'memory' | 'snapshot' | 'directory', writable: boolean): Partial<Grants> => ({
    fs: { ...grants.fs!, mounts: [{ kind, at: '/data', writable, entries: [] }] },
  })
  const report = (made: object): Deed => ({ frame: FRAME.report, text: JSON.stringify(made) })
  const directory = (path: string): Deed => {
    const json = JSON.stringify({ type: 'directory', path })
    return { frame: FRAME.change, text: `${String.fromCharCode(json.length)}\0\0\0${json}` }
  }
  it.each<[string, Partial<Grants>, Deed, boolean]>([
    ['output', { stdio: null }, output('x'), false],
    ['output on the other stream', { stdio: { stdin: true, stdout: false, stderr: true } }, output('x'), false],
    ['output on its own stream', { stdio: { stdin: false, stdout: true, stderr: false } }, output('x'), true],
    ['a log line', { log: false }, report({ type: 'log', level: 'info', message: 'm' }), false],
    ['a timing', { result: false }, report({ type: 'timing', name: 'n', nanoseconds: 1 }), false],
    ['a timing with results', { log: false }, report({ type: 'timing', name: 'n', nanoseconds: 1 }), true],
    ['a change without files', { fs: null }, directory('/data/x'), false],
    ['a change beside the mount', mounts('memory', true), directory('/database'), false],
    ['a change of a read-only mount', mounts('snapshot', false), directory('/data/x'), false],
    ['a change of a live mount, which the broker makes', mounts('directory', true), directory('/data/x'), false],
    ['a change of a mount of its own', mounts('snapshot', true), directory('/data/x'), true],
  ])('is not believed of a jail: %s', async (_, given, deed, believed) => {
    const { housing, jail } = await housed({ [FRAME.load]: [deed, ending()] })
    const { ending: how } = await housing.load({ ...spec, grants: { ...grants, ...given } }, bytes)
    expect([how.kind, alive(jail.pid)]).toEqual(believed ? ['returned', true] : ['jail-lost', false])
  })
})

describe('a cell that fails', () => {
  it.each([
    ['ERR_WORKER_OUT_OF_MEMORY', { kind: 'heap-limit' }],
    ['exit', { kind: 'jail-lost', detail: 'the cell ended by itself' }],
  ])('with %s', async (code, expected) => {
    const { activation, jail } = await called([{ frame: FRAME.cellFailed, text: JSON.stringify({ code }) }])
    expect(activation.ending).toEqual(expected)
    // Whatever happened there, no other guest gets in.
    expect(alive(jail.pid)).toBe(false)
  })
})

describe('a jail that is not ours any more', () => {
  it.each<[string, string, readonly Deed[]]>([
    ['more output than the cap', 'output-over-cap', [output('x'.repeat(11))]],
    ['more output than the cap, little by little', 'output-over-cap', [output('x', 1000)]],
    ['a second report', 'second-ready', [READY]],
    ['a frame that is none', 'bad-frame', [{ frame: FRAME.ending, text: '{"ending":{"kind":"returned","values":[["f","x"]]}}' }]],
    ['an unknown frame', 'bad-frame', [{ frame: 0xff, text: '' }]],
    [
      'events without end',
      'too-many-events',
      [{ frame: FRAME.event, text: '{"type":"suspicious-behaviour","severity":"info","message":"","what":""}', times: 5000 }],
    ],
  ])('sends %s', async (_, what, deeds) => {
    const { activation, jail } = await called(deeds)
    expect(activation.ending).toEqual({ kind: 'jail-lost', detail: 'it broke the protocol' })
    expect(alive(jail.pid)).toBe(false)
    const own = activation.events.filter((event) => event.type === 'suspicious-behaviour' && event.what !== '')
    expect(own).toEqual([expect.objectContaining({ severity: 'high', what })])
    expect(activation.events.length).toBeLessThanOrEqual(1502)
    expect(activation.stdout.length).toBeLessThanOrEqual(10)
  })

  const ASKS: Deed = {
    pipe: Buffer.from(encodeFrame(FRAME.request, encodeRequest({ operation: 'test.ok', fields: {} }))).toString('base64'),
  }
  it.each<[string, Deed]>([
    ['ends a call that was not made', ending({ kind: 'exited', code: 9 })],
    ['writes for a call that was not made', output('x')],
    ['asks the broker for a call that was not made', ASKS],
  ])('%s: that is the end of it', async (_, deed) => {
    const broker = {
      services: [{ operations: { 'test.ok': () => ({ intent: null, run: () => ({ errno: 'success' }) }) }, close: () => {} }],
    }
    const { housing, jail } = await housed({ [FRAME.load]: [ending(), { wait: 50 }, deed], [FRAME.call]: [ending()] }, {
      broker,
    } as never)
    expect((await housing.load(spec, bytes)).ending.kind).toBe('returned')
    await until(() => jail.ended !== null)
    const { ending: end, stdout, events } = await housing.call('f', [])
    expect([end.kind, stdout.length]).toEqual(['jail-lost', 0])
    expect(events).toMatchObject([{ type: 'suspicious-behaviour', what: 'between-activations' }])
  })

  it('says that the cell is gone when nobody asked: that means nothing', async () => {
    const { activation } = await called([CELL_GONE, CELL_GONE, ending()])
    expect(activation.ending.kind).toBe('returned')
  })

  it('still talks while it is being ended: that changes nothing', async () => {
    const { housing } = await housed({ [FRAME.terminate]: [ending({ kind: 'exited', code: 0 }), ...REPLACE] })
    const call = housing.load(spec, bytes).then(() => housing.call('f', []))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await housing.end()
    expect((await call).ending).toEqual({ kind: 'terminated' })
  })
})

describe('the kill ladder', () => {
  it('goes on to SIGKILL when the jail does not answer', async () => {
    const { housing, jail } = await housed({ [FRAME.terminate]: [] }, { limits: { ...LOOSE, wallClockMs: 50 } })
    await housing.load(spec, bytes)
    const activation = await housing.call('f', [])
    expect(activation.events).toMatchObject([{ type: 'guest-killed', step: 'sigkill' }])
    expect(alive(jail.pid)).toBe(false)
  })

  it('starts at SIGKILL when resident memory is exceeded', async () => {
    const { jail, housing } = await housed({ [FRAME.load]: [] }, { limits: { ...LOOSE, residentBytes: 4096 } })
    const activation = await housing.load(spec, bytes)
    expect(activation.ending).toMatchObject({ kind: 'memory-limit' })
    expect((activation.ending as { actualBytes: number }).actualBytes).toBeGreaterThan(4096)
    expect(activation.events).toMatchObject([{ type: 'guest-killed', step: 'sigkill' }])
    expect(alive(jail.pid)).toBe(false)
  })

  it('is climbed once, however often the end is asked for', async () => {
    const { housing, jail } = await housed({})
    await housing.load(spec, bytes)
    await Promise.all([housing.end(), housing.end()])
    await housing.end()
    expect(await jails.take(ANY)).toBe(jail)
  })

  it('ends an exclusive jail with its guest', async () => {
    const { housing, jail } = await housed({}, { exclusive: true })
    await housing.load(spec, bytes)
    await housing.end()
    expect(alive(jail.pid)).toBe(false)
  })

  it('notices a jail that dies in answer', async () => {
    const { housing, jail } = await housed({ [FRAME.terminate]: [{ exit: 1 }] })
    await housing.load(spec, bytes)
    await housing.end()
    expect([alive(jail.pid), jail.ended?.detail]).toEqual([false, 'it ended with code 1'])
  })
})

describe('a guest whose cell may be used again', () => {
  const frames: number[] = []
  async function reusable(script: Script, { broker = {} as Partial<BrokerOptions>, exclusive = false } = {}) {
    const full: Script = {
      [FRAME.load]: [ending()],
      [FRAME.call]: [ending()],
      [FRAME.terminate]: REPLACE,
      ...script,
      start: [READY, CELL_READY],
    }
    jails = new Jails(() => JailProcess.start(fakeCommand(full)))
    const jail = await jails.take({ fresh: false, key: 'key' })
    frames.length = 0
    const sending = { send: jail.send.bind(jail), sendJson: jail.sendJson.bind(jail) }
    jail.send = (type, payload) => {
      frames.push(type)
      sending.send(type, payload)
    }
    jail.sendJson = (type, value) => {
      frames.push(type)
      sending.sendJson(type, value)
    }
    const policy = { limits: LOOSE, outputBytes: 10, received: RECEIVED, exclusive, reuse: 'key' }
    const house = () => new Jailed(jail, jails, policy, brokerWith(broker))
    return { jail, house, kept: () => !frames.includes(FRAME.terminate) }
  }
  const kept = { ...spec, moduleId: 'm' }

  it.each<[string, Deed[], boolean]>([
    ['has returned', [ending()], true],
    ['has exited', [ending({ kind: 'exited', code: 1 })], true],
    ['has trapped', [ending({ kind: 'trapped', trap: 'unreachable' })], false],
    ['threw', [ending({ kind: 'uncaught-exception' })], false],
    ['reached its cap on output', [ending({ kind: 'output-limit' })], false],
    ['met a fault', [ending({ kind: 'fault', detail: '' })], false],
    [
      'did what no honest guest does',
      [{ frame: FRAME.event, text: '{"type":"suspicious-behaviour","severity":"high","message":"m","what":"w"}' }, ending()],
      false,
    ],
  ])('and that %s', async (_, deeds, expected) => {
    const { house, kept: isKept } = await reusable({ [FRAME.call]: deeds })
    const housing = house()
    await housing.load(kept, bytes)
    await housing.call('f', [])
    await housing.end()
    expect(isKept()).toBe(expected)
  })

  it('is ended with its cell in the middle of a call', async () => {
    const { house, kept: isKept } = await reusable({ [FRAME.call]: [] })
    const housing = house()
    await housing.load(kept, bytes)
    const call = housing.call('f', [])
    await housing.end()
    expect([(await call).ending, isKept()]).toEqual([{ kind: 'terminated' }, false])
  })

  it('is ended with its cell where a piece of a request is left in the pipe', async () => {
    const piece: Deed = { pipe: Buffer.from([FRAME.request, 9]).toString('base64') }
    const { house, kept: isKept } = await reusable({ [FRAME.call]: [piece, { wait: 50 }, ending()] })
    const housing = house()
    await housing.load(kept, bytes)
    await housing.call('f', [])
    await housing.end()
    expect(isKept()).toBe(false)
  })

  it('in an exclusive jail ends with it all the same', async () => {
    const { house, jail, kept: isKept } = await reusable({}, { exclusive: true })
    const housing = house()
    await housing.load(kept, bytes)
    await housing.end()
    expect([isKept(), alive(jail.pid)]).toEqual([false, false])
  })

  it('has its module sent once, for the next one too, unless the first one did not end by itself', async () => {
    const { jail, house } = await reusable({})
    const sizes: number[] = []
    const send = jail.send
    jail.send = (type, payload) => {
      if (type === FRAME.load) sizes.push(payload.length)
      send(type, payload)
    }
    for (let i = 0; i < 3; i++) {
      const housing = house()
      await housing.load(kept, bytes)
      await housing.end()
    }
    expect(sizes[0]! - sizes[1]!).toBeGreaterThanOrEqual(bytes.length)
    expect(sizes[2]).toBe(sizes[1])
    expect(jail.modules.statistics).toMatchObject({ hits: 2, misses: 1, entries: 1, bytes: bytes.length })
  })

  it('has its module sent again where the jail has not compiled it', async () => {
    const { jail, house } = await reusable({ [FRAME.load]: [ending({ kind: 'engine-refused', detail: '' })] })
    await house().load(kept, bytes)
    expect(jail.modules.statistics.entries).toBe(0)
  })
})

describe('events', () => {
  const blocked: Deed = {
    frame: FRAME.event,
    text: JSON.stringify({ type: 'syscall-blocked', severity: 'high', message: 'm', hostCall: 'fd_write', capability: null }),
  }

  it('of an honest cell are kept, as many as it may send', async () => {
    const { activation, types } = await called([{ ...blocked, times: 1500 }, ending()])
    expect([activation.ending.kind, types.length]).toEqual(['returned', 1500])
  })

  it('of a jail that sends more end it', async () => {
    const { activation, types } = await called([{ ...blocked, times: 1501 }, ending()])
    expect(activation.ending.kind).toBe('jail-lost')
    expect(types).toContain('suspicious-behaviour')
  })

  it('of the broker are told up to a number, and the guest goes on', async () => {
    const event = { type: 'audit-failed', severity: 'high', message: 'm' } as const
    let tell: BrokerOptions['event'] = () => {}
    const { housing } = await housed({ [FRAME.call]: [ending()] }, {}, (given) => {
      tell = given
    })
    await housing.load(spec, bytes)
    const calling = housing.call('f', [])
    for (let i = 0; i < 3000; i++) tell(event)
    const { events, ending: how } = await calling
    expect(how.kind).toBe('returned')
    expect(events).toHaveLength(2000)
    expect(events.at(-1)?.message).toMatch(/not told/)
  })
})
