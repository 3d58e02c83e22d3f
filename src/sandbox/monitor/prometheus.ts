// Entry point `wasm-gauntlet/prometheus`: a monitor's figures as Prometheus metrics, and an endpoint that serves them. Needs the peer dependency prom-client.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { UsageError } from '../errors.ts'
import { LATENCY_BOUNDS_MS } from './latency.ts'
import { METRICS, type Metric, OPERATION_DURATION, PREFIX, principalMetrics } from './metrics.ts'
import { type MetricsEndpoint, type MetricsEndpointOptions, serveText } from './metrics-endpoint.ts'
import type { ResourceMonitor } from './resource-monitor.ts'

export type { MetricsEndpoint } from './metrics-endpoint.ts'

export interface PrometheusOptions {
  /** Where the metrics are registered; the default is a registry of their own. */
  readonly registry?: Registry
  /** Principals that get time series of their own, at most; the default is none. */
  readonly principals?: number
}

/** Prometheus spells units out, and ends the names of counters with `_total`. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['s', '_seconds'],
  ['By', '_bytes'],
])
const nameOf = (name: string, unit: string) => name.replaceAll('.', '_') + (UNITS.get(unit) ?? '')

/**
 * Registers everything that the monitor adds up; it is read at each scrape. The duration of brokered calls is recorded from now on.
 *
 * @returns the registry
 * @throws {UsageError} if its metrics are registered there already
 */
export function prometheusMetrics(monitor: ResourceMonitor, options: PrometheusOptions = {}): Registry {
  return attach(monitor, options).registry
}

function attach(monitor: ResourceMonitor, options: PrometheusOptions): { registry: Registry; detach: () => void } {
  const { registry = new Registry(), principals = 0 } = options
  const duration = nameOf(OPERATION_DURATION.name, OPERATION_DURATION.unit)
  if (registry.getSingleMetric(duration))
    throw new UsageError('The registry has the metrics of a monitor already; give each sandbox a registry of its own.')
  const list = principals > 0 ? [...METRICS, ...principalMetrics(principals)] : METRICS
  for (const metric of list) register(metric, monitor, registry)
  const histogram = new Histogram({
    name: duration,
    help: OPERATION_DURATION.description,
    labelNames: [OPERATION_DURATION.attribute],
    buckets: LATENCY_BOUNDS_MS.map((bound) => bound / 1000),
    registers: [registry],
  })
  const detach = monitor.subscribe(
    (event) => {
      if (event.type === 'brokered') histogram.observe({ operation: event.operation }, event.milliseconds / 1000)
    },
    { types: ['brokered'] },
  )
  return { registry, detach }
}

function register(
  { name, kind, unit, description, attributes, read }: Metric,
  monitor: ResourceMonitor,
  registry: Registry,
): void {
  const full = nameOf(PREFIX + name, unit)
  const common = { help: description, labelNames: [...attributes], registers: [registry] }
  if (kind === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...common,
      name: full,
      collect: () => {
        gauge.reset()
        for (const [value, labels] of read(monitor)) gauge.set(labels, value)
      },
    })
    return
  }
  const counter: Counter = new Counter({
    ...common,
    name: `${full}_total`,
    // A counter can only be added to; what the monitor has is the sum already.
    collect: () => {
      counter.reset()
      for (const [value, labels] of read(monitor)) counter.inc(labels, value)
    },
  })
}

/**
 * Serves the metrics over HTTP at `/metrics`, on the loopback interface unless told otherwise.
 *
 * @returns the endpoint, listening
 */
export async function servePrometheus(
  monitor: ResourceMonitor,
  options: PrometheusOptions & MetricsEndpointOptions = {},
): Promise<MetricsEndpoint> {
  const { registry, detach } = attach(monitor, options)
  const endpoint = await serveText(async () => ({ type: registry.contentType, text: await registry.metrics() }), options)
  const close = () => {
    detach()
    return endpoint.close()
  }
  return { ...endpoint, close, [Symbol.asyncDispose]: close }
}
