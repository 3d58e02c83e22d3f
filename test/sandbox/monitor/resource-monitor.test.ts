// What the monitor adds up, forgets and tells.
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/sandbox/errors.ts'
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import { ResourceMonitor, readPrincipal } from '../../../src/sandbox/monitor/resource-monitor.ts'
import { brokered, counts, ends, policy, runs, watched } from './support.ts'

const WRITE = ABI.findIndex(({ name }) => name === 'fd_write')
const YIELD = ABI.findIndex(({ name }) => name === 'sched_yield')

describe('sums', () => {
  it('adds up activations by instance, by principal and in all', () => {
    const { monitor, enter } = watched()
    const [a, b, c] = [enter('a', 'p'), enter('b', 'p'), enter('c')]
    runs(a.monitor, {
      cpuMs: 10,
      peakResidentBytes: 500,
      memoryBytes: 5,
      counts: counts({ handles: { open: 3, peak: 4 }, fuel: 100 }),
    })
    runs(a.monitor, {
      cpuMs: 5,
      peakResidentBytes: 400,
      memoryBytes: 7,
      counts: counts({ fuel: 50 }),
    })
    runs(b.monitor, { cpuMs: 100, ending: { kind: 'trapped', trap: 'unreachable' } })
    runs(c.monitor, { cpuMs: 1000 })
    expect(monitor.instance('a')!.figures).toMatchObject({
      activations: 2,
      cpuMs: 15,
      fuel: 150,
      highWater: { cpuMs: 10, residentBytes: 500, memoryBytes: 7, handles: 4, fuel: 100 },
      outcomes: [{ outcome: 'completed', count: 2 }],
    })
    expect(monitor.instance('b')!.figures).toMatchObject({ fuel: null, highWater: { fuel: null } })
    expect(monitor.principal('p')).toMatchObject({ instances: { live: 2, created: 2 }, figures: { activations: 3, cpuMs: 115 } })
    expect(monitor.totals()).toMatchObject({
      activations: 4,
      cpuMs: 1115,
      highWater: { cpuMs: 1000 },
      outcomes: [
        { outcome: 'completed', count: 3 },
        { outcome: 'trapped', count: 1 },
      ],
    })
  })

  it('names host calls by the ABI table, and adds what each activation counted', () => {
    const { monitor, enter } = watched()
    const { monitor: a } = enter('a')
    runs(a, { counts: counts({ calls: [[WRITE, 2, 30, 8]] }) })
    const rows = [
      [WRITE, 1, 5, 4],
      [YIELD, 7, 0, 0],
    ] as const
    runs(a, { counts: counts({ calls: rows }) })
    expect(monitor.totals().hostCalls).toEqual([
      { hostCall: 'fd_write', calls: 3, bytesFromGuest: 35, bytesToGuest: 12 },
      { hostCall: 'sched_yield', calls: 7, bytesFromGuest: 0, bytesToGuest: 0 },
    ])
  })

  it('measures brokered calls by operation, with their latencies in buckets', () => {
    const { monitor, enter } = watched()
    const { monitor: a } = enter('a', 'p')
    a.beginActivation()
    for (const milliseconds of [0.05, 3, 40_000]) a.brokered(brokered({ milliseconds }))
    a.brokered(brokered({ operation: 'kv.set', errno: 'dquot', usage: { kvBytes: 70, kvEntries: 2 } }))
    const [get, set] = monitor.principal('p')!.figures.operations
    expect(get).toMatchObject({ operation: 'kv.get', calls: 3, errors: 0, bytesFromJail: 30, bytesToJail: 60 })
    expect(get!.latency).toMatchObject({ count: 3, sumMs: 40_003.05, maxMs: 40_000 })
    expect(get!.latency.buckets.filter(({ count }) => count > 0)).toEqual([
      { atMostMs: 0.05, count: 1 },
      { atMostMs: 5, count: 1 },
      { atMostMs: null, count: 1 },
    ])
    expect(set).toMatchObject({ operation: 'kv.set', calls: 1, errors: 1 })
    expect(monitor.totals().highWater).toMatchObject({ kvBytes: 70, kvEntries: 2 })
  })

  it('adds up the network by activation, and output at once', () => {
    const { monitor, enter } = watched()
    const { monitor: a } = enter('a')
    for (const networkBytes of [100, 50]) {
      a.beginActivation()
      a.brokered(brokered({ operation: 'net.http', usage: { networkBytes: 10, networkRequests: 1 } }))
      a.brokered(brokered({ operation: 'net.httpBody', usage: { networkBytes, networkRequests: 1 } }))
      a.wrote(3)
      expect(monitor.instance('a')!.running).toMatchObject({ networkBytes, networkRequests: 1, outputBytes: 3 })
      ends(a)
    }
    expect(monitor.totals()).toMatchObject({
      networkBytes: 150,
      networkRequests: 2,
      outputBytes: 6,
      highWater: { networkBytes: 100, outputBytes: 6 },
    })
  })

  it('of a guest that was ended says nothing that its cell would have had to say', () => {
    const { monitor, told, enter, listen } = watched()
    listen('sample')
    const { monitor: a } = enter('a')
    a.beginActivation()
    a.sampled(40, 900)
    ends(a, { ending: { kind: 'cpu-limit' }, cpuMs: 50, peakResidentBytes: 1000, memoryBytes: 77 })
    expect(told).toMatchObject([
      { ended: true, figures: { cpuMs: 50, residentBytes: 1000, memoryBytes: null, handles: null, hostCalls: null } },
    ])
    expect(monitor.totals().highWater).toMatchObject({ memoryBytes: 0, residentBytes: 1000 })
  })

  it('has the states of an instance', () => {
    const { monitor, enter } = watched()
    const { monitor: a, left } = enter('a')
    expect(monitor.instance('a')).toMatchObject({ state: 'idle', running: null, endedAt: null, module: 'sha', policy: 'default' })
    a.beginActivation()
    a.sampled(5, 6)
    expect(monitor.instance('a')).toMatchObject({ state: 'running', running: { cpuMs: 5, residentBytes: 6 } })
    ends(a)
    expect(monitor.instance('a')).toMatchObject({ state: 'idle', running: null })
    left()
    left()
    expect(monitor.instance('a')).toMatchObject({ state: 'ended', endedAt: expect.any(Number) })
    expect(monitor.instances).toEqual({ live: 0, created: 1 })
    expect(monitor.instance('b')).toBeNull()
  })
})

describe('bounded memory', () => {
  it('keeps the last instances that ended, and no others', () => {
    const { monitor, enter } = watched({ keepEnded: 2 })
    for (const id of ['a', 'b', 'c']) {
      const { monitor: made, left } = enter(id)
      runs(made, { cpuMs: 1 })
      left()
    }
    const { instances, totals } = monitor.snapshot()
    expect([instances.live, instances.ended.map(({ instance }) => instance), instances.created]).toEqual([[], ['b', 'c'], 3])
    expect([monitor.instance('a'), totals.cpuMs]).toEqual([null, 3])
  })

  it('forgets the principal that has been quiet longest, never one with a live instance', () => {
    const { monitor, enter } = watched({ keepPrincipals: 2 })
    const lives = enter('1', 'lives')
    enter('2', 'quiet').left()
    enter('3', 'new').left()
    expect(monitor.principals().map(({ principal }) => principal)).toEqual(['lives', 'new'])
    expect([monitor.principal('quiet'), monitor.snapshot().principalsForgotten]).toEqual([null, 1])
    lives.left()
    enter('4', 'newer')
    expect(monitor.principals().map(({ principal }) => principal)).toEqual(['new', 'newer'])
  })

  it('names that every object has are names like any other', () => {
    const { monitor, enter } = watched()
    expect([monitor.principal('__proto__'), monitor.instance('constructor')]).toEqual([null, null])
    runs(enter('toString', '__proto__').monitor, { cpuMs: 2 })
    expect(monitor.principal('__proto__')!.figures.cpuMs).toBe(2)
  })
})

describe('subscribe', () => {
  it('tells samples at most once in an interval, and one at the end', async () => {
    const { told, enter, listen } = watched({ intervalMs: 60 })
    listen('sample')
    const { monitor: a } = enter('a', 'p')
    a.beginActivation()
    for (let i = 0; i < 10; i++) {
      a.sampled(i, 100)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const during = told.length
    expect(during).toBeGreaterThanOrEqual(1)
    expect(during).toBeLessThanOrEqual(2)
    expect(told[0]).toMatchObject({ type: 'sample', instance: 'a', principal: 'p', ended: false })
    ends(a)
    expect(told.at(-1)).toMatchObject({ type: 'sample', ended: true })
    expect(told.length).toBe(during + 1)
  })

  it('tells brokered calls only those who ask', () => {
    const { monitor, told, enter, listen } = watched()
    const others: unknown[] = []
    monitor.subscribe((event) => others.push(event))
    const end = listen('brokered')
    const { monitor: a } = enter('a')
    a.beginActivation()
    a.brokered(brokered({ errno: 'noent' }))
    end()
    a.brokered(brokered())
    expect(told).toMatchObject([{ type: 'brokered', operation: 'kv.get', errno: 'noent', milliseconds: 1 }])
    expect(others).toEqual([])
  })

  it('survives listeners that throw, at once or later, and tells the others', async () => {
    const { monitor, told, enter, listen } = watched()
    monitor.subscribe(() => {
      throw new Error('listener')
    })
    monitor.subscribe(async () => {
      throw new Error('later')
    })
    listen('sample')
    runs(enter('a').monitor)
    await new Promise((resolve) => setImmediate(resolve))
    expect([told.length, monitor.snapshot().listenerErrors]).toEqual([1, 2])
  })

  it('a listener that is given twice is told twice, and taken away once each', () => {
    const { monitor, enter } = watched()
    let count = 0
    const listener = () => void count++
    const ends = [monitor.subscribe(listener), monitor.subscribe(listener)]
    const { monitor: a } = enter('a')
    runs(a)
    ends[0]!()
    ends[0]!()
    runs(a)
    expect(count).toBe(3)
  })

  it('refuses a type that there is not', () => {
    expect(() => new ResourceMonitor().subscribe(() => {}, { types: ['smaple' as 'sample'] })).toThrow(UsageError)
  })
})

describe('options', () => {
  it.each([
    [{ intervalMs: -1 }, 'monitor.intervalMs must be a whole number from 0 to 3600000.'],
    [{ keepEnded: 1.5 }, 'monitor.keepEnded must be a whole number'],
    [{ keepPrincipals: '5' }, 'monitor.keepPrincipals must be'],
    [{ interval: 5 }, 'There is no option monitor.interval.'],
  ])('%j is refused', (options, message) => {
    expect(() => new ResourceMonitor(options as object)).toThrow(message)
  })

  it('takes nothing from a polluted prototype', () => {
    const polluted = Object.prototype as { keepEnded?: unknown; alerts?: unknown }
    polluted.keepEnded = 'bad'
    polluted.alerts = 'bad'
    try {
      expect(new ResourceMonitor().snapshot().principals).toEqual([])
    } finally {
      delete polluted.keepEnded
      delete polluted.alerts
    }
  })

  it('a principal is a text that is not empty and not long', () => {
    expect([readPrincipal(undefined), readPrincipal('p')]).toEqual([null, 'p'])
    for (const bad of ['', 'x'.repeat(201), 7, null]) expect(() => readPrincipal(bad)).toThrow(UsageError)
  })
})

it('costs microseconds when nobody looks', () => {
  const { enter } = watched({ alerts: [{ metric: 'cpuMs', at: 1 }] })
  const { monitor } = enter('a', 'p')
  monitor.beginActivation()
  const call = brokered()
  const startedAt = performance.now()
  for (let i = 0; i < 100_000; i++) {
    monitor.sampled(1, 1)
    monitor.brokered(call)
  }
  const each = ((performance.now() - startedAt) / 200_000) * 1000
  expect(policy.quotas.cpuMs).not.toBeNull()
  // Microseconds; measured 0.3 on an idle machine.
  expect(each).toBeLessThan(20)
})
