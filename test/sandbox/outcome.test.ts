// From endings to results: every ending has an outcome, a sentence and its events; joining two results loses nothing.
import { describe, expect, it } from 'vitest'
import type { Activation, Outside } from '../../src/sandbox/isolation/housing.ts'
import { joinResults, resultOf, resultWithoutRun } from '../../src/sandbox/outcome.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { OUTCOMES } from '../../src/sandbox/result.ts'

const policy = resolvePolicy({
  name: 'p',
  quotas: {
    wallClockMs: 123,
    cpuMs: 45,
    outputBytes: 6,
    memoryBytes: 700,
    residentBytes: '300MiB',
    fuel: 1000,
    callDepth: 77,
    hostCalls: 99,
  },
})
const activation = (ending: Outside): Activation => ({
  ending,
  stdout: Uint8Array.of(1, 2),
  stderr: Uint8Array.of(3),
  events: [],
  reports: [],
  changes: [],
  cpuMs: 1,
  peakResidentBytes: 2,
  memoryBytes: 3,
  hostCalls: 4,
  counts: null,
})
const result = (ending: Outside) => resultOf(activation(ending), policy, performance.now())

type Row = readonly [Outside, string, RegExp, readonly object[]]
const ROWS: readonly Row[] = [
  [{ kind: 'returned', values: [1, 2n] }, 'completed', /completed/, []],
  [{ kind: 'exited', code: 0 }, 'exited', /code 0/, []],
  [{ kind: 'exited', code: 9 }, 'exited', /code 9/, []],
  [{ kind: 'trapped', trap: 'unreachable' }, 'trapped', /unreachable/, []],
  [{ kind: 'trapped', trap: 'allocation-failure' }, 'trapped', /allocation/, [{ type: 'memory-limit', limitBytes: 700 }]],
  [{ kind: 'uncaught-exception' }, 'uncaught-exception', /exception/, []],
  [
    { kind: 'engine-refused', detail: '"bad\u001b"' },
    'refused',
    /"bad\\u\{1b\}"/,
    [{ type: 'module-refused', code: 'engine-rejected', offset: null }],
  ],
  [{ kind: 'wall-clock-limit' }, 'wall-clock-limit', /123 ms.*"p"/, [{ type: 'cpu-limit', clock: 'wall', limitMs: 123 }]],
  [{ kind: 'cpu-limit' }, 'cpu-limit', /45 ms of CPU/, [{ type: 'cpu-limit', clock: 'cpu', limitMs: 45 }]],
  [{ kind: 'fuel-limit' }, 'fuel-limit', /1000 units of fuel.*"p"/, [{ type: 'fuel-limit', limit: 1000 }]],
  [{ kind: 'trapped', trap: 'call-depth' }, 'trapped', /call-depth/, [{ type: 'quota-exceeded', quota: 'callDepth', limit: 77 }]],
  [
    { kind: 'memory-limit', actualBytes: 9 },
    'memory-limit',
    /jail/,
    [{ type: 'memory-limit', limitBytes: 300 * 2 ** 20, actualBytes: 9 }],
  ],
  [{ kind: 'heap-limit' }, 'memory-limit', /heap/, [{ type: 'memory-limit', limitBytes: 256 * 2 ** 20, actualBytes: null }]],
  [{ kind: 'out-of-memory' }, 'memory-limit', /could not be had/, [{ type: 'memory-limit', limitBytes: 700, actualBytes: null }]],
  [{ kind: 'output-limit' }, 'output-limit', /6 bytes/, [{ type: 'output-limit', limitBytes: 6 }]],
  [
    { kind: 'host-call-limit' },
    'host-call-limit',
    /99 host calls.*"p"/,
    [{ type: 'quota-exceeded', quota: 'hostCalls', limit: 99 }],
  ],
  [{ kind: 'stopped' }, 'terminated', /ended by its host/, []],
  [{ kind: 'terminated' }, 'terminated', /ended by its host/, []],
  [{ kind: 'jail-lost', detail: 'x' }, 'jail-lost', /lost: x/, []],
  [{ kind: 'fault', detail: 'x' }, 'sandbox-fault', /failed.*x/, []],
]

describe('resultOf', () => {
  it.each(ROWS.map((row, i) => [`${i}: ${row[0].kind}`, ...row] as const))('%s', (_, ending, outcome, message, events) => {
    const made = result(ending)
    expect([made.outcome, made.message]).toEqual([outcome, expect.stringMatching(message)])
    expect(made.securityEvents).toMatchObject(events)
    expect(made.securityEvents).toHaveLength(events.length)
    for (const event of made.securityEvents) expect(Math.abs(event.time - Date.now())).toBeLessThan(60_000)
    const code = ending.kind === 'exited' ? ending.code : outcome === 'completed' ? 0 : null
    expect([made.exitCode, made.success]).toEqual([code, code === 0])
    expect(made.values).toEqual(ending.kind === 'returned' ? ending.values : [])
    expect(made.trap).toBe(ending.kind === 'trapped' ? ending.trap : null)
    expect(made.resourceUsage).toEqual({
      cpuMs: 1,
      peakResidentBytes: 2,
      memoryBytes: 3,
      hostCalls: 4,
      outputBytes: 3,
      fuel: null,
    })
  })

  it('uses every outcome', () => {
    expect(new Set(ROWS.map(([, outcome]) => outcome))).toEqual(new Set(OUTCOMES))
  })

  it('puts the events of the activation first, and keeps a time that they have', () => {
    const event = { type: 'suspicious-behaviour', severity: 'high', message: 'm', what: 'w' } as const
    const made = resultOf(
      { ...activation({ kind: 'output-limit' }), events: [{ ...event, time: 5 }, event] },
      policy,
      performance.now(),
    )
    expect(made.securityEvents.map((e) => e.type)).toEqual(['suspicious-behaviour', 'suspicious-behaviour', 'output-limit'])
    expect([made.securityEvents[0]!.time, made.securityEvents[1]!.time > 5]).toEqual([5, true])
  })

  it('has the fuel that the cell counted', () => {
    const counts = { calls: [], handles: { open: 0, peak: 0 }, fuel: 12, refusedGrows: 0 }
    const made = resultOf({ ...activation({ kind: 'returned', values: [] }), counts }, policy, 0)
    expect([made.resourceUsage.fuel, joinResults(made, made).resourceUsage.fuel]).toEqual([12, 24])
    expect(joinResults(made, result({ kind: 'terminated' })).resourceUsage.fuel).toBe(12)
  })

  it.each([
    [0, []],
    [1, [{ type: 'memory-limit', limitBytes: 700, actualBytes: null }]],
    [2, [{ type: 'quota-exceeded', quota: 'tableElements', limit: policy.quotas.tableElements }]],
    [3, [{ type: 'memory-limit' }, { type: 'quota-exceeded' }]],
  ])('tells once of growth that was refused: %s', (refusedGrows, events) => {
    const counts = { calls: [], handles: { open: 0, peak: 0 }, fuel: null, refusedGrows }
    const made = resultOf({ ...activation({ kind: 'returned', values: [] }), counts }, policy, 0)
    expect(made.outcome).toBe('completed')
    expect(made.securityEvents).toHaveLength(events.length)
    expect(made.securityEvents).toMatchObject(events)
  })

  it('says nothing of limits that a policy does not have', () => {
    const unlimited = resolvePolicy({
      isolation: { level: 'inline' },
      quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
    })
    for (const kind of ['wall-clock-limit', 'cpu-limit'] as const)
      expect(resultOf(activation({ kind }), unlimited, 0).securityEvents).toMatchObject([{ limitMs: 0 }])
    expect(resultOf(activation({ kind: 'memory-limit', actualBytes: 1 }), unlimited, 0).securityEvents).toMatchObject([
      { limitBytes: 0 },
    ])
  })
})

describe('joinResults', () => {
  it('has the output and events of both, and the rest of the second', () => {
    const event = { type: 'suspicious-behaviour', severity: 'high', message: 'm', what: 'w' } as const
    const first = {
      ...resultOf({ ...activation({ kind: 'returned', values: [7] }), events: [event], peakResidentBytes: 50 }, policy, 0),
      executionTimeMs: 10,
    }
    const second = { ...result({ kind: 'exited', code: 4 }), executionTimeMs: 5 }
    const joined = joinResults(first, second)
    expect(joined).toMatchObject({ outcome: 'exited', exitCode: 4, success: false, values: [], executionTimeMs: 15 })
    expect([[...joined.stdout], [...joined.stderr]]).toEqual([
      [1, 2, 1, 2],
      [3, 3],
    ])
    expect(joined.securityEvents).toHaveLength(1)
    // CPU time and output are sums, memory a maximum; sizes and host calls are those at the end.
    expect(joined.resourceUsage).toEqual({
      cpuMs: 2,
      peakResidentBytes: 50,
      memoryBytes: 3,
      outputBytes: 6,
      hostCalls: 4,
      fuel: null,
    })
  })
})

describe('resultWithoutRun', () => {
  it('says that nothing ran', () => {
    const made = resultWithoutRun('refused', 'why', [], performance.now())
    expect(made).toMatchObject({ outcome: 'refused', success: false, message: 'why', exitCode: null, trap: null, values: [] })
    expect(Object.values(made.resourceUsage)).toEqual([0, 0, 0, 0, 0, null])
  })
})
