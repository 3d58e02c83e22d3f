// The operations net.http, net.httpBody and net.httpClose: requests with their redirects, and the responses that a guest has open.

import { allowsOrigin, type NetRules } from '../../policy/net-patterns.ts'
import { bodiless } from '../bodiless.ts'
import { BadRequest, type Fields } from '../fields.ts'
import type { Answer, Intent, Operation, Prepared, Refused } from '../operation.ts'
import { within } from './deadline.ts'
import { type Decisions, intent, notDone } from './decisions.ts'
import { decode } from './decoding.ts'
import type { Dialler } from './dial.ts'
import { asRefused } from './errors.ts'
import { type Exchange, exchange } from './exchange.ts'
import {
  type HttpRequest,
  type HttpTarget,
  Malformed,
  readRequest,
  readTarget,
  redirected,
  redirectOf,
  shownUrl,
} from './http-rules.ts'
import { StreamReader } from './stream-reader.ts'
import type { NetUsage } from './usage.ts'

const HOST_CALL = 'http_request'
const MAX_BODY_PIECE = 16 * 2 ** 20

type Decide = (intent: Intent) => Promise<void>

interface OpenResponse {
  readonly exchange: Exchange
  readonly reader: StreamReader
}

export interface HttpParts {
  readonly rules: NetRules
  readonly redirects: number
  readonly dialler: Dialler
  readonly decisions: Decisions
  readonly usage: NetUsage
  /** Responses and sockets that are open, all together. */
  readonly openHandles: () => number
}

export class Http {
  readonly #parts: HttpParts
  readonly #open = new Map<number, OpenResponse>()
  #last = 0

  constructor(parts: HttpParts) {
    this.#parts = parts
  }

  get open(): number {
    return this.#open.size
  }

  /** Responses that are open after `close`, and whatever came behind its back. */
  get left(): number {
    return this.#open.size
  }

  readonly operations: Readonly<Record<string, Operation>> = {
    'net.http': (fields, body) => this.#request(fields, body),
    'net.httpBody': bodiless((fields) => this.#body(fields)),
    'net.httpClose': bodiless((fields) => this.#close(fields)),
  }

  close(): void {
    for (const { exchange } of this.#open.values()) exchange.end()
    this.#open.clear()
  }

  #request(fields: Fields, body: Uint8Array): Prepared {
    const method = fields.text('method', 16)
    const url = fields.text('url', 8192)
    const headers = fields.text('headers', 65_536)
    const timeoutMs = fields.integer('timeoutMs', 0, 0xffff_ffff)
    const target = readTarget(url)
    const request = target instanceof Malformed ? target : readRequest(method, target, headers, body)
    if (request instanceof Malformed) {
      const object = target instanceof Malformed ? shownUrl(url) : target.originText
      return notDone(object, this.#parts.decisions.refuse('inval', HOST_CALL, object, request.reason))
    }
    return {
      intent: this.#judge(request.target),
      run: (signal, decide) => this.#run(request, timeoutMs, signal, decide),
    }
  }

  /** The decision about one hop, as far as it can be made without asking a name server. */
  #judge(target: HttpTarget): Intent {
    const { rules, decisions, usage, dialler } = this.#parts
    const { origin, originText } = target
    const refuse = (errno: 'notcapable' | 'acces', reason: string) =>
      intent(originText, decisions.refuse(errno, HOST_CALL, originText, reason))
    if (!rules.http) return refuse('notcapable', 'the policy grants no HTTP')
    if (!allowsOrigin(rules.http, origin)) return refuse('acces', 'the policy does not allow the origin')
    const reason = origin.host.kind === 'address' ? dialler.addresses.refusal(origin.host.text) : null
    if (reason !== null) return refuse('acces', `its address ${reason}`)
    return intent(originText, usage.request())
  }

  async #run(request: HttpRequest, timeoutMs: number, signal: AbortSignal, decide: Decide): Promise<Answer> {
    try {
      return await within(signal, timeoutMs, (end) => this.#follow(request, end, decide))
    } catch (error) {
      throw signal.aborted && error === signal.reason ? error : asRefused(error)
    }
  }

  async #follow(first: HttpRequest, signal: AbortSignal, decide: Decide): Promise<Answer> {
    const { dialler, usage, redirects } = this.#parts
    const full = usage.handle(this.#parts.openHandles())
    if (full) throw full
    let request = first
    for (let followed = 0; ; followed++) {
      usage.content(request.body.length)
      const hop = await exchange(dialler, usage, request, signal, decide)
      try {
        const next = redirects > 0 ? this.#next(request, hop) : null
        if (!next) return this.#answer(request, hop)
        if (followed === redirects) throw await this.#refuseRedirect(hop, `there are more than ${redirects} redirects`, decide)
        if (next instanceof Malformed) throw await this.#refuseRedirect(hop, next.reason, decide)
        // As much of a decision as the first one: the record is written before anything is looked up (NET-01).
        const judged = this.#judge(next.target)
        await decide(judged)
        if (judged.refusal) throw judged.refusal
        request = next
      } catch (error) {
        hop.end()
        throw error
      }
      hop.end()
    }
  }

  /** The request that a redirect asks for; null if the response is none. */
  #next(request: HttpRequest, { status, headers }: Exchange): HttpRequest | Malformed | null {
    const location = redirectOf(status, headers)
    if (location === null || location instanceof Malformed) return location
    const target = readTarget(location, request.target.url)
    return target instanceof Malformed ? target : redirected(request, status, target)
  }

  async #refuseRedirect(hop: Exchange, reason: string, decide: Decide): Promise<Refused> {
    const location = shownUrl(hop.headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '')
    const refusal = this.#parts.decisions.refuse('acces', HOST_CALL, location, `it came as a redirect, and ${reason}`)
    await decide(intent(location, refusal))
    return refusal
  }

  #answer({ method }: HttpRequest, hop: Exchange): Answer {
    const hasBody = method !== 'HEAD' && hop.status !== 204 && hop.status !== 304
    const { body, headers } = decode(hop.body, hop.headers, hasBody)
    const response = ++this.#last
    this.#open.set(response, { exchange: hop, reader: new StreamReader(body) })
    const lines = headers.map(([name, value]) => `${name}: ${value}\n`).join('')
    return { errno: 'success', fields: { response, status: hop.status }, body: new TextEncoder().encode(lines) }
  }

  #body(fields: Fields): Prepared {
    const { exchange, reader } = this.#get(fields.integer('response', 1, Number.MAX_SAFE_INTEGER))
    const max = fields.integer('max', 1, MAX_BODY_PIECE)
    return {
      intent: null,
      run: async (signal) => {
        try {
          // What the guest gets is counted before it gets it; a body that has failed or was too long is over.
          await exchange.counted(within(signal, 0, (end) => reader.wait(end)))
          const body = reader.take(max) ?? new Uint8Array(0)
          this.#parts.usage.content(body.length)
          if (body.length === 0) exchange.end()
          return { errno: 'success', body }
        } catch (error) {
          exchange.end()
          throw signal.aborted ? error : asRefused(error)
        }
      },
    }
  }

  #close(fields: Fields): Prepared {
    const id = fields.integer('response', 1, Number.MAX_SAFE_INTEGER)
    const { exchange } = this.#get(id)
    return {
      intent: null,
      run: () => {
        this.#open.delete(id)
        exchange.end()
        return { errno: 'success' }
      },
    }
  }

  /** @throws {BadRequest} for a number that the cell's handle table cannot have held */
  #get(id: number): OpenResponse {
    const response = this.#open.get(id)
    if (!response) throw new BadRequest('there is no such response')
    return response
  }
}
