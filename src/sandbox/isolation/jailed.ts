// A guest in a jail's cell, with its watchdog and the kill ladder.

import type { Broker } from '../broker/broker.ts'
import type { SecurityEvent } from '../events.ts'
import type { GuestCounts } from '../host/call-counts.ts'
import type { Grants, LocalEvent } from '../host/context.ts'
import type { MountSpec } from '../host/fs/file-system.ts'
import type { UsageSink } from '../monitor/usage-sink.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import type { SnapshotPlan } from '../snapshot/plan.ts'
import { DEFAULT_CELL } from './cell-limits.ts'
import { FRAME } from './frames.ts'
import type { FirstCalls, GuestSpec } from './guest.ts'
import type { Activation, Capture, Housing, Outside } from './housing.ts'
import type { JailListener, JailProcess } from './jail-process.ts'
import type { Jails } from './jails.ts'
import { Output } from './output.ts'
import { Received, type ReceivedLimits } from './received.ts'
import { ReceivedState } from './received-state.ts'
import { Watch, type WatchLimits } from './watch.ts'
import { encodeLoad, type Load, toWire } from './wire.ts'

/** How long the cooperative step and `terminate()` may take together before SIGKILL, milliseconds. The two take 10 to 30 on an idle machine. */
const TERMINATE_MS = 150

/**
 * Events that a jail may send in one activation: the cell tells of at most 500 logged calls, 500 refusals, and a handful of other things. More
 * would be a way to fill the host's memory.
 */
const MAX_JAIL_EVENTS = FIXED.jailEvents.limit
/** Events of the broker's in one activation. A guest that keeps its quotas can cause more; the audit log has all of its decisions. */
const MAX_BROKER_EVENTS = FIXED.brokerEvents.limit

/** What of the policy the host itself enforces on a jail. */
export interface JailedPolicy {
  readonly limits: WatchLimits
  readonly outputBytes: number
  readonly received: ReceivedLimits
  /** No other guest ever in this jail. */
  readonly exclusive: boolean
  /** Whether the guest is ended when a decision of its broker's cannot be recorded. */
  readonly auditEndsGuest?: boolean
  /** Whose next guest may have this one's cell, once it has ended by itself; absent or null: nobody's. */
  readonly reuse?: string | null
  /** Is told what the guest uses up, while it does. */
  readonly usage?: UsageSink
}

const NO_BYTES = new Uint8Array(0)

interface Pending {
  readonly resolve: (ending: Outside) => void
  readonly watch: Watch
}

export class Jailed implements Housing {
  readonly #jail: JailProcess
  readonly #jails: Jails
  readonly #limits: WatchLimits
  readonly #exclusive: boolean
  readonly #reuse: string | null
  readonly #output: Output
  readonly #broker: Broker
  readonly #received: Received
  readonly #usage: UsageSink | undefined
  readonly #auditEndsGuest: boolean
  #grants: Grants | null = null
  #plan: SnapshotPlan | null = null
  /** What the guest began with. */
  #image: Uint8Array | null = null
  /** While a state is expected. */
  #receiving: ReceivedState | null = null
  #events: (LocalEvent | SecurityEvent)[] = []
  #jailEvents = 0
  #brokerEvents = 0
  #pending: Pending | null = null
  #memoryBytes = 0
  #hostCalls = 0
  #counts: GuestCounts | null = null
  #ended: Promise<void> | null = null
  #cellGone: (() => void) | null = null
  #distrusted = false
  /** Every activation ended by itself, and nothing was seen that no honest guest does. */
  #honest = true
  /** What ended the guest, once something has. */
  #verdict: Outside | null = null

  /**
   * @param jail taken from `jails` for this guest; it goes back, or is ended, when the guest has ended
   * @param broker makes the guest's broker, whose events go where the guest's own go
   */
  constructor(jail: JailProcess, jails: Jails, policy: JailedPolicy, broker: (event: (event: LocalEvent) => void) => Broker) {
    this.#jail = jail
    this.#jails = jails
    this.#limits = policy.limits
    this.#exclusive = policy.exclusive
    this.#reuse = policy.exclusive ? null : (policy.reuse ?? null)
    this.#output = new Output(policy.outputBytes)
    this.#received = new Received(policy.received)
    this.#usage = policy.usage
    this.#auditEndsGuest = policy.auditEndsGuest === true
    this.#broker = broker((event) => this.#addBrokerEvent(event))
    jail.listen(this.#hear)
  }

  async load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>, first: FirstCalls = NO_CALLS): Promise<Activation> {
    this.#grants = spec.grants
    this.#plan = spec.snapshots ?? null
    this.#image = spec.image ?? null
    const { modules } = this.#jail
    const id = this.#kept(spec, module.length)
    if (id === null) return this.#activate(() => this.#sendLoad({ spec: notKept(spec), module, first, forget: [] }))
    const activation = await this.#activate(() => {
      const { kept, forget } = modules.deliver(id)
      this.#sendLoad({ spec: { ...spec, moduleId: id }, module: kept ? null : module, first, forget })
    })
    // The cell hands out what it has compiled by the same rule.
    if (endedByItself(activation.ending)) modules.add(id, module.length)
    if (!endedByItself(activation.ending)) modules.notAdded(id)
    return activation
  }

  #sendLoad({ spec: { image, ...spec }, ...load }: Load): void {
    if (image) this.#jail.send(FRAME.state, image)
    this.#jail.send(FRAME.load, encodeLoad({ spec, ...load }))
  }

  /** Where guests may not have each other's cells, they may not have each other's compiled modules either. */
  #kept({ moduleId }: GuestSpec, bytes: number): string | null {
    if (moduleId === undefined || this.#reuse === null || !this.#jail.modules.fits(bytes)) return null
    return `${this.#reuse} ${moduleId}`
  }

  call(name: string, values: readonly (number | bigint)[]): Promise<Activation> {
    return this.#activate(() => this.#jail.sendJson(FRAME.call, { name, values: values.map(toWire) }))
  }

  async capture(): Promise<Capture> {
    if (!this.#plan) throw new Error('a guest was captured that was not prepared for it')
    const state = new ReceivedState(this.#plan, this.#grants?.handles ?? 0)
    this.#receiving = state
    const activation = await this.#activate(() => this.#jail.sendJson(FRAME.capture, {}))
    this.#receiving = null
    return { activation, captured: state.take() }
  }

  restore(image: Uint8Array): Promise<Activation> {
    // The cell has it still: a guest that goes back to the same state again and again does not wait for its bytes.
    const known = image === this.#image
    this.#image = image
    return this.#activate(() => this.#jail.send(FRAME.restore, known ? NO_BYTES : image))
  }

  get left(): number {
    return this.#broker.left
  }

  end(): Promise<void> {
    return this.#stop({ kind: 'terminated' })
  }

  async #activate(start: () => void): Promise<Activation> {
    this.#broker.beginActivation()
    this.#jailEvents = 0
    this.#brokerEvents = 0
    this.#counts = null
    // Sent before the watch is set up: the jail works meanwhile, and nothing of what it says is heard before this thread is given up.
    if (!this.#verdict) start()
    const ending = new Promise<Outside>((resolve) => {
      const watch = new Watch(
        this.#limits,
        () => this.#jail.sample(),
        (what) => void this.#stop(what),
        (cpuMs, residentBytes) => this.#usage?.sampled(cpuMs, residentBytes),
      )
      this.#pending = { resolve, watch }
    })
    const { watch } = this.#pending!
    if (this.#verdict) this.#settle(this.#verdict)
    const result = await ending
    // Before the output is taken: a guest that is being ended may still be writing.
    if (this.#ended) await this.#ended
    const events = this.#events
    this.#events = []
    return {
      ending: result,
      ...this.#output.take(),
      events,
      ...this.#received.take(),
      cpuMs: watch.cpuMs,
      peakResidentBytes: watch.peakResidentBytes,
      memoryBytes: this.#memoryBytes,
      hostCalls: this.#hostCalls,
      counts: this.#counts,
    }
  }

  #settle(ending: Outside): void {
    const pending = this.#pending
    this.#pending = null
    if (!pending) return
    // A last look, so that what the guest used up since the one before counts too; what it exceeds ends it.
    pending.watch.look()
    pending.watch.stop()
    pending.resolve(this.#verdict ?? ending)
  }

  readonly #hear: JailListener = (event) => {
    // Between two activations a cell is told nothing, so it has nothing to say: it would be taken for the next one's, or, from the pipe to the broker,
    // be answered when the jail is somebody else's.
    if (this.#pending === null && this.#ended === null && OF_ACTIVATIONS.has(event.kind))
      return this.#distrust('between-activations')
    if (!couldCause(this.#grants, event)) return this.#distrust('bad-frame')
    switch (event.kind) {
      case 'output':
        // The cell keeps the cap already; a jail that exceeds it is not ours any more.
        if (!this.#output.add(event.stream, event.bytes)) return this.#distrust('output-over-cap')
        this.#usage?.wrote(event.bytes.length)
        return
      case 'event':
        if (++this.#jailEvents > MAX_JAIL_EVENTS) return this.#distrust('too-many-events')
        if (event.event.type === 'suspicious-behaviour') this.#honest = false
        this.#events.push(event.event)
        return
      case 'report':
      case 'change':
        // The cell keeps the quotas already, as with the output.
        if (!this.#received.add(event)) this.#distrust(`${event.kind}s-over-quota`)
        return
      case 'request':
        return void this.#serve(event.payload)
      case 'image':
        if (!this.#receiving?.addPiece(event.bytes)) this.#distrust('state-not-asked-for')
        return
      case 'uncapturable':
        if (!this.#receiving?.refuse(event.why)) this.#distrust('state-not-asked-for')
        return
      case 'ending':
        this.#memoryBytes = event.memoryBytes
        this.#hostCalls = event.hostCalls
        this.#counts = event.counts
        if (!endedByItself(event.ending)) this.#honest = false
        if (!this.#verdict) this.#settle(event.ending)
        return
      case 'cell-gone':
        this.#cellGone?.()
        return
      case 'cell-failed':
        return void this.#stop(
          event.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? { kind: 'heap-limit' }
            : { kind: 'jail-lost', detail: 'the cell ended by itself' },
        )
      case 'gone':
        return void this.#stop(
          event.outOfMemory ? { kind: 'memory-limit', actualBytes: null } : { kind: 'jail-lost', detail: event.detail },
        )
      case 'protocol-error':
        return this.#distrust('bad-frame')
      case 'ready':
        return this.#distrust('second-ready')
    }
  }

  #addBrokerEvent(event: LocalEvent): void {
    if (event.type === 'audit-failed' && this.#auditEndsGuest)
      void this.#stop({ kind: 'fault', detail: 'the audit log could not be written' })
    if (++this.#brokerEvents > MAX_BROKER_EVENTS) return
    const last = this.#brokerEvents === MAX_BROKER_EVENTS ? ' Further events of this call are not told.' : ''
    this.#events.push({ ...event, message: `${event.message}${last}` })
  }

  /** The cell waits for the reply; a request that no cell of ours sends ends the jail. */
  async #serve(request: Uint8Array): Promise<void> {
    try {
      this.#jail.reply(await this.#broker.handle(request))
    } catch {
      this.#distrust('bad-request')
    }
  }

  /** Said once: what comes after the first offence is the same news. */
  #distrust(what: string): void {
    if (this.#distrusted) return
    this.#distrusted = true
    this.#events.push({
      type: 'suspicious-behaviour',
      severity: 'high',
      message: 'The jail sent something that no jail of the sandbox sends; it was ended.',
      what,
    })
    void this.#stop({ kind: 'jail-lost', detail: 'it broke the protocol' })
  }

  /** The first reason to stop wins; the rest of the life of the guest follows from it. */
  #stop(reason: Outside): Promise<void> {
    if (!this.#ended) {
      this.#verdict = reason
      this.#ended = this.#ladder(reason)
      void this.#ended.then(() => this.#settle(reason))
    }
    return this.#ended
  }

  /** Flag and `terminate()`, which the jail does; then SIGKILL, which the host does. Ends only when the guest's thread or its process is gone. */
  async #ladder(reason: Outside): Promise<void> {
    const started = performance.now()
    // A cell that is stopped in the middle of a call may leave a piece of a request or a reply in its pipe, whether it has come here yet or not, and
    // the next guest would take it for its own: where there is anything to ask, that jail is not used again.
    const asking = this.#pending !== null && this.#broker.serves
    // First, so that a thread that waits for the broker is let go: it cannot hear anything else (see the design of the channel).
    const closed = this.#broker.close()
    if (this.#leavesItsCell(reason)) {
      this.#jail.letGo(this.#memoryBytes)
      await this.#jails.give(this.#jail, this.#reuse)
      return closed
    }
    const alive = !this.#jail.ended && !NO_CELL_LEFT.has(reason.kind) && (await this.#terminate())
    if (alive && !this.#exclusive && !asking) await this.#jails.give(this.#jail)
    else await this.#jails.drop(this.#jail)
    await closed
    const elapsedMs = performance.now() - started
    if (this.#pending) {
      const step = alive ? 'terminate' : 'sigkill'
      this.#events.push({
        type: 'guest-killed',
        severity: 'warning',
        message: `The guest was ended by ${step === 'sigkill' ? 'SIGKILL' : 'terminating its thread'}.`,
        step,
        elapsedMs,
      })
    }
  }

  /**
   * Whether the guest is gone without its cell being ended: it has returned or exited from every activation, it is between two, and nothing that it
   * has asked or been told is still under way. What the cell kept of it is let go of; the thread is what the next guest gets.
   */
  #leavesItsCell(reason: Outside): boolean {
    if (this.#reuse === null || reason.kind !== 'terminated' || this.#pending !== null) return false
    return this.#honest && !this.#distrusted && !this.#broker.busy && !this.#jail.ended && this.#jail.pipeIsClean
  }

  /** True if the jail says in time that the thread is gone. */
  async #terminate(): Promise<boolean> {
    let late: NodeJS.Timeout | undefined
    const gone = await new Promise<boolean>((resolve) => {
      this.#cellGone = () => resolve(true)
      late = setTimeout(() => resolve(false), TERMINATE_MS)
      this.#jail.sendJson(FRAME.terminate, DEFAULT_CELL)
    })
    clearTimeout(late)
    return gone && !this.#jail.ended
  }
}

/** Endings after which there is no cell that could be ended, or none that can be expected to hear. */
const NO_CELL_LEFT: ReadonlySet<Outside['kind']> = new Set(['jail-lost', 'memory-limit', 'heap-limit'])

/** What a cell says in the course of an activation only. */
const OF_ACTIVATIONS: ReadonlySet<Parameters<JailListener>[0]['kind']> = new Set([
  'output',
  'event',
  'report',
  'change',
  'request',
  'image',
  'uncapturable',
  'ending',
])

const endedByItself = ({ kind }: Outside) => kind === 'returned' || kind === 'exited'

const NO_CALLS: FirstCalls = { initialize: false, call: null }

function notKept({ moduleId: _, ...spec }: GuestSpec): GuestSpec {
  return spec
}

/** Whether a guest with these grants can have caused this: its cell asks the same, but in a process that may not be ours any more. */
function couldCause(grants: Grants | null, event: Parameters<JailListener>[0]): boolean {
  switch (event.kind) {
    case 'output':
      return grants?.stdio?.[event.stream] === true
    case 'report':
      return grants?.[event.report.type === 'timing' ? 'result' : event.report.type] === true
    case 'change': {
      const { path } = event.change
      const isIn = ({ kind, at, writable }: MountSpec) =>
        writable && kind !== 'directory' && path.startsWith(at === '/' ? at : `${at}/`)
      return grants?.fs?.mounts.some(isIn) === true
    }
    default:
      return true
  }
}
