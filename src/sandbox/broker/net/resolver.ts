// Name lookup. A name is looked up once for each decision, after the policy has allowed it (NET-02, NET-17).
import { lookup, Resolver } from 'node:dns/promises'
import type { RECORD_TYPES } from '../../host/abi/native.ts'
import { Refused } from '../operation.ts'
import { orAborted } from './deadline.ts'
import { recordTexts } from './record-text.ts'

export type RecordType = (typeof RECORD_TYPES)[number]

/** Most addresses of one answer that are looked at; more is no answer that anybody needs. */
const MAX_ADDRESSES = 64

// The system's lookup blocks one of the few threads of the host's pool, for as long as a name server likes to take, and cannot be called off.
const SYSTEM_LOOKUPS = 2
let running = 0
const waiting: (() => void)[] = []

async function systemLookup(name: string, signal: AbortSignal): Promise<string[]> {
  if (running >= SYSTEM_LOOKUPS) await turn(signal)
  else running++
  try {
    const found = await lookup(name, { all: true, order: 'verbatim' })
    return found.map(({ address }) => address)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** Waits for one of the lookups to end. Whoever gives up leaves the queue: nobody else waits for a lookup without a reader (RES-08). */
function turn(signal: AbortSignal): Promise<void> {
  return new Promise((go, fail) => {
    waiting.push(go)
    const leave = () => {
      const at = waiting.indexOf(go)
      if (at < 0) return
      waiting.splice(at, 1)
      fail(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
  })
}

export class Names {
  readonly #servers: readonly string[] | null
  /** The guest's last lookup by the system, which may go on after it was given up: one at a time, so that a guest never has both of those there are. */
  #last: Promise<unknown> = Promise.resolve()

  /** @param servers name servers as `address:port`, for every lookup; null for the system's way */
  constructor(servers: readonly string[] | null) {
    this.#servers = servers
  }

  /** All addresses of a name, at least one. @throws if there is none */
  async addresses(name: string, signal: AbortSignal): Promise<string[]> {
    const found = this.#servers
      ? await this.#ask(signal, (resolver) => bothFamilies(resolver, name))
      : await orAborted(this.#lookUp(name, signal), signal)
    if (found.length === 0) throw new Refused('noent')
    // Cut, some would be connected to or shown that nobody has looked at; so none are.
    if (found.length > MAX_ADDRESSES) throw new Refused('msgsize')
    return [...new Set(found)]
  }

  #lookUp(name: string, signal: AbortSignal): Promise<string[]> {
    const found = this.#last.then(() => {
      signal.throwIfAborted()
      return systemLookup(name, signal)
    })
    this.#last = found.catch(() => {})
    return found
  }

  /** The records of one type, each as zone files write it. @throws if there is none */
  records(name: string, type: RecordType, signal: AbortSignal): Promise<string[]> {
    return this.#ask(signal, (resolver) => recordTexts(resolver, name, type))
  }

  /** A resolver for each query: it can be called off, and remembers nothing for the next (NET-16). */
  async #ask<T>(signal: AbortSignal, query: (resolver: Resolver) => Promise<T>): Promise<T> {
    const resolver = new Resolver({ timeout: 2000, tries: 2 })
    if (this.#servers) resolver.setServers(this.#servers)
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await orAborted(query(resolver), signal)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}

async function bothFamilies(resolver: Resolver, name: string): Promise<string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (found.length > 0) return found
  // A server that fails for one family and has nothing for the other has failed; `noent` would be a statement about the name.
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  throw reasons.find((reason) => reason.code !== 'ENODATA' && reason.code !== 'ENOTFOUND') ?? reasons[0] ?? new Refused('noent')
}
