// The kv capability behind the broker: decisions, audit records, quotas, and requests that no cell sends.
import { describe, expect, it } from 'vitest'
import { BadRequest } from '../../../src/sandbox/broker/fields.ts'
import { KvService } from '../../../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../../../src/sandbox/broker/kv-memory.ts'
import type { KvStore } from '../../../src/sandbox/broker/kv-store.ts'
import { brokerHarness } from '../support/native.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function service({ namespace = 'ours', kvBytes = 1000, kvEntries = 10, store = new MemoryKvStore() as KvStore } = {}) {
  const made = new KvService({ namespace, quotas: { kvBytes, kvEntries }, store })
  return { store, made, ...brokerHarness(made) }
}

describe('the kv capability', () => {
  it('does the same at once and through a jail’s broker', async () => {
    const { ask, askNow } = service()
    expect(await ask('kv.set', { key: 'k' }, bytes('value'))).toMatchObject({ errno: 'success' })
    expect(askNow('kv.get', { key: 'k' })).toEqual({ errno: 'success', fields: {}, body: bytes('value') })
    expect(askNow('kv.keys', { prefix: '' }).body).toEqual(bytes('k\0'))
    expect(askNow('kv.delete', { key: 'k' }).errno).toBe('success')
    expect([askNow('kv.delete', { key: 'k' }).errno, (await ask('kv.get', { key: 'k' })).errno]).toEqual(['noent', 'noent'])
  })

  it('writes one audit record for each request, with the key as object', () => {
    const { askNow, audit } = service({ kvEntries: 1 })
    askNow('kv.set', { key: 'a' }, bytes('1'))
    askNow('kv.set', { key: 'b' }, bytes('1'))
    askNow('kv.get', { key: 'a' })
    askNow('kv.keys', { prefix: 'p' })
    askNow('kv.delete', { key: 'none' })
    expect(audit.map((r) => [r.operation, r.capability, r.object, r.decision, r.errno])).toEqual([
      ['kv.set', 'kv', '"a"', 'allowed', null],
      ['kv.set', 'kv', '"b"', 'denied', 'dquot'],
      ['kv.get', 'kv', '"a"', 'allowed', null],
      ['kv.keys', 'kv', '"p"', 'allowed', null],
      ['kv.delete', 'kv', '"none"', 'allowed', null],
    ])
  })

  it('reaches no namespace but its own', () => {
    const store = new MemoryKvStore()
    store.set('theirs', 'k', bytes('secret'))
    store.set('', 'k', bytes('secret'))
    const { askNow } = service({ store })
    for (const key of ['k', 'theirs/k', '../theirs/k', 'theirs\u001fk', '/k'])
      expect([key, askNow('kv.get', { key }).errno, askNow('kv.delete', { key }).errno]).toEqual([key, 'noent', 'noent'])
    expect(askNow('kv.keys', { prefix: '' }).body).toHaveLength(0)
    askNow('kv.set', { key: 'k' }, bytes('mine'))
    expect([store.get('theirs', 'k'), store.get('', 'k')]).toEqual([bytes('secret'), bytes('secret')])
  })

  it('shares a namespace between guests, and counts it once', () => {
    const store = new MemoryKvStore()
    const [one, other] = [service({ store, kvEntries: 1 }), service({ store, kvEntries: 1 })]
    expect(one.askNow('kv.set', { key: 'k' }, bytes('1')).errno).toBe('success')
    expect(Buffer.from(other.askNow('kv.get', { key: 'k' }).body).toString()).toBe('1')
    expect(other.askNow('kv.set', { key: 'l' }, bytes('1')).errno).toBe('dquot')
  })
})

describe('the quotas of kv', () => {
  it('take exactly what they say, keys included', () => {
    const { askNow, store } = service({ kvBytes: 10 })
    expect(askNow('kv.set', { key: 'é' }, bytes('12345678')).errno).toBe('success')
    expect(askNow('kv.set', { key: 'é' }, bytes('123456789')).errno).toBe('dquot')
    expect(askNow('kv.set', { key: 'x' }, new Uint8Array(0)).errno).toBe('dquot')
    expect(store.get('ours', 'é')).toEqual(bytes('12345678'))
  })

  it('are told once in an activation, each', () => {
    const { askNow, events, made } = service({ kvBytes: 10, kvEntries: 1 })
    askNow('kv.set', { key: 'a' }, bytes('1'))
    for (const key of ['b', 'c']) askNow('kv.set', { key }, bytes('1'))
    for (let i = 0; i < 2; i++) askNow('kv.set', { key: 'a' }, new Uint8Array(11))
    expect(events).toMatchObject([
      { type: 'quota-exceeded', quota: 'kvEntries', limit: 1 },
      { type: 'quota-exceeded', quota: 'kvBytes', limit: 10 },
    ])
    made.beginActivation()
    askNow('kv.set', { key: 'b' }, bytes('1'))
    expect(events).toHaveLength(3)
  })

  it('never stand in the way of less', () => {
    const store = new MemoryKvStore()
    for (const key of ['a', 'b', 'c']) store.set('ours', key, new Uint8Array(100))
    const { askNow } = service({ store, kvBytes: 10, kvEntries: 1 })
    expect(askNow('kv.set', { key: 'a' }, new Uint8Array(99)).errno).toBe('success')
    expect(askNow('kv.set', { key: 'a' }, new Uint8Array(100)).errno).toBe('dquot')
    expect(askNow('kv.delete', { key: 'b' }).errno).toBe('success')
  })

  it('are judged again with the change, for another guest may have come between', () => {
    const store = new MemoryKvStore()
    const { made } = service({ store, kvEntries: 1 })
    const operation = made.operations['kv.set']!
    const fields = () => ({ text: () => 'late' }) as never
    const prepared = operation(fields(), bytes('1'))
    expect(prepared.intent?.refusal).toBeNull()
    store.set('ours', 'early', bytes('1'))
    expect(() => prepared.run(new AbortController().signal, async () => {})).toThrow(
      expect.objectContaining({ errno: 'dquot', event: expect.objectContaining({ type: 'quota-exceeded' }) }),
    )
    expect(store.get('ours', 'late')).toBeNull()
  })
})

describe('a store that fails', () => {
  /** Fails in one method from the moment on that a test wants it to. */
  function failing(method: keyof KvStore) {
    const inner = new MemoryKvStore()
    inner.set('ours', 'k', bytes('before'))
    const fail = () => {
      throw new Error('disk I/O error: /var/lib/secret.db')
    }
    return { inner, store: Object.assign(Object.create(inner), bound(inner), { [method]: fail }) as KvStore }
  }
  const bound = (inner: MemoryKvStore): KvStore => ({
    get: inner.get.bind(inner),
    set: inner.set.bind(inner),
    delete: inner.delete.bind(inner),
    keys: inner.keys.bind(inner),
    usage: inner.usage.bind(inner),
    atomically: inner.atomically.bind(inner),
  })

  it.each([
    ['get', 'kv.get', { key: 'k' }],
    ['get', 'kv.set', { key: 'k' }],
    ['usage', 'kv.set', { key: 'k' }],
    ['set', 'kv.set', { key: 'k' }],
    ['atomically', 'kv.set', { key: 'k' }],
    ['delete', 'kv.delete', { key: 'k' }],
    ['keys', 'kv.keys', { prefix: '' }],
  ] as const)('in %s: %s answers io, says nothing of why, and the value is what it was', async (method, operation, fields) => {
    const { inner, store } = failing(method)
    const { ask, askNow } = service({ store })
    const body = operation === 'kv.set' ? bytes('after') : undefined
    for (const reply of [askNow(operation, fields, body), await ask(operation, fields, body)])
      expect(reply).toEqual({ errno: 'io', fields: {}, body: new Uint8Array(0) })
    expect(inner.get('ours', 'k')).toEqual(bytes('before'))
  })

  it('answers overflow to what is more than an answer can hold', () => {
    const store = new MemoryKvStore()
    store.set('ours', 'large', new Uint8Array(16 * 2 ** 20 + 1))
    const { askNow } = service({ store: Object.assign(bound(store), { keys: () => keys() }) })
    function* keys() {
      for (;;) yield 'k'.repeat(65_536)
    }
    expect([askNow('kv.get', { key: 'large' }).errno, askNow('kv.keys', { prefix: '' }).errno]).toEqual(['overflow', 'overflow'])
  })
})

describe('a request that no cell sends', () => {
  it.each([
    ['a lone surrogate', 'kv.get', { key: '\ud800' }],
    ['a NUL', 'kv.get', { key: 'a\0' }],
    ['a key of 513 bytes', 'kv.get', { key: 'é'.repeat(257) }],
    ['a long key', 'kv.keys', { prefix: 'k'.repeat(513) }],
    ['no key', 'kv.get', {}],
    ['a key that is a number', 'kv.delete', { key: 7 }],
    ['a namespace', 'kv.get', { key: 'k', namespace: 'theirs' }],
  ] as const)('%s', (_, operation, fields) => {
    expect(() => service().askNow(operation, fields)).toThrow(BadRequest)
  })

  it('a body where there is none', () => {
    for (const operation of ['kv.get', 'kv.delete'])
      expect(() => service().askNow(operation, { key: 'k' }, bytes('x'))).toThrow(BadRequest)
    expect(() => service().askNow('kv.keys', { prefix: 'k' }, bytes('x'))).toThrow(BadRequest)
  })

  it('a value of more than 16 MiB', () => {
    const large = new Uint8Array(16 * 2 ** 20 + 1)
    expect(() => service({ kvBytes: 2 ** 30 }).askNow('kv.set', { key: 'k' }, large)).toThrow(BadRequest)
    expect(service({ kvBytes: 2 ** 30 }).askNow('kv.set', { key: 'k' }, large.subarray(1)).errno).toBe('success')
  })
})
