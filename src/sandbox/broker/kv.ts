// The kv capability: one namespace of the embedder's store for one guest, within its quotas.
import type { ServiceUsage } from '../monitor/usage-sink.ts'
import type { Policy } from '../policy/schema.ts'
import { bodiless } from './bodiless.ts'
import { BadRequest, type Fields } from './fields.ts'
import type { KvStore, KvUsage } from './kv-store.ts'
import { type Answer, type Operation, type Prepared, Refused, type Service } from './operation.ts'

/** Longest key, in bytes of UTF-8, and largest value: those of the ABI table. */
const MAX_KEY = 512
const MAX_VALUE = 16 * 2 ** 20
/** Largest answer. A guest that has more keys asks with longer prefixes. */
const MAX_ANSWER = 16 * 2 ** 20

export interface KvOptions {
  readonly namespace: string
  readonly quotas: Pick<Policy['quotas'], 'kvBytes' | 'kvEntries'>
  readonly store: KvStore
}

type Quota = 'kvBytes' | 'kvEntries'

export class KvService implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #namespace: string
  readonly #quotas: KvOptions['quotas']
  readonly #store: KvStore
  readonly #told = new Set<Quota>()
  /** What the namespace held after the guest’s last write; null before the first. */
  #known: KvUsage | null = null

  constructor({ namespace, quotas, store }: KvOptions) {
    this.#namespace = namespace
    this.#quotas = quotas
    this.#store = store
    this.operations = {
      'kv.get': bodiless((fields) => this.#get(readKey(fields, 'key'))),
      'kv.set': (fields, body) => this.#set(readKey(fields, 'key'), body),
      'kv.delete': bodiless((fields) => this.#delete(readKey(fields, 'key'))),
      'kv.keys': bodiless((fields) => this.#keys(readKey(fields, 'prefix'))),
    }
  }

  beginActivation(): void {
    this.#told.clear()
  }

  usage(): ServiceUsage {
    return this.#known ? { kvBytes: this.#known.bytes, kvEntries: this.#known.entries } : {}
  }

  /** The store is the embedder's, and stays open. */
  close(): void {}

  #get(key: string): Prepared {
    return this.#prepared(key, null, () => {
      const value = this.#store.get(this.#namespace, key)
      if (value === null) throw new Refused('noent')
      return { errno: 'success', body: atMost(value) }
    })
  }

  #set(key: string, value: Uint8Array): Prepared {
    if (value.length > MAX_VALUE) throw new BadRequest('a value is longer than any that a call takes')
    // Judged twice: now, so that the audit log says what was decided, and again with the change, because guests can share a namespace.
    return this.#prepared(key, this.#tryJudge(key, value), () =>
      this.#store.atomically(() => {
        const refusal = this.#judge(key, value)
        if (refusal) throw refusal
        this.#store.set(this.#namespace, key, value)
        this.#known = this.#store.usage(this.#namespace)
        return { errno: 'success' }
      }),
    )
  }

  #delete(key: string): Prepared {
    return this.#prepared(key, null, () => {
      if (!this.#store.delete(this.#namespace, key)) throw new Refused('noent')
      return { errno: 'success' }
    })
  }

  #keys(prefix: string): Prepared {
    return this.#prepared(prefix, null, () => {
      const parts: Buffer[] = []
      let size = 0
      for (const key of this.#store.keys(this.#namespace, prefix)) {
        const part = Buffer.from(`${key}\0`)
        size += part.length
        if (size > MAX_ANSWER) throw new Refused('overflow')
        parts.push(part)
      }
      return { errno: 'success', body: Buffer.concat(parts) }
    })
  }

  /** What the store throws is the embedder's business: the broker makes `io` of it (CTL-16). */
  #prepared(object: string, refusal: Refused | null, run: () => Answer): Prepared {
    return { intent: { capability: 'kv', object, refusal }, run }
  }

  /** A store that cannot tell refuses nothing: it will fail again when it is to be changed. */
  #tryJudge(key: string, value: Uint8Array): Refused | null {
    try {
      return this.#judge(key, value)
    } catch {
      return null
    }
  }

  /** What would grow beyond its quota is refused; what does not grow is not, so that a namespace can always be made smaller. */
  #judge(key: string, value: Uint8Array): Refused | null {
    const usage = this.#store.usage(this.#namespace)
    const old = this.#store.get(this.#namespace, key)
    const { kvBytes, kvEntries } = this.#quotas
    if (old === null && usage.entries + 1 > kvEntries) return this.#exceeded('kvEntries', 'entries')
    const growth = old === null ? Buffer.byteLength(key) + value.length : value.length - old.length
    if (growth > 0 && usage.bytes + growth > kvBytes) return this.#exceeded('kvBytes', 'bytes')
    return null
  }

  #exceeded(quota: Quota, unit: string): Refused {
    if (this.#told.has(quota)) return new Refused('dquot')
    this.#told.add(quota)
    const limit = this.#quotas[quota]
    const message = `The guest used up the ${limit} ${unit} of its namespace of the key-value store.`
    return new Refused('dquot', { type: 'quota-exceeded', severity: 'warning', message, quota, limit })
  }
}

/** The cell has decoded the key: one that it would not have let through comes from elsewhere. */
function readKey(fields: Fields, name: string): string {
  const key = fields.text(name, MAX_KEY)
  if (!key.isWellFormed() || key.includes('\0') || Buffer.byteLength(key) > MAX_KEY)
    throw new BadRequest(`the field ${name} is no key`)
  return key
}

/** An embedder can have put in what no guest could. */
function atMost(value: Uint8Array): Uint8Array {
  if (value.length > MAX_ANSWER) throw new Refused('overflow')
  return value
}
