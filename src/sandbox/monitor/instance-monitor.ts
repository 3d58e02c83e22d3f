// The monitor's view of one instance: takes what isolation, broker and instance tell, adds it up, and compares it with the thresholds.
import type { Activation } from '../isolation/housing.ts'
import type { Policy } from '../policy/schema.ts'
import type { ExecutionResult } from '../result.ts'
import type { InstanceFigures, MonitorEvent, RunningFigures } from './figures.ts'
import { Sums } from './sums.ts'
import { ALERT_METRICS, type AlertMetric, type AlertThreshold } from './thresholds.ts'
import type { BrokeredCall, ServiceUsage, UsageSink } from './usage-sink.ts'

/** Who an instance is, for whoever reads its figures. */
export interface InstanceIdentity {
  readonly instance: string
  readonly principal: string | null
  /** SHA-256 of the module as it came, hexadecimal. */
  readonly module: string
  readonly policy: Policy
}

export interface InstanceMonitorOptions {
  readonly thresholds: readonly AlertThreshold[]
  /** Least time between two samples that are told, milliseconds. */
  readonly intervalMs: number
  /** What else its figures are added to: those of its principal, those of the sandbox. */
  readonly addTo: readonly Sums[]
  /** Tells the listeners that want this type; says beforehand whether there are any, so that nothing is made for nobody. */
  readonly wants: (type: MonitorEvent['type']) => boolean
  readonly tell: (event: MonitorEvent) => void
}

/** An activation under way. */
interface Running {
  readonly startedAt: number
  /** Thresholds that have been told. */
  readonly told: Set<AlertThreshold>
  /** What the instance had written before. */
  readonly outputBefore: number
  toldAt: number
  cpuMs: number
  residentBytes: number
  service: ServiceUsage
}

export class InstanceMonitor implements UsageSink {
  readonly #identity: InstanceIdentity
  readonly #options: InstanceMonitorOptions
  readonly #own = new Sums()
  readonly #all: readonly Sums[]
  readonly #createdAt = Date.now()
  #endedAt: number | null = null
  #outputBytes = 0
  #running: Running | null = null

  constructor(identity: InstanceIdentity, options: InstanceMonitorOptions) {
    this.#identity = identity
    this.#options = options
    this.#all = [this.#own, ...options.addTo]
  }

  beginActivation(): void {
    const now = performance.now()
    this.#running = {
      startedAt: now,
      told: new Set(),
      outputBefore: this.#outputBytes,
      toldAt: now,
      cpuMs: 0,
      residentBytes: 0,
      service: {},
    }
  }

  sampled(cpuMs: number, residentBytes: number): void {
    const running = this.#running
    if (!running) return
    running.cpuMs = cpuMs
    running.residentBytes = residentBytes
    for (const sums of this.#all) sums.sampled(cpuMs, residentBytes)
    const now = performance.now()
    this.#compare({ cpuMs, residentBytes, wallClockMs: now - running.startedAt })
    if (now - running.toldAt < this.#options.intervalMs) return
    running.toldAt = now
    this.#tellSample(false, this.#figures(running))
  }

  wrote(bytes: number): void {
    this.#outputBytes += bytes
    for (const sums of this.#all) sums.wrote(bytes, this.#outputBytes)
    this.#compare({ outputBytes: this.#outputBytes })
  }

  brokered(call: BrokeredCall): void {
    for (const sums of this.#all) sums.brokered(call)
    if (this.#running) this.#running.service = call.usage
    this.#compare({ ...call.usage, hostCallMs: call.milliseconds })
    if (!this.#options.wants('brokered')) return
    const { operation, errno, milliseconds, bytesFromJail, bytesToJail } = call
    this.#options.tell({ ...this.#stamp(), type: 'brokered', operation, errno, milliseconds, bytesFromJail, bytesToJail })
  }

  /** The host's own measures are those of the activation; the rest is what the cell said, if it said anything. */
  endActivation({ cpuMs, peakResidentBytes, memoryBytes, counts }: Activation, result: ExecutionResult): void {
    const running = this.#running
    if (!running) return
    const calls = counts?.calls ?? []
    const figures: RunningFigures = {
      ...this.#figures(running),
      cpuMs,
      residentBytes: peakResidentBytes,
      memoryBytes: counts ? memoryBytes : null,
      handles: counts ? counts.handles.peak : null,
      hostCalls: counts ? calls.reduce((sum, [, made]) => sum + made, 0) : null,
      fuel: counts?.fuel ?? null,
    }
    const { outcome, securityEvents: events, reports } = result
    for (const sums of this.#all) sums.ended({ figures, outcome, events, reports: reports.length, hostCalls: calls })
    this.#compare({
      cpuMs,
      residentBytes: peakResidentBytes,
      wallClockMs: figures.wallMs,
      ...(counts && { memoryBytes, handles: counts.handles.peak, fuel: counts.fuel ?? 0 }),
    })
    this.#running = null
    this.#tellSample(true, figures)
  }

  end(): void {
    this.#running = null
    this.#endedAt ??= Date.now()
  }

  snapshot(): InstanceFigures {
    const { instance, principal, module, policy } = this.#identity
    return {
      instance,
      principal,
      module,
      policy: policy.name,
      state: this.#endedAt !== null ? 'ended' : this.#running ? 'running' : 'idle',
      createdAt: this.#createdAt,
      endedAt: this.#endedAt,
      running: this.#running && this.#figures(this.#running),
      figures: this.#own.figures(),
    }
  }

  #figures({ startedAt, cpuMs, residentBytes, outputBefore, service }: Running): RunningFigures {
    return {
      cpuMs,
      wallMs: performance.now() - startedAt,
      residentBytes,
      outputBytes: this.#outputBytes - outputBefore,
      networkBytes: service.networkBytes ?? 0,
      networkRequests: service.networkRequests ?? 0,
      memoryBytes: null,
      handles: null,
      hostCalls: null,
      fuel: null,
    }
  }

  #compare(values: Readonly<Partial<Record<AlertMetric, number>>>): void {
    const running = this.#running
    if (!running) return
    for (const threshold of this.#options.thresholds) {
      const { metric, at } = threshold
      const value = Object.hasOwn(values, metric) ? values[metric] : undefined
      const limit = this.#identity.policy.quotas[metric]
      // Nothing used of a quota of nothing is no news.
      if (value === undefined || limit === null || value === 0 || value < at * limit || running.told.has(threshold)) continue
      running.told.add(threshold)
      for (const sums of this.#all) sums.alerted(metric)
      if (!this.#options.wants('alert')) continue
      this.#options.tell({ ...this.#stamp(), type: 'alert', metric, at, value, limit, measuredBy: ALERT_METRICS[metric] })
    }
  }

  #tellSample(ended: boolean, figures: RunningFigures): void {
    if (this.#options.wants('sample')) this.#options.tell({ ...this.#stamp(), type: 'sample', ended, figures })
  }

  #stamp() {
    const { instance, principal } = this.#identity
    return { time: Date.now(), instance, principal }
  }
}
