// The monitor of a sandbox: what its guests use up, by instance, by principal and in all, for whoever asks; and news for whoever listens.
//
// It is always there, so it must cost little when nobody looks, and its memory must be bounded whatever guests do: numbers only, a ring of instances
// that have ended, and principals that are forgotten when there are too many.
import { UsageError } from '../errors.ts'
import { ownData } from '../own-data.ts'
import type { Policy } from '../policy/schema.ts'
import type { InstanceFigures, MonitorEvent, MonitorEventType, MonitorSnapshot, PrincipalFigures } from './figures.ts'
import { type InstanceIdentity, InstanceMonitor } from './instance-monitor.ts'
import { Sums } from './sums.ts'
import { type AlertThreshold, checkThresholds, readThresholds } from './thresholds.ts'

export interface MonitorOptions {
  /** Thresholds, as shares of the policy's limits, at which listeners are told before the limit is reached. */
  readonly alerts?: readonly AlertThreshold[]
  /** Least time between two samples of an instance that listeners are told, milliseconds; the default is 1,000. */
  readonly intervalMs?: number
  /** Instances that are kept after their end; the default is 100. */
  readonly keepEnded?: number
  /** Principals that are kept; the default is 1,000. */
  readonly keepPrincipals?: number
}

export type MonitorListener = (event: MonitorEvent) => void

export interface Subscription {
  /** Types that the listener wants; the default is samples and alerts. */
  readonly types?: readonly MonitorEventType[]
}

const EVENT_TYPES: readonly MonitorEventType[] = ['sample', 'alert', 'brokered']

interface Principal {
  readonly sums: Sums
  live: number
  created: number
}

export class ResourceMonitor {
  readonly #thresholds: readonly AlertThreshold[]
  readonly #intervalMs: number
  readonly #keepEnded: number
  readonly #keepPrincipals: number
  readonly #live = new Map<string, InstanceMonitor>()
  /** In the order in which they ended. */
  readonly #ended = new Map<string, InstanceFigures>()
  /** In the order in which they last got an instance. */
  readonly #principals = new Map<string, Principal>()
  readonly #totals = new Sums()
  // An object for each subscription, so that a listener that is given twice is told twice.
  readonly #subscriptions = new Set<{ readonly listener: MonitorListener; readonly types: ReadonlySet<MonitorEventType> }>()
  #created = 0
  #principalsForgotten = 0
  #listenerErrors = 0

  /** @throws {UsageError} on options that are not valid */
  constructor(options: MonitorOptions = {}) {
    const { alerts = [], intervalMs, keepEnded, keepPrincipals, ...others } = ownData(options) as MonitorOptions
    const [other] = Object.keys(others)
    if (other !== undefined) throw new UsageError(`There is no option monitor.${other.slice(0, 40)}.`)
    this.#thresholds = readThresholds(alerts)
    this.#intervalMs = whole('intervalMs', intervalMs, 1000, 3_600_000)
    this.#keepEnded = whole('keepEnded', keepEnded, 100, 100_000)
    this.#keepPrincipals = whole('keepPrincipals', keepPrincipals, 1000, 100_000)
  }

  /** For the sandbox. @throws {PolicyError} if a threshold could not be told under this policy */
  check(policy: Policy): void {
    checkThresholds(this.#thresholds, policy)
  }

  /** For the sandbox: a new instance. `left` is called when it has ended. */
  enter(identity: InstanceIdentity): { readonly monitor: InstanceMonitor; readonly left: () => void } {
    const { instance } = identity
    const principal = identity.principal === null ? null : this.#principal(identity.principal)
    this.#created++
    const monitor = new InstanceMonitor(identity, {
      thresholds: this.#thresholds,
      intervalMs: this.#intervalMs,
      addTo: principal ? [principal.sums, this.#totals] : [this.#totals],
      wants: (type) => this.#wants(type),
      tell: (event) => this.#tell(event),
    })
    this.#live.set(instance, monitor)
    const left = () => {
      if (!this.#live.delete(instance)) return
      if (principal) principal.live--
      monitor.end()
      this.#ended.set(instance, monitor.snapshot())
      for (const [oldest] of this.#ended) {
        if (this.#ended.size <= this.#keepEnded) break
        this.#ended.delete(oldest)
      }
    }
    return { monitor, left }
  }

  #principal(name: string): Principal {
    const principal = this.#principals.get(name) ?? { sums: new Sums(), live: 0, created: 0 }
    principal.live++
    principal.created++
    // To the end of the order.
    this.#principals.delete(name)
    this.#principals.set(name, principal)
    for (const [other, { live }] of this.#principals) {
      if (this.#principals.size <= this.#keepPrincipals) break
      if (live > 0) continue
      this.#principals.delete(other)
      this.#principalsForgotten++
    }
    return principal
  }

  /**
   * Listeners are called at once, in the host's event loop, and should be quick. One that throws, or whose promise is rejected, is counted and
   * otherwise ignored.
   *
   * @returns a function that takes the listener away again
   */
  subscribe(listener: MonitorListener, { types = ['sample', 'alert'] }: Subscription = {}): () => void {
    const unknown = types.find((type) => !EVENT_TYPES.includes(type))
    if (unknown !== undefined) throw new UsageError(`The monitor tells ${EVENT_TYPES.join(', ')}; not ${String(unknown)}.`)
    const subscription = { listener, types: new Set(types) }
    this.#subscriptions.add(subscription)
    return () => void this.#subscriptions.delete(subscription)
  }

  #wants(type: MonitorEventType): boolean {
    for (const { types } of this.#subscriptions) if (types.has(type)) return true
    return false
  }

  #tell(event: MonitorEvent): void {
    for (const { listener, types } of this.#subscriptions) {
      if (!types.has(event.type)) continue
      try {
        // An asynchronous listener fits the type too, and its rejection would end the host process.
        const returned: unknown = listener(event)
        if (returned instanceof Promise) returned.catch(() => void this.#listenerErrors++)
      } catch {
        this.#listenerErrors++
      }
    }
  }

  /** Null if there is no such instance, or it ended too long ago. */
  instance(id: string): InstanceFigures | null {
    return this.#live.get(id)?.snapshot() ?? this.#ended.get(id) ?? null
  }

  /** Null if there is no such principal, or it was forgotten. */
  principal(name: string): PrincipalFigures | null {
    const principal = this.#principals.get(name)
    return principal ? figuresOf(name, principal) : null
  }

  /** The principals that are kept, in the order in which they last got an instance. */
  principals(): readonly PrincipalFigures[] {
    return [...this.#principals].map(([name, principal]) => figuresOf(name, principal))
  }

  /** The figures of all guests that there ever were, without those of each. */
  totals(): MonitorSnapshot['totals'] {
    return this.#totals.figures()
  }

  /** Instances that are there, and that there ever were. */
  get instances(): { readonly live: number; readonly created: number } {
    return { live: this.#live.size, created: this.#created }
  }

  /** Everything, as it is now. */
  snapshot(): MonitorSnapshot {
    return {
      time: Date.now(),
      instances: {
        live: [...this.#live.values()].map((monitor) => monitor.snapshot()),
        ended: [...this.#ended.values()],
        created: this.#created,
      },
      principals: this.principals(),
      principalsForgotten: this.#principalsForgotten,
      totals: this.#totals.figures(),
      listenerErrors: this.#listenerErrors,
    }
  }
}

const figuresOf = (principal: string, { live, created, sums }: Principal): PrincipalFigures => ({
  principal,
  instances: { live, created },
  figures: sums.figures(),
})

function whole(name: string, value: unknown, standard: number, max: number): number {
  if (value === undefined) return standard
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new UsageError(`monitor.${name} must be a whole number from 0 to ${max}.`)
}

/** A principal is the embedder's word for whoever a guest runs for. @throws {UsageError} if it is none that figures could be kept under */
export function readPrincipal(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value
  throw new UsageError('A principal must be a text of 1 to 200 characters.')
}
