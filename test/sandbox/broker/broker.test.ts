// The broker: hostile requests, the record before the effect, deadlines, and the end of a guest.
import { describe, expect, it } from 'vitest'
import type { AuditRecord, AuditSink } from '../../../src/sandbox/audit.ts'
import { Broker } from '../../../src/sandbox/broker/broker.ts'
import { BadRequest, Fields } from '../../../src/sandbox/broker/fields.ts'
import { decodeReply, encodeRequest } from '../../../src/sandbox/broker/message.ts'
import { type Answer, type Operation, Refused, type Service } from '../../../src/sandbox/broker/operation.ts'
import type { LocalEvent } from '../../../src/sandbox/host/context.ts'
import { ERRNO } from '../../../src/sandbox/host/errno.ts'

const steps: string[] = []
const allowed = (object: string) => ({ capability: 'kv', object, refusal: null }) as const
const refusedEvent: LocalEvent = {
  type: 'access-refused',
  severity: 'warning',
  message: 'no',
  hostCall: 'kv_get',
  capability: 'kv',
  object: 'secret',
}

/** The effect of an operation. */
function done(answer: Answer): Answer {
  steps.push('effect')
  return answer
}

const operations: Readonly<Record<string, Operation>> = {
  'test.echo': (fields, body) => {
    const text = fields.text('text', 10)
    return { intent: allowed(text), run: () => done({ errno: 'success', fields: { text }, body }) }
  },
  'test.silent': () => ({ intent: null, run: () => ({ errno: 'success' }) }),
  'test.refused': () => ({
    intent: { capability: 'kv', object: 'secret', refusal: new Refused('notcapable', refusedEvent) },
    run: () => done({ errno: 'success' }),
  }),
  'test.late-refusal': () => ({
    intent: allowed('first hop'),
    run: async (_, decide) => {
      await decide(allowed('second hop'))
      await decide({ capability: 'net', object: 'third hop', refusal: new Refused('acces') })
      return { errno: 'success' }
    },
  }),
  'test.two-steps': () => ({
    intent: allowed('first hop'),
    run: async (_, decide) => {
      await decide(allowed('second hop'))
      return done({ errno: 'success' })
    },
  }),
  'test.hang': () => ({ intent: null, run: () => new Promise(() => {}) }),
  'test.wait': () => ({ intent: null, run: async () => ({ errno: 'success' }) }),
  'test.throw': () => ({
    intent: null,
    run: () => {
      throw new TypeError('host detail: /nowhere/secret')
    },
  }),
}

function made(options: { audit?: AuditSink; deadlineMs?: number; whenUnwritable?: 'refuse' | 'continue-and-report' } = {}) {
  steps.length = 0
  const records: AuditRecord[] = []
  const events: LocalEvent[] = []
  let closed = 0
  let begun = 0
  const service: Service = { operations, beginActivation: () => void begun++, close: () => void closed++ }
  const broker = new Broker({
    services: [service],
    deadlineMs: options.deadlineMs ?? 60_000,
    audit: options.audit ?? {
      write: (record) => {
        steps.push('record')
        records.push(record)
      },
    },
    ...(options.whenUnwritable && { whenUnwritable: options.whenUnwritable }),
    event: (event) => void events.push(event),
    instance: 'i',
    module: 'm',
  })
  const ask = async (operation: string, fields = {}, body?: Uint8Array) =>
    decodeReply(await broker.handle(encodeRequest({ operation, fields, ...(body && { body }) })))
  return { broker, ask, records, events, counts: () => ({ closed, begun }) }
}

const raw = (json: string, rest = 0) => {
  const head = Buffer.from(json)
  const payload = new Uint8Array(4 + head.length + rest)
  new DataView(payload.buffer).setUint32(0, head.length, true)
  payload.set(head, 4)
  return payload
}

describe('Broker', () => {
  it('answers with fields and body, and records the decision before the effect', async () => {
    const { ask, records } = made()
    const reply = await ask('test.echo', { text: 'héllo' }, Uint8Array.of(1, 2))
    expect(reply).toEqual({ errno: 0, fields: { text: 'héllo' }, body: Uint8Array.of(1, 2) })
    expect(steps).toEqual(['record', 'effect'])
    expect(records).toEqual([
      {
        version: 1,
        time: expect.any(Number),
        sequence: 1,
        instance: 'i',
        module: 'm',
        operation: 'test.echo',
        capability: 'kv',
        object: '"héllo"',
        decision: 'allowed',
        errno: null,
      },
    ])
  })

  it('records nothing for what has no effect', async () => {
    const { ask, records } = made()
    expect((await ask('test.silent')).errno).toBe(0)
    expect(records).toEqual([])
  })

  it('records a refusal, tells the embedder, and does nothing', async () => {
    const { ask, records, events } = made()
    expect((await ask('test.refused')).errno).toBe(ERRNO.notcapable)
    expect(steps).toEqual(['record'])
    expect(records).toMatchObject([{ decision: 'denied', errno: 'notcapable', object: '"secret"' }])
    expect(events).toEqual([refusedEvent])
  })

  it('records each further decision on the way', async () => {
    const { ask, records } = made()
    expect((await ask('test.late-refusal')).errno).toBe(ERRNO.acces)
    expect(records.map(({ sequence, object, decision }) => [sequence, object, decision])).toEqual([
      [1, '"first hop"', 'allowed'],
      [2, '"second hop"', 'allowed'],
      [3, '"third hop"', 'denied'],
    ])
  })

  it('neutralises guest text in records', async () => {
    const { ask, records } = made()
    await ask('test.echo', { text: '\u001b[2J\u202e' })
    expect(records[0]!.object).toBe('"\\u{1b}[2J\\u{202e}"')
  })

  it.each([
    [
      'throws',
      {
        write: () => {
          throw new Error('disk full')
        },
      },
    ],
    ['rejects', { write: () => Promise.reject(new Error('disk full')) }],
  ])('does nothing any more once the audit log %s', async (_, audit) => {
    const { ask, events } = made({ audit })
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.io)
    expect((await ask('test.echo', { text: 'b' })).errno).toBe(ERRNO.io)
    expect(steps).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['audit-failed'])
  })

  it('goes on without a record if the policy says so, tells it once, and still refuses what is refused', async () => {
    let working = false
    const records: AuditRecord[] = []
    const audit: AuditSink = {
      write: (record) => {
        if (!working) throw new Error('disk full')
        records.push(record)
      },
    }
    const { ask, events } = made({ audit, whenUnwritable: 'continue-and-report' })
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(0)
    expect((await ask('test.refused')).errno).toBe(ERRNO.notcapable)
    working = true
    expect((await ask('test.echo', { text: 'b' })).errno).toBe(0)
    expect(steps).toEqual(['effect', 'effect'])
    expect(events.map(({ type }) => type)).toEqual(['audit-failed', 'access-refused'])
    // The number of a decision that is not on record stays a gap.
    expect(records.map(({ sequence }) => sequence)).toEqual([3])
  })

  it('waits for a sink whose promises are not the engine’s own', async () => {
    const sink = {
      write: () => ({
        then: (done: () => void) => {
          setTimeout(() => {
            steps.push('record')
            done()
          }, 20)
        },
      }),
    }
    const { ask } = made({ audit: sink as unknown as AuditSink })
    await ask('test.echo', { text: 'a' })
    expect(steps).toEqual(['record', 'effect'])
  })

  it.each([
    ['rejects', (_: unknown, fail: (error: Error) => void) => fail(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
  ])('does nothing for a sink whose promise is not the engine’s own and %s', async (_, then) => {
    const { ask, events } = made({ audit: { write: () => ({ then }) } as unknown as AuditSink })
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.io)
    expect(steps).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['audit-failed'])
  })

  it('tells of an audit log that fails although the guest has its answer already', async () => {
    const written = Promise.withResolvers<void>()
    const { ask, events } = made({ audit: { write: () => written.promise }, deadlineMs: 20 })
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.timedout)
    written.reject(new Error('disk full'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(events.map(({ type }) => type)).toEqual(['quota-exceeded', 'audit-failed'])
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.io)
  })

  it('waits for an audit log that takes its time', async () => {
    const { ask } = made({
      audit: {
        write: async () => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          steps.push('record')
        },
      },
    })
    await ask('test.echo', { text: 'a' })
    expect(steps).toEqual(['record', 'effect'])
  })

  it.each([
    ['is ended', ERRNO.canceled, 60_000],
    ['has waited too long', ERRNO.timedout, 20],
  ] as const)('does nothing for a guest that %s while the record is being written', async (_, errno, deadlineMs) => {
    const written = Promise.withResolvers<void>()
    const { broker, ask } = made({ deadlineMs, audit: { write: () => written.promise } })
    const answer = ask('test.echo', { text: 'a' })
    if (errno === ERRNO.canceled) await broker.close()
    // The reply does not wait for the record either.
    expect((await answer).errno).toBe(errno)
    written.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    expect(steps).toEqual([])
  })

  it('goes no step further for a guest that is ended while a decision on the way is being recorded', async () => {
    const written = Promise.withResolvers<void>()
    let first = true
    const { broker, ask } = made({
      audit: {
        write: () => {
          if (!first) return written.promise
          first = false
        },
      },
    })
    const answer = ask('test.two-steps')
    await broker.close()
    written.resolve()
    expect((await answer).errno).toBe(ERRNO.canceled)
    await new Promise((resolve) => setImmediate(resolve))
    expect(steps).toEqual([])
  })

  it('does nothing for a guest whose record is written too late', async () => {
    const written = Promise.withResolvers<void>()
    const { ask } = made({ audit: { write: () => written.promise }, deadlineMs: 20 })
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.timedout)
    written.resolve()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(steps).toEqual([])
  })

  it('does nothing for a guest that ends while its record is being written', async () => {
    const written = Promise.withResolvers<void>()
    const { ask, broker } = made({ audit: { write: () => written.promise } })
    const asking = ask('test.echo', { text: 'a' })
    const closing = broker.close()
    written.resolve()
    await closing
    expect((await asking).errno).toBe(ERRNO.canceled)
    expect(steps).toEqual([])
  })

  it('decides nothing further for a guest whose record is written too late', async () => {
    let first = true
    const audit: AuditSink = {
      write: () => {
        if (!first) return new Promise(() => {})
        first = false
      },
    }
    expect((await made({ audit, deadlineMs: 20 }).ask('test.late-refusal')).errno).toBe(ERRNO.timedout)
  })

  it('answers timedout at the deadline although the operation does not end', async () => {
    expect((await made({ deadlineMs: 20 }).ask('test.hang')).errno).toBe(ERRNO.timedout)
  })

  it('tells once in an activation that a call took too long', async () => {
    const { broker, ask, events } = made({ deadlineMs: 20 })
    await ask('test.hang')
    await ask('test.hang')
    expect(events).toEqual([expect.objectContaining({ type: 'quota-exceeded', quota: 'hostCallMs', limit: 20 })])
    broker.beginActivation()
    await ask('test.hang')
    expect(events).toHaveLength(2)
  })

  it('answers canceled when the guest is ended, and to everything afterwards', async () => {
    const { broker, ask, counts } = made()
    const waiting = ask('test.hang')
    expect(broker.busy).toBe(true)
    await broker.close()
    await broker.close()
    expect((await waiting).errno).toBe(ERRNO.canceled)
    expect((await ask('test.echo', { text: 'a' })).errno).toBe(ERRNO.canceled)
    expect(steps).toEqual([])
    expect(counts()).toEqual({ closed: 1, begun: 0 })
  })

  it('tells services when an activation begins', () => {
    const { broker, counts } = made()
    broker.beginActivation()
    expect(counts()).toEqual({ closed: 0, begun: 1 })
  })

  it('answers io, and nothing of the error, when an operation fails', async () => {
    expect(await made().ask('test.throw')).toEqual({ errno: ERRNO.io, fields: {}, body: new Uint8Array(0) })
  })

  it('takes one request at a time', async () => {
    const { ask } = made()
    const first = ask('test.wait')
    await expect(ask('test.silent')).rejects.toThrow(BadRequest)
    expect((await first).errno).toBe(0)
  })

  it.each([
    ['shorter than a header', new Uint8Array(3)],
    ['with a length beyond its end', Uint8Array.of(9, 0, 0, 0, 123)],
    ['with a JSON part over the maximum', Uint8Array.of(255, 255, 255, 255, 123, 125)],
    ['without JSON', raw('{')],
    ['with text that is not UTF-8', Uint8Array.of(1, 0, 0, 0, 0xff)],
    ['that is null', raw('null')],
    ['that is an array', raw('[]')],
    ['without an operation', raw('{"fields":{}}')],
    ['without fields', raw('{"operation":"test.silent"}')],
    ['with something else', raw('{"operation":"test.silent","fields":{},"more":1}')],
    ['with an unknown operation', raw('{"operation":"test.unknown","fields":{}}')],
    ['with an inherited name', raw('{"operation":"constructor","fields":{}}')],
    ['with the name of the prototype', raw('{"operation":"__proto__","fields":{}}')],
    ['with fields the operation lacks', raw('{"operation":"test.silent","fields":{"a":1}}')],
    ['without a field', raw('{"operation":"test.echo","fields":{}}')],
    ['with a field that is inherited only', raw('{"operation":"test.echo","fields":{"__proto__":{"text":"x"}}}')],
    ['with a field of another type', raw('{"operation":"test.echo","fields":{"text":1}}')],
    ['with a text over its maximum', raw('{"operation":"test.echo","fields":{"text":"12345678901"}}')],
  ])('rejects a request %s', async (_, payload) => {
    const { broker } = made()
    await expect(broker.handle(payload)).rejects.toThrow(BadRequest)
    expect(steps).toEqual([])
    expect(broker.busy).toBe(false)
  })

  it('reads requests of hosts whose prototype is polluted as they are', async () => {
    const { broker } = made()
    Object.defineProperty(Object.prototype, 'text', { value: 'polluted', configurable: true, enumerable: true, writable: true })
    const answer = await broker.handle(raw('{"operation":"test.echo","fields":{}}')).catch((error: unknown) => error)
    Reflect.deleteProperty(Object.prototype, 'text')
    expect(answer).toBeInstanceOf(BadRequest)
  })
})

describe('Broker where nothing can wait', () => {
  const now = (broker: Broker, operation: string, fields = {}) =>
    decodeReply(broker.handleNow(encodeRequest({ operation, fields })))

  it('records and acts at once', () => {
    const { broker, records } = made()
    expect(now(broker, 'test.echo', { text: 'a' }).fields).toEqual({ text: 'a' })
    expect(records).toHaveLength(1)
    expect(now(broker, 'test.refused').errno).toBe(ERRNO.notcapable)
    expect(now(broker, 'test.throw').errno).toBe(ERRNO.io)
  })

  it('does not act when an operation or the audit log would have to wait', () => {
    expect(() => now(made().broker, 'test.wait')).toThrow('cannot wait')
    expect(now(made({ audit: { write: async () => {} } }).broker, 'test.echo', { text: 'a' }).errno).toBe(ERRNO.io)
    expect(steps).toEqual([])
  })

  it('leaves no rejection behind that nobody handles when the audit log would have to wait', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    try {
      expect(now(made({ audit: { write: async () => {} } }).broker, 'test.refused').errno).toBe(ERRNO.io)
      const failing = { write: () => Promise.reject(new Error('disk full')) }
      expect(now(made({ audit: failing }).broker, 'test.echo', { text: 'a' }).errno).toBe(ERRNO.io)
      await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      process.off('unhandledRejection', listen)
    }
    expect(unhandled).toEqual([])
  })
})

describe('Fields', () => {
  it.each([
    ['integer', { n: 1.5 }],
    ['integer', { n: -1 }],
    ['integer', { n: 11 }],
    ['integer', { n: '1' }],
    ['integer', { n: 1e300 }],
    ['flag', { n: 1 }],
    ['u64', { n: 1 }],
    ['u64', { n: '-1' }],
    ['u64', { n: '18446744073709551616' }],
    ['u64', { n: '' }],
    ['choice', { n: 'c' }],
    ['nested', { n: [] }],
  ] as const)('refuses %s of %o', (kind, value) => {
    const fields = new Fields(value)
    const read = {
      integer: () => fields.integer('n', 0, 10),
      flag: () => fields.flag('n'),
      u64: () => fields.u64('n'),
      choice: () => fields.choice('n', ['a', 'b']),
      nested: () => fields.nested('n'),
    }
    expect(read[kind]).toThrow(BadRequest)
  })

  it('reads each kind once', () => {
    const fields = new Fields({ i: 10, f: false, u: '18446744073709551615', c: 'b' })
    expect([fields.integer('i', 0, 10), fields.flag('f'), fields.u64('u'), fields.choice('c', ['a', 'b'])]).toEqual([
      10,
      false,
      2n ** 64n - 1n,
      'b',
    ])
    fields.end()
    expect(() => fields.flag('f')).toThrow(BadRequest)
  })
})
