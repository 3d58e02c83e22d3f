// Thresholds: which are refused, and when one that was reached is told.
import { describe, expect, it } from 'vitest'
import { createSandbox, PolicyError, UsageError } from '../../../src/sandbox/index.ts'
import { ALERT_METRICS, type AlertMetric, readThresholds } from '../../../src/sandbox/monitor/thresholds.ts'
import { wat } from '../support/wat.ts'
import { brokered, counts, ends, watched } from './support.ts'

const INLINE = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const

describe('what is refused', () => {
  it.each([
    ['no list', {}, 'monitor.alerts must be a list'],
    ['too many', Array.from({ length: 51 }, (_, i) => ({ metric: 'cpuMs', at: (i + 1) / 51 })), 'must be a list of at most 50'],
    ['no such metric', [{ metric: 'cpu', at: 0.5 }], 'monitor.alerts[0].metric must be one of wallClockMs, cpuMs,'],
    ['a name that every object has', [{ metric: 'constructor', at: 0.5 }], 'monitor.alerts[0].metric must be one of'],
    ['a quota that nobody measures', [{ metric: 'functions', at: 0.5 }], 'monitor.alerts[0].metric must be one of'],
    ['nothing', [{ metric: 'cpuMs', at: 0 }], 'monitor.alerts[0].at must be a share of the limit'],
    ['more than the limit', [{ metric: 'cpuMs', at: 80 }], 'monitor.alerts[0].at must be a share of the limit'],
    ['not a number', [{ metric: 'cpuMs', at: Number.NaN }], 'monitor.alerts[0].at must be a share of the limit'],
    ['another key', [{ metric: 'cpuMs', at: 1, above: 3 }], 'must have the keys metric and at, and no others'],
    [
      'twice the same',
      [
        { metric: 'cpuMs', at: 0.5 },
        { metric: 'cpuMs', at: 0.5 },
      ],
      'monitor.alerts[1] is there twice',
    ],
  ])('%s', (_, alerts, message) => {
    expect(() => createSandbox('default', { monitor: { alerts: alerts as never } })).toThrow(UsageError)
    expect(() => readThresholds(alerts)).toThrow(message)
  })

  it('a share of a limit that the policy does not have, when the sandbox is made', () => {
    const make = () =>
      createSandbox(INLINE, {
        monitor: {
          alerts: [
            { metric: 'memoryBytes', at: 0.5 },
            { metric: 'cpuMs', at: 0.5 },
          ],
        },
      })
    expect(make).toThrow(PolicyError)
    expect(make).toThrow('the policy "default, changed" has no limit for quotas.cpuMs')
  })

  it('and when a call brings such a policy of its own', async () => {
    await using sandbox = createSandbox('default', { monitor: { alerts: [{ metric: 'cpuMs', at: 0.5 }] } })
    await expect(sandbox.execute(wat('(module (func (export "_start")))'), INLINE)).rejects.toThrow(PolicyError)
  })

  it('nothing else: every quota that can be named can have a limit in a jail', () => {
    const metrics = Object.keys(ALERT_METRICS) as AlertMetric[]
    const alerts = metrics.map((metric) => ({ metric, at: 0.5 }))
    expect(createSandbox({ quotas: { fuel: 1000 } }, { monitor: { alerts } }).policy.quotas.fuel).toBe(1000)
  })
})

describe('what is told', () => {
  const alerts = [
    { metric: 'cpuMs', at: 0.5 },
    { metric: 'cpuMs', at: 0.9 },
    { metric: 'residentBytes', at: 0.5 },
    { metric: 'wallClockMs', at: 0.001 },
    { metric: 'outputBytes', at: 0.5 },
    { metric: 'networkBytes', at: 0.8 },
    { metric: 'networkRequests', at: 1 },
    { metric: 'hostCallMs', at: 0.5 },
    { metric: 'kvBytes', at: 0.5 },
    { metric: 'kvEntries', at: 0.5 },
    { metric: 'memoryBytes', at: 0.8 },
    { metric: 'handles', at: 0.8 },
    { metric: 'fuel', at: 0.9 },
  ] as const
  const quotas = {
    cpuMs: 1000,
    wallClockMs: 20_000,
    outputBytes: 100,
    networkBytes: 1000,
    networkRequests: 3,
    hostCallMs: 100,
    kvBytes: 100,
    kvEntries: 10,
    memoryBytes: 65_536,
    handles: 10,
    fuel: 500,
  }
  const start = () => {
    const made = watched({ alerts })
    made.listen('alert')
    const { monitor } = made.enter('i', 'p', { quotas })
    monitor.beginActivation()
    const metrics = () => made.told.splice(0).map((event) => event.type === 'alert' && [event.metric, event.at, event.value])
    return { ...made, i: monitor, metrics }
  }

  it('each threshold once in an activation, with the value and the limit', () => {
    const { i, told, metrics, monitor } = start()
    i.sampled(499, 10)
    expect(told).toEqual([])
    i.sampled(500, 10)
    expect(told).toEqual([
      {
        ...{ type: 'alert', time: expect.any(Number), instance: 'i', principal: 'p' },
        ...{ metric: 'cpuMs', at: 0.5, value: 500, limit: 1000, measuredBy: 'host' },
      },
    ])
    metrics()
    i.sampled(900, 300 * 2 ** 20)
    i.sampled(950, 300 * 2 ** 20)
    expect(metrics()).toEqual([
      ['cpuMs', 0.9, 900],
      ['residentBytes', 0.5, 300 * 2 ** 20],
    ])
    ends(i, { cpuMs: 950, peakResidentBytes: 300 * 2 ** 20 })
    expect(metrics()).toEqual([])
    i.beginActivation()
    i.sampled(600, 10)
    expect(metrics()).toEqual([['cpuMs', 0.5, 600]])
    expect(monitor.principal('p')!.figures.alerts).toEqual([
      { metric: 'cpuMs', count: 3 },
      { metric: 'residentBytes', count: 1 },
    ])
  })

  it('wall-clock time, at the samples', async () => {
    const { i, metrics } = start()
    i.sampled(0, 0)
    expect(metrics()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 30))
    i.sampled(0, 0)
    expect(metrics()).toEqual([['wallClockMs', 0.001, expect.any(Number)]])
  })

  it('output over the life of the instance, as its quota counts', () => {
    const { i, metrics } = start()
    i.wrote(49)
    ends(i)
    i.beginActivation()
    expect(metrics()).toEqual([])
    i.wrote(1)
    expect(metrics()).toEqual([['outputBytes', 0.5, 50]])
  })

  it('what the broker counts, and the time of its calls', () => {
    const { i, metrics } = start()
    i.brokered(brokered({ milliseconds: 49, usage: { networkBytes: 799, networkRequests: 2 } }))
    expect(metrics()).toEqual([])
    i.brokered(brokered({ milliseconds: 50, usage: { networkBytes: 800, networkRequests: 3, kvBytes: 50, kvEntries: 5 } }))
    expect(metrics()).toEqual([
      ['networkBytes', 0.8, 800],
      ['networkRequests', 1, 3],
      ['hostCallMs', 0.5, 50],
      ['kvBytes', 0.5, 50],
      ['kvEntries', 0.5, 5],
    ])
  })

  it('what the cell says at the end, marked as its word', () => {
    const { i, told } = start()
    ends(i, { memoryBytes: 65_536, counts: counts({ handles: { open: 3, peak: 8 }, fuel: 450 }) })
    expect(told).toMatchObject([
      { metric: 'memoryBytes', value: 65_536, measuredBy: 'jail' },
      { metric: 'handles', value: 8, limit: 10, measuredBy: 'jail' },
      { metric: 'fuel', value: 450, limit: 500, measuredBy: 'jail' },
    ])
  })

  it('nothing of a quota of nothing that nothing was used of', () => {
    const { told, enter, listen } = watched({
      alerts: [
        { metric: 'outputBytes', at: 0.5 },
        { metric: 'memoryBytes', at: 1 },
      ],
    })
    listen('alert')
    const { monitor } = enter('i', null, { quotas: { outputBytes: 0, memoryBytes: 0 } })
    monitor.beginActivation()
    ends(monitor, { counts: counts() })
    expect(told).toEqual([])
  })
})
