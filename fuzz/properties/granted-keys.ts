// Whatever a cell asks of the embedder's keys: none is used that was not granted, none for what it was not granted for, none after it was closed; and
// nothing of a secret is in any answer or event.
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { CryptoService } from '../../src/sandbox/broker/crypto.ts'
import { BadRequest, Fields } from '../../src/sandbox/broker/fields.ts'
import { Refused } from '../../src/sandbox/broker/operation.ts'
import { checkPropertyAsync } from '../check.ts'

const USES = ['sign', 'verify'] as const
type Use = (typeof USES)[number]
const NAMES = ['mac', 'ed', 'other'] as const
type Name = (typeof NAMES)[number]

const { privateKey } = generateKeyPairSync('ed25519')
const SECRET = Buffer.from('a secret that no guest may see, ever')
const KEYS: ReadonlyMap<Name, KeyObject> = new Map([
  ['mac', createSecretKey(SECRET)],
  ['ed', privateKey],
  ['other', createSecretKey(Buffer.from('the key of somebody else entirely'))],
])
const HIDDEN = [SECRET.toString('latin1'), privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32).toString('latin1')]

const step = fc.oneof(
  fc.record({ do: fc.constant('key' as const), name: fc.constantFrom(...NAMES, 'constructor', '') }),
  fc.record({ do: fc.constantFrom('sign' as const, 'verify' as const, 'close' as const), key: fc.integer({ min: 0, max: 5 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
const uses = fc.subarray([...USES], { minLength: 1 })
const trial = fc.record({
  grants: fc.record({ mac: fc.option(uses), ed: fc.option(uses) }),
  handles: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(step, { maxLength: 15 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

class Model {
  readonly #of: Trial
  /** Numbers that were given out, by what they stand for; null once closed. */
  readonly #open = new Map<number, Name | null>()
  readonly #service: CryptoService

  constructor(of: Trial) {
    this.#of = of
    const granted = (['mac', 'ed'] as const).flatMap((name) => {
      const use = of.grants[name]
      return use ? [{ name, use }] : []
    })
    this.#service = new CryptoService({ grant: { keys: granted }, keys: KEYS, handles: of.handles, pace: 'at once' })
  }

  #usesOf(name: string): readonly Use[] {
    return (name === 'mac' || name === 'ed' ? this.#of.grants[name] : null) ?? []
  }

  /** What is wrong with the answer to one request, or null. */
  async take(one: Step): Promise<string | null> {
    const body = new Uint8Array(one.do === 'sign' || one.do === 'verify' ? 4 : 0)
    const fields = new Fields(one.do === 'key' ? { name: one.name } : { key: one.key, ...(one.do === 'verify' && { data: 2 }) })
    let done: Record<string, unknown> | 'refused' | 'bad'
    try {
      const prepared = this.#service.operations[`crypto.${one.do}`]!(fields, body)
      const { intent } = prepared
      if (intent?.refusal instanceof Refused) {
        done = 'refused'
        if (leaks(JSON.stringify(intent.refusal))) return 'a refusal holds a secret'
      } else done = (await prepared.run(new AbortController().signal, async () => {})) as unknown as Record<string, unknown>
    } catch (error) {
      if (!(error instanceof BadRequest)) return `it threw ${error}`
      done = 'bad'
    }
    if (typeof done === 'object' && leaks(textOf(done))) return `the answer to ${one.do} holds a secret`
    return one.do === 'key' ? this.#keyHolds(one.name, done) : this.#useHolds(one.do, one.key, done)
  }

  #keyHolds(name: string, done: Record<string, unknown> | 'refused' | 'bad'): string | null {
    const isThere = this.#usesOf(name).length > 0
    const count = [...this.#open.values()].filter((value) => value !== null).length
    if (count >= this.#of.handles) return done === 'bad' ? null : `${count + 1} keys are open, and ${this.#of.handles} may be`
    if (!isThere) return typeof done === 'object' ? `the key ${name} is opened, which was not granted` : null
    const number = typeof done === 'object' ? (done['fields'] as { key?: unknown }).key : null
    if (typeof number !== 'number') return `the key ${name} was granted, and is not to be had`
    if (this.#open.has(number)) return `the number ${number} is given out twice`
    this.#open.set(number, name as Name)
    return null
  }

  #useHolds(what: Use | 'close', key: number, done: Record<string, unknown> | 'refused' | 'bad'): string | null {
    const name = this.#open.get(key) ?? null
    if (name === null) return typeof done === 'object' ? `${what} with the key number ${key}, which is not open` : null
    if (what === 'close') {
      if (typeof done !== 'object') return 'a key that is open cannot be closed'
      this.#open.set(key, null)
      return null
    }
    const may = this.#usesOf(name).includes(what)
    if (may === (typeof done === 'object')) return null
    return may ? `${what} was granted for ${name}, and is refused` : `${what} was done with ${name}, which was not granted for it`
  }
}

const leaks = (text: string) => HIDDEN.some((secret) => text.includes(secret))
const textOf = (answer: Record<string, unknown>): string =>
  `${JSON.stringify(answer['fields'] ?? {})}${Buffer.from((answer['body'] as Uint8Array | undefined) ?? []).toString('latin1')}`

async function holds(made: Trial): Promise<string | null> {
  const model = new Model(made)
  for (const one of made.steps) {
    const problem = await model.take(one)
    if (problem !== null) return problem
  }
  return null
}

const property: Property = {
  name: 'granted-keys',
  threats: ['ENG-05', 'CTL-09'],
  run: (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
