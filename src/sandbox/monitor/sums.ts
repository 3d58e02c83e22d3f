// Sums and high-water marks of any number of activations: of one instance, of a principal, of the sandbox. Its size does not grow with what it counts.
import type { SecurityEvent, SecurityEventType } from '../events.ts'
import { ABI } from '../host/abi/index.ts'
import type { CallRow } from '../host/call-counts.ts'
import type { Outcome } from '../result.ts'
import type { Figures, HostCallFigures, OperationFigures, RunningFigures } from './figures.ts'
import { Latency } from './latency.ts'
import type { AlertMetric } from './thresholds.ts'
import type { BrokeredCall } from './usage-sink.ts'

/** An activation that has ended. */
export interface Ended {
  readonly figures: RunningFigures
  readonly outcome: Outcome
  readonly events: readonly SecurityEvent[]
  readonly reports: number
  readonly hostCalls: readonly CallRow[]
}

type Counts = { -readonly [K in keyof HostCallFigures]: HostCallFigures[K] }
type Operation = { -readonly [K in keyof Omit<OperationFigures, 'latency'>]: OperationFigures[K] } & { readonly latency: Latency }

export class Sums {
  #activations = 0
  #cpuMs = 0
  #wallMs = 0
  #fuel: number | null = null
  #outputBytes = 0
  #networkBytes = 0
  #networkRequests = 0
  #reports = 0
  readonly #highest = {
    cpuMs: 0,
    wallMs: 0,
    fuel: null as number | null,
    residentBytes: 0,
    memoryBytes: 0,
    handles: 0,
    outputBytes: 0,
    networkBytes: 0,
    networkRequests: 0,
    kvBytes: 0,
    kvEntries: 0,
  }
  // Maps, and each bounded: names of the ABI table, of the broker's operations, and of closed unions.
  readonly #hostCalls = new Map<string, Counts>()
  readonly #operations = new Map<string, Operation>()
  readonly #outcomes = new Map<Outcome, number>()
  readonly #events = new Map<SecurityEventType, number>()
  readonly #alerts = new Map<AlertMetric, number>()

  /** @param ofInstance bytes that the instance has written in all */
  wrote(bytes: number, ofInstance: number): void {
    this.#outputBytes += bytes
    this.#raise('outputBytes', ofInstance)
  }

  sampled(cpuMs: number, residentBytes: number): void {
    this.#raise('cpuMs', cpuMs)
    this.#raise('residentBytes', residentBytes)
  }

  alerted(metric: AlertMetric): void {
    increase(this.#alerts, metric)
  }

  brokered({ operation, errno, milliseconds, bytesFromJail, bytesToJail, usage }: BrokeredCall): void {
    let of = this.#operations.get(operation)
    if (!of) {
      of = { operation, calls: 0, errors: 0, bytesFromJail: 0, bytesToJail: 0, latency: new Latency() }
      this.#operations.set(operation, of)
    }
    of.calls++
    if (errno !== 'success') of.errors++
    of.bytesFromJail += bytesFromJail
    of.bytesToJail += bytesToJail
    of.latency.add(milliseconds)
    for (const name of ['networkBytes', 'networkRequests', 'kvBytes', 'kvEntries'] as const) this.#raise(name, usage[name] ?? 0)
  }

  ended({ figures, outcome, events, reports, hostCalls }: Ended): void {
    const { cpuMs, wallMs, fuel, residentBytes, memoryBytes, handles, networkBytes, networkRequests } = figures
    this.#activations++
    this.#cpuMs += cpuMs
    this.#wallMs += wallMs
    this.#networkBytes += networkBytes
    this.#networkRequests += networkRequests
    this.#reports += reports
    this.sampled(cpuMs, residentBytes)
    this.#raise('wallMs', wallMs)
    this.#raise('memoryBytes', memoryBytes ?? 0)
    this.#raise('handles', handles ?? 0)
    if (fuel !== null) {
      this.#fuel = (this.#fuel ?? 0) + fuel
      this.#raise('fuel', fuel)
    }
    increase(this.#outcomes, outcome)
    for (const { type } of events) increase(this.#events, type)
    for (const row of hostCalls) this.#called(row)
  }

  #called([index, calls, fromGuest, toGuest]: CallRow): void {
    const hostCall = ABI[index]!.name
    const of = this.#hostCalls.get(hostCall) ?? { hostCall, calls: 0, bytesFromGuest: 0, bytesToGuest: 0 }
    of.calls += calls
    of.bytesFromGuest += fromGuest
    of.bytesToGuest += toGuest
    this.#hostCalls.set(hostCall, of)
  }

  #raise(name: keyof Figures['highWater'], value: number): void {
    if (value > (this.#highest[name] ?? -1)) this.#highest[name] = value
  }

  figures(): Figures {
    return {
      activations: this.#activations,
      cpuMs: this.#cpuMs,
      wallMs: this.#wallMs,
      fuel: this.#fuel,
      outputBytes: this.#outputBytes,
      networkBytes: this.#networkBytes,
      networkRequests: this.#networkRequests,
      reports: this.#reports,
      highWater: { ...this.#highest },
      hostCalls: [...this.#hostCalls.values()].map((of) => ({ ...of })),
      operations: [...this.#operations.values()].map((of) => ({ ...of, latency: of.latency.figures() })),
      outcomes: [...this.#outcomes].map(([outcome, count]) => ({ outcome, count })),
      events: [...this.#events].map(([type, count]) => ({ type, count })),
      alerts: [...this.#alerts].map(([metric, count]) => ({ metric, count })),
    }
  }
}

const increase = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
