// The broker: the host's side of a host call. It reads every request as hostile, decides, writes the audit record, and only then acts.
import type { AuditSink } from '../audit.ts'
import type { LocalEvent } from '../host/context.ts'
import type { ServiceUsage, UsageSink } from '../monitor/usage-sink.ts'
import type { Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'
import { BadRequest } from './fields.ts'
import { decodeRequest, encodeReply } from './message.ts'
import { type Answer, type Intent, type Operation, type Prepared, Refused, type Service } from './operation.ts'

/** Longest object in an audit record, characters. */
const MAX_OBJECT = 1000

export interface BrokerOptions {
  readonly services: readonly Service[]
  /** Operations of theirs that the guest has not got after all. */
  readonly denied?: ReadonlySet<string>
  /** Time for one request, milliseconds. */
  readonly deadlineMs: number
  readonly audit: AuditSink
  /** What becomes of what cannot be recorded; the default is `refuse`. Whoever gets the events ends the guest for `end-guest`. */
  readonly whenUnwritable?: Policy['audit']['whenUnwritable']
  readonly event: (event: LocalEvent) => void
  /** Is told of each request that was dealt with. */
  readonly usage?: UsageSink
  /** What identifies the guest in the audit log. */
  readonly instance: string
  readonly module: string
}

interface Request extends Prepared {
  readonly operation: string
}

/** One for each guest: what it may do, and what it has open, ends with it. */
export class Broker {
  readonly #options: BrokerOptions
  // A Map, because the names come from a jail.
  readonly #operations = new Map<string, Operation>()
  /** The one request under way; a cell waits for its reply, so there is never another. */
  #request: AbortController | null = null
  #ended = false
  #closing: Promise<void> | null = null
  #sequence = 0
  #auditFailed = false
  #lateTold = false
  #busy = false

  constructor(options: BrokerOptions) {
    this.#options = options
    for (const { operations } of options.services) {
      for (const [name, operation] of Object.entries(operations))
        if (!options.denied?.has(name)) this.#operations.set(name, operation)
    }
  }

  /** Whether a request is being dealt with. A cell waits for its reply, so it never has two. */
  get busy(): boolean {
    return this.#busy
  }

  /** Whether there is anything that a guest could ask for. */
  get serves(): boolean {
    return this.#operations.size > 0
  }

  beginActivation(): void {
    this.#lateTold = false
    for (const service of this.#options.services) service.beginActivation?.()
  }

  /**
   * Deals with one request. Every end of it is a reply: refused, failed, late, or done.
   *
   * @returns the reply's bytes
   * @throws {BadRequest} if no cell of the sandbox would have sent it; whoever did is not to be heard any more
   */
  async handle(payload: Uint8Array): Promise<Uint8Array> {
    if (this.#busy) throw new BadRequest('a request came before the reply to the one before')
    this.#busy = true
    try {
      const startedAt = performance.now()
      const request = this.#read(payload)
      const answer = await this.#act(request)
      const reply = encodeReply(answer)
      this.#tell(request, answer, startedAt, payload, reply)
      return reply
    } finally {
      this.#busy = false
    }
  }

  /**
   * The same where nothing can wait: in the guest's own thread (`inline`), whose policy grants only what is done at once.
   *
   * @throws {TypeError} if the operation or the audit sink would have to wait
   */
  handleNow(payload: Uint8Array): Uint8Array {
    const startedAt = performance.now()
    const request = this.#read(payload)
    let answer: Answer | Promise<Answer>
    try {
      if (request.intent) atOnce(this.#record(request.operation, request.intent))
      answer = request.run(AT_ONCE, () => Promise.reject(new TypeError('inline decides before it acts')))
    } catch (error) {
      answer = this.#answerTo(error)
    }
    const now = atOnce(answer)
    const reply = encodeReply(now)
    this.#tell(request, now, startedAt, payload, reply)
    return reply
  }

  /** The broker's own measure, taken where a guest cannot reach it: what it waited for, the audit record included. */
  #tell({ operation }: Request, { errno }: Answer, startedAt: number, payload: Uint8Array, reply: Uint8Array): void {
    if (!this.#options.usage) return
    const usage: ServiceUsage = Object.assign(Object.create(null), ...this.#options.services.map((service) => service.usage?.()))
    const milliseconds = performance.now() - startedAt
    this.#options.usage.brokered({
      operation,
      errno,
      milliseconds,
      bytesFromJail: payload.length,
      bytesToJail: reply.length,
      usage,
    })
  }

  #read(payload: Uint8Array): Request {
    const { operation: name, fields, body } = decodeRequest(payload)
    const operation = this.#operations.get(name)
    if (!operation) throw new BadRequest('a request names an operation that the guest does not have')
    const { intent, run } = operation(fields, body)
    fields.end()
    return { operation: name, intent, run }
  }

  async #act({ operation, intent, run }: Request): Promise<Answer> {
    // A guest that has ended gets nothing done any more (CTL-10).
    if (this.#ended) return { errno: 'canceled' }
    const request = new AbortController()
    const late = setTimeout(() => request.abort(), this.#options.deadlineMs)
    this.#request = request
    try {
      const written = intent ? this.#record(operation, intent) : undefined
      // The reply does not wait for an audit log that never answers, and a guest that has ended meanwhile gets nothing done.
      if (written) await Promise.race([written, aborted(request.signal)])
      request.signal.throwIfAborted()
      const answer = run(request.signal, async (next) => {
        // The guest has its answer already; nothing may be decided for it any more.
        if (request.signal.aborted) throw new Refused('canceled')
        await this.#record(operation, next)
        request.signal.throwIfAborted()
      })
      // Whatever an operation forgets to end: the reply does not wait for it.
      return answer instanceof Promise ? await Promise.race([answer, aborted(request.signal)]) : answer
    } catch (error) {
      if (request.signal.aborted && !(error instanceof Refused)) return this.#ended ? { errno: 'canceled' } : this.#tooLate()
      return this.#answerTo(error)
    } finally {
      clearTimeout(late)
      this.#request = null
    }
  }

  /** Told once in an activation, like every quota (NET-13). */
  #tooLate(): Answer {
    const limit = this.#options.deadlineMs
    const message = `A host call of the guest took longer than ${limit} ms.`
    if (!this.#lateTold) this.#options.event({ type: 'quota-exceeded', severity: 'warning', message, quota: 'hostCallMs', limit })
    this.#lateTold = true
    return { errno: 'timedout' }
  }

  /** An error of the host's never reaches the guest, not even its class (HST-08): what is not a refusal is `io`. */
  #answerTo(error: unknown): Answer {
    if (!(error instanceof Refused)) return { errno: 'io' }
    if (error.event) this.#options.event(error.event)
    return { errno: error.errno }
  }

  /**
   * Writes the record of a decision, then enforces it. One record each, before the effect (OUT-11).
   *
   * @throws {Refused} if the decision is a refusal, or the record could not be written and the policy does not say to go on
   */
  #record(operation: string, intent: Intent): void | Promise<void> {
    const { audit, instance, module } = this.#options
    if (this.#auditFailed && !this.#goesOnUnrecorded) throw new Refused('io')
    const { capability, object, refusal } = intent
    const enforce = () => {
      if (refusal) throw refusal
    }
    let written: PromiseLike<void> | null
    try {
      const writing = audit.write({
        version: 1,
        time: Date.now(),
        sequence: ++this.#sequence,
        instance,
        module,
        operation,
        capability,
        object: quoteGuestText(object, MAX_OBJECT),
        decision: refusal ? 'denied' : 'allowed',
        errno: refusal?.errno ?? null,
      })
      written = isThenable(writing) ? writing : null
    } catch {
      return this.#unrecorded(enforce)
    }
    if (!written) return enforce()
    return Promise.resolve(written).then(enforce, () => this.#unrecorded(enforce))
  }

  get #goesOnUnrecorded(): boolean {
    return this.#options.whenUnwritable === 'continue-and-report'
  }

  /** Told once in the life of the guest, and at once: the reply may have been given already. @throws {Refused} unless the policy says to go on */
  #unrecorded(enforce: () => void): void {
    const then = this.#goesOnUnrecorded
      ? 'what the guest asks for is done without a record'
      : 'nothing more is done for the guest'
    const message = `The audit log could not be written; ${then}.`
    if (!this.#auditFailed) this.#options.event({ type: 'audit-failed', severity: 'high', message })
    this.#auditFailed = true
    if (!this.#goesOnUnrecorded) throw new Refused('io')
    enforce()
  }

  /** What is still open after `close`: 0, or something has gone wrong (CTL-07, RES-06). */
  get left(): number {
    return this.#options.services.reduce((sum, service) => sum + (service.left?.() ?? 0), 0)
  }

  /** Ends what is under way and what is open. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#ended = true
    this.#request?.abort()
    await Promise.allSettled(this.#options.services.map(async (service) => service.close()))
  }
}

/** Never aborted: what is done at once has no time to end early. */
const AT_ONCE = new AbortController().signal

/** @throws {TypeError} if the value is still to come */
function atOnce<T>(value: T | Promise<T>): T {
  if (!(value instanceof Promise)) return value
  // Should it fail later, that is nobody's business any more; unheard, it would end the host process.
  value.catch(() => {})
  throw new TypeError('isolation level inline cannot wait for an operation or an audit sink')
}

/** Whatever can be awaited is: a sink may bring promises of its own. */
const isThenable = (value: unknown): value is PromiseLike<void> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  typeof (value as { then?: unknown }).then === 'function'

/** Rejects when the signal is aborted. */
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
