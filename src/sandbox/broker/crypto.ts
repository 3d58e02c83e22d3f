// The crypto capability: keys of the embedder by name and then by number, each for the uses that the policy grants. Keys never leave this process.
import { UsageError } from '../errors.ts'
import type { LocalEvent } from '../host/context.ts'
import type { Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'
import { bodiless } from './bodiless.ts'
import { BadRequest, type Fields } from './fields.ts'
import { type EmbedderKey, type Pace, type UsableKey, usableKey } from './keys.ts'
import { type Answer, type Operation, type Prepared, Refused, type Service } from './operation.ts'

/** The ABI table's: longest name, most bytes that are signed, longest signature. */
const MAX_NAME = 128
const MAX_DATA = 16 * 2 ** 20
const MAX_SIGNATURE = 16_384
/** Refusals that are told one by one in an activation; more would only fill the host's memory (RES-08). */
const MAX_TOLD = 500

type CryptoGrant = NonNullable<Policy['capabilities']['crypto']>
type Use = CryptoGrant['keys'][number]['use'][number]

export interface CryptoOptions {
  readonly grant: CryptoGrant
  /** The embedder's keys by name; those that are not granted might as well not be there. */
  readonly keys: ReadonlyMap<string, EmbedderKey>
  /** Most keys that the guest can have open: its handles. */
  readonly handles: number
  /** `at once` where nothing can wait (`inline`). */
  readonly pace: Pace
}

interface GrantedKey extends UsableKey {
  readonly name: string
  readonly use: readonly Use[]
}

export class CryptoService implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #granted: ReadonlyMap<string, GrantedKey>
  readonly #handles: number
  readonly #pace: Pace
  readonly #open = new Map<number, GrantedKey>()
  #last = 0
  #told = 0

  /** @throws {UsageError} if a key that is granted is missing, or cannot be used as granted */
  constructor({ grant, keys, handles, pace }: CryptoOptions) {
    this.#granted = grantedKeys(grant, keys)
    this.#handles = handles
    this.#pace = pace
    this.operations = {
      'crypto.key': bodiless((fields) => this.#key(fields)),
      'crypto.sign': (fields, body) => this.#sign(this.#opened(fields), body),
      'crypto.verify': (fields, body) => this.#verify(this.#opened(fields), fields, body),
      'crypto.close': bodiless((fields) => this.#close(fields)),
    }
  }

  beginActivation(): void {
    this.#told = 0
  }

  left(): number {
    return this.#open.size
  }

  close(): void {
    this.#open.clear()
  }

  /** A name that is not granted and one that nobody has are the same here: only what is granted is looked at. */
  #key(fields: Fields): Prepared {
    const name = fields.text('name', MAX_NAME)
    // A cell asks for its handle first, so it never has more open.
    if (this.#open.size >= this.#handles) throw new BadRequest('more keys are opened than there are handles')
    const key = this.#granted.get(name)
    const refusal = key
      ? null
      : this.#refused('noent', 'crypto_key', name, `asked for the key ${quoteGuestText(name)}, which it is not granted`)
    return {
      intent: { capability: 'crypto', object: name, refusal },
      run: () => {
        const number = ++this.#last
        this.#open.set(number, key!)
        return { errno: 'success', fields: { key: number } }
      },
    }
  }

  #sign(key: GrantedKey, data: Uint8Array): Prepared {
    if (data.length > MAX_DATA) throw new BadRequest('more is to be signed than a call takes')
    return this.#using(key, 'sign', () => answer(key.sign!(data, this.#pace), (body) => ({ errno: 'success', body })))
  }

  #verify(key: GrantedKey, fields: Fields, body: Uint8Array): Prepared {
    const length = fields.integer('data', 0, Math.min(MAX_DATA, body.length))
    const data = body.subarray(0, length)
    const signature = body.subarray(length)
    if (signature.length > MAX_SIGNATURE) throw new BadRequest('a signature is longer than a call takes')
    const work = () => answer(key.verify!(data, signature, this.#pace), (valid) => ({ errno: 'success', fields: { valid } }))
    return this.#using(key, 'verify', work)
  }

  #close(fields: Fields): Prepared {
    const number = readNumber(fields)
    if (!this.#open.has(number)) throw new BadRequest('a key is closed that is not open')
    return {
      intent: null,
      run: () => {
        this.#open.delete(number)
        return { errno: 'success' }
      },
    }
  }

  /** Numbers are this guest's own; one that it has not got comes from no cell. */
  #opened(fields: Fields): GrantedKey {
    const key = this.#open.get(readNumber(fields))
    if (!key) throw new BadRequest('a key is used that is not open')
    return key
  }

  #using(key: GrantedKey, use: Use, run: Prepared['run']): Prepared {
    const what = `wanted to ${use} with the key ${quoteGuestText(key.name)}, which it is not granted for that`
    const refusal = key.use.includes(use) ? null : this.#refused('notcapable', `crypto_${use}`, key.name, what)
    return { intent: { capability: 'crypto', object: key.name, refusal }, run }
  }

  #refused(errno: 'noent' | 'notcapable', hostCall: string, name: string, what: string): Refused {
    if (++this.#told > MAX_TOLD) return new Refused(errno)
    const last = this.#told === MAX_TOLD ? ' Further refusals are not told.' : ''
    const event: LocalEvent = {
      type: 'access-refused',
      severity: 'high',
      message: `The guest ${what}.${last}`,
      hostCall,
      capability: 'crypto',
      object: quoteGuestText(name, MAX_NAME),
    }
    return new Refused(errno, event)
  }
}

const readNumber = (fields: Fields) => fields.integer('key', 1, Number.MAX_SAFE_INTEGER)

/** What the algorithm throws can speak of the key: the broker makes `io` of it (CTL-16). */
const answer = <T>(result: T | Promise<T>, make: (value: T) => Answer): Answer | Promise<Answer> =>
  result instanceof Promise ? result.then(make) : make(result)

/** Told when the guest is made and not when it asks: a grant without its key is a mistake of the embedder's. */
function grantedKeys(grant: CryptoGrant, keys: CryptoOptions['keys']): ReadonlyMap<string, GrantedKey> {
  const granted = new Map<string, GrantedKey>()
  for (const { name, use } of grant.keys) {
    const key = keys.get(name)
    if (!key) throw new UsageError(`The policy grants the key "${name}", but the sandbox was given none of that name.`)
    const usable = usableKey(name, key)
    const cannot = use.find((one) => !usable[one])
    if (cannot)
      throw new UsageError(`The policy grants the key "${name}" to ${cannot}, which it cannot; a public key only verifies.`)
    // Two entries for one name grant what either does.
    granted.set(name, { ...usable, name, use: [...(granted.get(name)?.use ?? []), ...use] })
  }
  return granted
}
