// The OpenTelemetry exporter, read by the real SDK.

import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, it } from 'vitest'
import { reportToOpenTelemetry } from '../../../src/sandbox/monitor/opentelemetry.ts'
import { brokered, ends, runs, watched } from './support.ts'

const open: MeterProvider[] = []
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.shutdown()
  metrics.disable()
})

function provider() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const made = new MeterProvider({ readers: [reader] })
  open.push(made)
  /** Values and attributes by name of the metric, with its unit. */
  const collect = async () => {
    exporter.reset()
    await reader.forceFlush()
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    return new Map(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        { unit: descriptor.unit, points: dataPoints.map(({ attributes, value }) => ({ attributes, value })) },
      ]),
    )
  }
  return { provider: made, meter: made.getMeter('test'), collect }
}

describe('reportToOpenTelemetry', () => {
  it('offers what the monitor adds up, in base units, with names in the style of the semantic conventions', async () => {
    const { monitor, enter } = watched()
    const { meter, collect } = provider()
    reportToOpenTelemetry(monitor, { meter })
    const { monitor: a } = enter('a', 'alice')
    a.beginActivation()
    a.wrote(7)
    a.brokered(brokered({ milliseconds: 20, errno: 'noent' }))
    ends(a, { cpuMs: 1500, peakResidentBytes: 2 ** 20 })
    const all = await collect()
    expect(all.get('wasm_gauntlet.cpu.time')).toEqual({ unit: 's', points: [{ attributes: {}, value: 1.5 }] })
    expect(all.get('wasm_gauntlet.output.io')).toEqual({ unit: 'By', points: [{ attributes: {}, value: 7 }] })
    expect(all.get('wasm_gauntlet.instances')).toMatchObject({ points: [{ value: 1 }] })
    expect(all.get('wasm_gauntlet.activations')).toMatchObject({ points: [{ attributes: { outcome: 'completed' }, value: 1 }] })
    expect(all.get('wasm_gauntlet.operation.errors')).toMatchObject({
      points: [{ attributes: { operation: 'kv.get' }, value: 1 }],
    })
    expect(all.get('wasm_gauntlet.resident_memory.peak')).toEqual({ unit: 'By', points: [{ attributes: {}, value: 2 ** 20 }] })
    const duration = all.get('wasm_gauntlet.operation.duration')!
    expect(duration.unit).toBe('s')
    expect(duration.points).toMatchObject([{ attributes: { operation: 'kv.get' }, value: { count: 1, sum: 0.02, max: 0.02 } }])
    for (const name of all.keys()) expect(name).toMatch(/^wasm_gauntlet(\.[a-z]+(_[a-z]+)*)+$/)
    expect(JSON.stringify([...all])).not.toContain('alice')
  })

  it('is read anew at each collection, and not any more once it is ended', async () => {
    const { monitor, enter } = watched()
    const { meter, collect } = provider()
    const end = reportToOpenTelemetry(monitor, { meter })
    const { monitor: a } = enter('a')
    for (const value of [1, 2]) {
      runs(a, { cpuMs: 1000 })
      expect((await collect()).get('wasm_gauntlet.cpu.time')!.points[0]!.value).toBe(value)
    }
    a.brokered(brokered())
    end()
    runs(a, { cpuMs: 1000 })
    a.brokered(brokered())
    const after = await collect()
    expect(after.get('wasm_gauntlet.cpu.time')?.points ?? []).not.toContainEqual({ attributes: {}, value: 3 })
    expect(after.get('wasm_gauntlet.operation.duration')!.points).toMatchObject([{ value: { count: 1 } }])
  })

  it('gives principals measurements of their own if asked, at most as many as asked, and every measurement the embedder’s attributes', async () => {
    const { monitor, enter } = watched()
    const { meter, collect } = provider()
    reportToOpenTelemetry(monitor, { meter, principals: 1, attributes: { sandbox: 'one' } })
    for (const principal of ['first', 'second']) runs(enter(principal, principal).monitor, { cpuMs: 2000 })
    const all = await collect()
    expect(all.get('wasm_gauntlet.principal.cpu.time')!.points).toEqual([
      { attributes: { sandbox: 'one', principal: 'first' }, value: 2 },
    ])
    expect(all.get('wasm_gauntlet.cpu.time')!.points).toEqual([{ attributes: { sandbox: 'one' }, value: 4 }])
  })

  it('uses the global meter provider by default, and is harmless without one', async () => {
    const { monitor, enter } = watched()
    reportToOpenTelemetry(monitor)()
    const { provider: made, collect } = provider()
    metrics.setGlobalMeterProvider(made)
    reportToOpenTelemetry(monitor)
    runs(enter('a').monitor, { cpuMs: 1000 })
    expect((await collect()).get('wasm_gauntlet.cpu.time')!.points).toEqual([{ attributes: {}, value: 1 }])
  })
})
