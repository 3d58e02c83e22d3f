// Hostile requests against a broker with every service: the templates name every operation, thousands of frames are survived, and planted defects are noticed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Arena } from '../../fuzz/arena.ts'
import { BrokerTrial, brokerPolicy } from '../../fuzz/broker-trial.ts'
import { KEYS } from '../../fuzz/keys.ts'
import { FakeNetwork } from '../../fuzz/network.ts'
import property from '../../fuzz/properties/broker-frames.ts'
import { decodeFrames, type Frame, type Template, templatesFor } from '../../fuzz/requests.ts'
import { Random } from '../../src/attacks/random.ts'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { BadRequest, Fields } from '../../src/sandbox/broker/fields.ts'
import { MemoryKvStore } from '../../src/sandbox/broker/kv-memory.ts'
import { encodeReply, encodeRequest } from '../../src/sandbox/broker/message.ts'
import { servicesFor } from '../../src/sandbox/broker/services.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import type { BrokerRequest } from '../../src/sandbox/host/channel.ts'
import { loadThreatModel } from '../../src/threats/load.ts'

/** A campaign tries as many as its time allows. */
const FRAMES = 20_000

let arena: Arena
let templates: ReadonlyMap<string, Template>
beforeAll(async () => {
  arena = await Arena.open()
  templates = templatesFor(arena.port)
})
afterAll(() => arena[Symbol.dispose]())

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})
/** Puts a defect into a class until the end of the test. */
function weaken<T extends object, K extends keyof T>(target: T, name: K, by: T[K]): void {
  const own = target[name]
  undo.push(() => {
    target[name] = own
  })
  target[name] = by
}

async function trial(frames: readonly Frame[], cut = 1000): Promise<string | null> {
  arena.reset()
  const opened = await BrokerTrial.open(brokerPolicy(arena.mount, arena.port), templates, { texts: arena.secrets })
  return opened.run(frames, cut)
}
const frame = (request: BrokerRequest): Frame => ({ operation: request.operation, payload: encodeRequest(request) })
const set = (key: string, size: number) => frame({ operation: 'kv.set', fields: { key }, body: new Uint8Array(size) })

describe('the templates', () => {
  it('name every operation of every service, and the host calls that ask for it', async () => {
    arena.reset()
    const services = await servicesFor(brokerPolicy(arena.mount, arena.port), { keys: Object.fromEntries(KEYS) })
    const made = services(() => {})
    expect(made.flatMap(({ operations }) => Object.keys(operations)).sort()).toEqual([...templates.keys()].sort())
    await Promise.all(made.map(async (service) => service.close()))
    const calls = new Set(ABI.map(({ name }) => name))
    expect([...templates.values()].flatMap((template) => template.calls).filter((call) => !calls.has(call))).toEqual([])
  })

  it('name the operations of the network that is not there', () => {
    const network = [...templates.keys()].filter((operation) => operation.startsWith('net.'))
    expect(Object.keys(new FakeNetwork(1).operations).sort()).toEqual(network.sort())
  })

  it('make requests that are heard, and requests that are not, of every operation', async () => {
    const counts = { replies: 0, bad: 0 }
    const random = new Random(3)
    for (let i = 0; i < 60; i++) {
      arena.reset()
      const opened = await BrokerTrial.open(brokerPolicy(arena.mount, arena.port), templates, { texts: arena.secrets })
      const bytes = Uint8Array.from({ length: 400 }, () => random.below(256))
      await opened.run(decodeFrames(bytes, templates), 100)
      counts.replies += opened.counts.replies
      counts.bad += opened.counts.bad
    }
    expect(counts.replies).toBeGreaterThan(200)
    expect(counts.bad).toBeGreaterThan(200)
  })
})

describe('a broker', () => {
  it(`survives ${FRAMES} frames`, { timeout: 240_000 }, async () => {
    const random = new Random(1)
    for (let sent = 0; sent < FRAMES; ) {
      const frames = decodeFrames(
        Uint8Array.from({ length: 600 }, () => random.below(256)),
        templates,
      )
      expect(await trial(frames, 1 + random.below(5000))).toBeNull()
      expect(arena.untouched).toBe(true)
      sent += frames.length
    }
  })

  it('has a property over the same, whose threats are known', async () => {
    const known = new Set(loadThreatModel().threats.map(({ id }) => id))
    expect(property.threats.filter((id) => !known.has(id))).toEqual([])
    const { executions, failure } = await property.run(1, 2000)
    expect(failure).toBeUndefined()
    expect(executions).toBeGreaterThan(5)
  })
})

describe('a trial notices', () => {
  it('an error that is no refusal to listen', async () => {
    weaken(Fields.prototype, 'text', () => {
      throw new TypeError('a defect')
    })
    expect(await trial([set('a', 1)])).toContain('the broker failed with TypeError')
  })

  it('a success that no record was written for', async () => {
    weaken(Broker.prototype, 'handle', async () => encodeReply({ errno: 'success' }))
    expect(await trial([set('a', 1)])).toContain('there are 0 audit records, which should be one')
  })

  it('a store that grows beyond its quota', async () => {
    const { usage } = MemoryKvStore.prototype
    let asked = 0
    weaken(MemoryKvStore.prototype, 'usage', function (this: MemoryKvStore, namespace) {
      // Blind while the service asks: twice for each change, and once more for what the monitor is told of it.
      return ++asked <= 6 ? { entries: 0, bytes: 0 } : usage.call(this, namespace)
    })
    expect(await trial([set('a', 1500), set('b', 1500)], 10_000)).toContain('the key-value store holds 3002 bytes')
  })

  it('an error that the host call does not have', async () => {
    weaken(Broker.prototype, 'handle', async () => encodeReply({ errno: 'rofs' }))
    expect(await trial([set('a', 1)])).toContain('it answered rofs, which kv_set does not list')
  })

  it('a path of the host in a reply', async () => {
    weaken(Broker.prototype, 'handle', async () => encodeReply({ errno: 'success', body: Buffer.from(`at ${arena.mount}`) }))
    expect(await trial([frame({ operation: 'crypto.close', fields: { key: 1 } })])).toContain('was told')
  })

  it('two requests at the same time', async () => {
    const { handle } = Broker.prototype
    let before: Promise<unknown> = Promise.resolve()
    weaken(Broker.prototype, 'handle', function (this: Broker, payload) {
      const turn = before.then(() => handle.call(this, payload))
      before = turn.catch(() => {})
      return turn
    })
    expect(await trial([set('a', 1), set('b', 1)])).toContain('at the same time')
  })

  it('a broker that never answers', { timeout: 20_000 }, async () => {
    weaken(Broker.prototype, 'handle', () => new Promise(() => {}))
    expect(await trial([set('a', 1)])).toContain('no reply')
  })

  it('a request that is refused as bad after something was done', async () => {
    const { handle } = Broker.prototype
    weaken(Broker.prototype, 'handle', async function (this: Broker, payload) {
      await handle.call(this, payload)
      throw new BadRequest('too late')
    })
    expect(await trial([set('a', 1)])).toContain('after something was done')
  })
})
