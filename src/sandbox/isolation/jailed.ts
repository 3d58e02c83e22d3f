// A guest in a jail's cell, with its watchdog and the kill ladder.
import type { SecurityEvent } from '../events.ts'
import type { LocalEvent } from '../host/context.ts'
import { FRAME } from './frames.ts'
import type { GuestSpec } from './guest.ts'
import type { Activation, Housing, Outside } from './housing.ts'
import type { JailListener, JailProcess } from './jail-process.ts'
import type { Jails } from './jails.ts'
import { Output } from './output.ts'
import { Watch, type WatchLimits } from './watch.ts'
import { encodeLoad, toWire } from './wire.ts'

/** How long the cooperative step and `terminate()` may take together before SIGKILL, milliseconds. The two take 10 to 30 on an idle machine. */
const TERMINATE_MS = 150

/** Events that a jail may send in one activation. A guest causes a handful and is dead; more would be a way to fill the host's memory. */
const MAX_EVENTS = 1000

interface Pending {
  readonly resolve: (ending: Outside) => void
  readonly watch: Watch
}

export class Jailed implements Housing {
  readonly #jail: JailProcess
  readonly #jails: Jails
  readonly #limits: WatchLimits
  readonly #exclusive: boolean
  readonly #output: Output
  #events: (LocalEvent | SecurityEvent)[] = []
  #pending: Pending | null = null
  #memoryBytes = 0
  #hostCalls = 0
  #ended: Promise<void> | null = null
  #cellGone: (() => void) | null = null
  #distrusted = false
  /** What ended the guest, once something has. */
  #verdict: Outside | null = null

  /** @param jail taken from `jails` for this guest; it goes back, or is ended, when the guest has ended */
  constructor(jail: JailProcess, jails: Jails, limits: WatchLimits, outputBytes: number, exclusive: boolean) {
    this.#jail = jail
    this.#jails = jails
    this.#limits = limits
    this.#exclusive = exclusive
    this.#output = new Output(outputBytes)
    jail.listen(this.#hear)
  }

  load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>): Promise<Activation> {
    return this.#activate(() => this.#jail.send(FRAME.load, encodeLoad(spec, module)))
  }

  call(name: string, values: readonly (number | bigint)[]): Promise<Activation> {
    return this.#activate(() => this.#jail.sendJson(FRAME.call, { name, values: values.map(toWire) }))
  }

  end(): Promise<void> {
    return this.#stop({ kind: 'terminated' })
  }

  async #activate(start: () => void): Promise<Activation> {
    const ending = new Promise<Outside>((resolve) => {
      const watch = new Watch(
        this.#limits,
        () => this.#jail.sample(),
        (what) => void this.#stop(what),
      )
      this.#pending = { resolve, watch }
    })
    const { watch } = this.#pending!
    if (this.#verdict) this.#settle(this.#verdict)
    else start()
    const result = await ending
    // Before the output is taken: a guest that is being ended may still be writing.
    if (this.#ended) await this.#ended
    const events = this.#events
    this.#events = []
    return {
      ending: result,
      ...this.#output.take(),
      events,
      cpuMs: watch.cpuMs,
      peakResidentBytes: watch.peakResidentBytes,
      memoryBytes: this.#memoryBytes,
      hostCalls: this.#hostCalls,
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
    switch (event.kind) {
      case 'output':
        // The cell keeps the cap already; a jail that exceeds it is not ours any more.
        if (!this.#output.add(event.stream, event.bytes)) this.#distrust('output-over-cap')
        return
      case 'event':
        if (this.#events.length >= MAX_EVENTS) return this.#distrust('too-many-events')
        this.#events.push(event.event)
        return
      case 'ending':
        this.#memoryBytes = event.memoryBytes
        this.#hostCalls = event.hostCalls
        if (!this.#verdict) this.#settle(event.ending)
        return
      case 'cell-gone':
        this.#cellGone?.()
        return
      case 'cell-failed':
        return void this.#stop(
          event.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? { kind: 'memory-limit', actualBytes: null }
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
    const alive = !this.#jail.ended && reason.kind !== 'jail-lost' && reason.kind !== 'memory-limit' && (await this.#terminate())
    if (alive && !this.#exclusive) await this.#jails.give(this.#jail)
    else await this.#jails.drop(this.#jail)
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

  /** True if the jail says in time that the thread is gone. */
  async #terminate(): Promise<boolean> {
    let late: NodeJS.Timeout | undefined
    const gone = await new Promise<boolean>((resolve) => {
      this.#cellGone = () => resolve(true)
      late = setTimeout(() => resolve(false), TERMINATE_MS)
      this.#jail.sendJson(FRAME.terminate, {})
    })
    clearTimeout(late)
    return gone && !this.#jail.ended
  }
}
