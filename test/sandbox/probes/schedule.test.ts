// Probes on their schedules: each run that is due takes place once or is told of as skipped, whatever runs long, throws, stops or sleeps.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProbeEvent } from '../../../src/sandbox/probes/probe-events.ts'
import { type ProbeDefinition, ProbeRunner } from '../../../src/sandbox/probes/runner.ts'
import type { ResultMeta } from '../../../src/sandbox/store/result-store.ts'
import { FakeSandbox, failing, HandClock, hashOf, outcome, plainModule, probeModule, settle } from '../support/probes.ts'

let clock: HandClock
let sandbox: FakeSandbox
let runner: ProbeRunner
let events: ProbeEvent[]
const MODULE = probeModule()
beforeEach(() => {
  clock = new HandClock()
  sandbox = new FakeSandbox()
  runner = new ProbeRunner(sandbox, { clock, random: () => 0 })
  events = []
  runner.subscribe((event) => events.push(event))
})
afterEach(() => runner[Symbol.asyncDispose]())

const begin = async (more: Partial<ProbeDefinition> = {}) => {
  expect(await runner.add({ id: 'p', module: MODULE, schedule: { everyMs: 100 }, ...more })).toMatchObject({ state: 'active' })
  runner.start('p')
}
const turn = async (milliseconds: number, inOneGo = false) => {
  clock.turn(milliseconds, inOneGo)
  await settle()
}
/** As in `1 started`, `2-4 late`. */
const told = () =>
  events.flatMap((event) => {
    if (event.type === 'run-skipped')
      return [`${event.first === event.last ? event.first : `${event.first}-${event.last}`} ${event.reason}`]
    return 'run' in event ? [`${event.run} ${event.type.replace('run-', '')}`] : []
  })

describe('a probe', () => {
  it('runs when it is due, numbered, and not before it is started', async () => {
    expect(await runner.add({ id: 'p', module: MODULE, schedule: { everyMs: 100 } })).toMatchObject({ state: 'active' })
    await turn(1000)
    expect(sandbox.calls).toEqual([])
    runner.start('p')
    for (const wait of [0, 100, 100, 99]) await turn(wait)
    expect(told()).toEqual(['1 started', '1 finished', '2 started', '2 finished', '3 started', '3 finished'])
    expect(runner.status('p')).toMatchObject({
      scheduled: true,
      nextRun: 4,
      running: null,
      active: { runs: 3, succeeded: 3, failed: 0 },
    })
  })

  it('goes on after a module that traps and a sandbox that throws', async () => {
    const ends = [failing(), new Error('no jail'), outcome()]
    sandbox.answer = () => ends.shift()!
    await begin()
    for (let at = 0; at < 3; at++) await turn(at && 100)
    expect(told()).toEqual(['1 started', '1 finished', '2 started', '2 failed', '3 started', '3 finished'])
    expect(runner.status('p').active).toMatchObject({ runs: 3, succeeded: 1, failed: 1 })
  })

  it('goes on after a sandbox that throws at once', async () => {
    sandbox.execute = () => {
      throw new Error('at once')
    }
    await begin()
    await turn(0)
    await turn(100)
    expect(told()).toEqual(['1 started', '1 failed', '2 started', '2 failed'])
  })

  it('skips a run while one is going on, and says so', async () => {
    sandbox.answer = null
    await begin()
    await turn(250)
    sandbox.calls[0]!.end(outcome())
    await settle()
    await turn(50)
    expect(told()).toEqual(['1 started', '2 overlap', '3 overlap', '1 finished', '4 started'])
  })

  it('lets runs wait if it is told to, as many as it may, in their order', async () => {
    sandbox.answer = null
    await begin({ overlap: { policy: 'queue', length: 2 } })
    await turn(450)
    expect(told()).toEqual(['1 started', '4 queue-full', '5 queue-full'])
    expect(runner.status('p').waiting).toEqual([2, 3])
    for (let at = 0; at < 3; at++) {
      sandbox.calls[at]!.end(outcome())
      await settle()
    }
    expect(told().slice(3)).toEqual(['1 finished', '2 started', '2 finished', '3 started', '3 finished'])
  })

  it.each([
    ['skip', { policy: 'skip' }, ['1 started', '1 finished', '2-1000 late', '1001 started', '1001 finished']],
    [
      'queue',
      { policy: 'queue', length: 2 },
      [
        '1 started',
        '1 finished',
        '5-1001 queue-full',
        '2 started',
        '2 finished',
        '3 started',
        '3 finished',
        '4 started',
        '4 finished',
      ],
    ],
  ] as const)('that slept for long does not run a thousand times, and accounts for each: %s', async (_, overlap, expected) => {
    await begin({ overlap })
    await turn(0)
    await turn(100_000, true)
    await settle()
    expect(told()).toEqual(expected)
  })

  it('that is stopped ends what is going on, skips what waits, and counts on when it is started again', async () => {
    sandbox.answer = null
    await begin({ overlap: { policy: 'queue', length: 5 } })
    await turn(250)
    let stopped = false
    const stop = runner.stop('p').then(() => {
      stopped = true
    })
    await settle()
    expect([stopped, sandbox.calls[0]!.signal.aborted]).toEqual([false, false])
    await turn(1000)
    sandbox.calls[0]!.end(outcome())
    await stop
    runner.start('p')
    await turn(0)
    expect(told()).toEqual(['1 started', '2 stopped', '3 stopped', '1 finished', '4 started'])
  })

  it('that is stopped at once aborts what is going on', async () => {
    sandbox.answer = null
    await begin()
    await turn(0)
    const stop = runner.stop('p', { abort: true })
    expect(sandbox.calls[0]!.signal.aborted).toBe(true)
    await stop
    expect(told()).toEqual(['1 started', '1 finished'])
  })

  it('that is stopped and started while a run goes on has no second one beside it', async () => {
    sandbox.answer = null
    await begin()
    await turn(0)
    const stop = runner.stop('p')
    runner.start('p')
    await turn(0)
    expect(told()).toEqual(['1 started', '2 overlap'])
    sandbox.calls[0]!.end(outcome())
    await stop
  })

  it('goes on counting where the embedder says', async () => {
    await begin({ firstRun: 1000 })
    await turn(0)
    expect(told()).toEqual(['1000 started', '1000 finished'])
  })

  it('cannot be started twice, or under an id that is taken, or unknown', async () => {
    await begin()
    expect(() => runner.start('p')).toThrow(/runs already/)
    await expect(runner.add({ id: 'p', module: MODULE, schedule: { everyMs: 100 } })).rejects.toThrow(/already/)
    expect(() => runner.start('toString')).toThrow(/no probe/)
    expect(() => runner.status('__proto__')).toThrow(/no probe/)
  })

  it('that is removed is gone, and so is its timer', async () => {
    await begin()
    await runner.remove('p')
    await turn(1000)
    expect([runner.ids, sandbox.calls, clock.timers]).toEqual([[], [], 0])
    expect(() => runner.status('p')).toThrow(/no probe/)
  })

  it('gives each run its settings, as they were when it was added', async () => {
    const stdin = new Uint8Array([1])
    const callArguments = [1]
    const seen: unknown[] = []
    const { execute } = sandbox
    sandbox.execute = (module, policy, options) => {
      seen.push(options!.entry, [...options!.callArguments!], [...(options!.stdin as Uint8Array)])
      return execute(module, policy, options)
    }
    const module = plainModule(0, '(module (func (export "check") (param i32)))')
    await begin({ module, run: { entry: 'check', callArguments, stdin } })
    callArguments.push(2)
    stdin[0] = 9
    await turn(0)
    expect(seen).toEqual(['check', [1], [1]])
  })

  it('has no signal of the embedder in its settings', async () => {
    const { signal } = new AbortController()
    const run = { signal } as object
    await expect(runner.add({ id: 'p', module: MODULE, schedule: { everyMs: 100 }, run })).rejects.toThrow(/no setting "signal"/)
    expect(runner.ids).toEqual([])
  })
})

describe('a runner', () => {
  it('keeps each result under the hash of the version that it came from', async () => {
    const kept: [string, ResultMeta][] = []
    const put = (result: { outcome: string }, meta: ResultMeta) => kept.push([result.outcome, meta])
    runner = new ProbeRunner(sandbox, { clock, random: () => 0, results: { put } })
    runner.subscribe((event) => events.push(event))
    await begin()
    await turn(0)
    expect(kept).toEqual([['completed', { module: hashOf(MODULE), policy: 'default, narrowed', name: 'p' }]])
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', record: 1 })
  })

  it('says of a result that it could not be kept, and goes on', async () => {
    const put = () => {
      throw new Error('full')
    }
    runner = new ProbeRunner(sandbox, { clock, random: () => 0, results: { put } })
    runner.subscribe((event) => events.push(event))
    await begin()
    await turn(0)
    await turn(100)
    expect(told()).toEqual(['1', '2'].flatMap((n) => [`${n} started`, `${n} result-not-kept`, `${n} finished`]))
  })

  it('keeps telling the others when a listener throws', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const wrong = new Error('listener')
    const also: string[] = []
    runner.subscribe(() => {
      throw wrong
    })
    const end = runner.subscribe(({ type }) => also.push(type))
    await begin()
    await turn(0)
    end()
    await turn(100)
    expect(also.filter((type) => type.startsWith('run'))).toEqual(['run-started', 'run-finished'])
    expect(warned).toHaveBeenCalledWith(wrong)
    warned.mockRestore()
  })

  it('tells everybody everything in its order, also what a listener causes', async () => {
    const order: string[] = []
    runner.subscribe(({ type }) => {
      if (type === 'run-finished') void runner.stop('p')
    })
    runner.subscribe((event) => order.push(event.type))
    await begin({ overlap: { policy: 'queue', length: 3 } })
    sandbox.answer = null
    await turn(250)
    sandbox.calls[0]!.end(outcome())
    await settle()
    expect(order.slice(-4)).toEqual(['run-started', 'run-finished', 'run-skipped', 'run-skipped'])
  })

  it('that is disposed of aborts what is going on and takes nothing more', async () => {
    sandbox.answer = null
    await begin()
    await turn(0)
    const disposed = runner[Symbol.asyncDispose]()
    expect(sandbox.calls[0]!.signal.aborted).toBe(true)
    await disposed
    expect(clock.timers).toBe(0)
    await expect(runner.add({ id: 'q', module: MODULE, schedule: { everyMs: 100 } })).rejects.toThrow(/disposed/)
    await expect(runner.swap('p', MODULE)).rejects.toThrow(/disposed/)
  })
})
