// The services of one guest: exactly the operations that its policy grants, and nothing left open when one cannot be made.
import { createSecretKey } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { NO_AUDIT } from '../../../src/sandbox/audit.ts'
import { Broker } from '../../../src/sandbox/broker/broker.ts'
import { BadRequest } from '../../../src/sandbox/broker/fields.ts'
import { CALL_BEHIND, deniedOperations } from '../../../src/sandbox/broker/filter.ts'
import { MemoryKvStore } from '../../../src/sandbox/broker/kv-memory.ts'
import { decodeReply, encodeRequest } from '../../../src/sandbox/broker/message.ts'
import type { Service } from '../../../src/sandbox/broker/operation.ts'
import { type HostServices, servicesFor } from '../../../src/sandbox/broker/services.ts'
import { UsageError } from '../../../src/sandbox/errors.ts'
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import { ERRNO } from '../../../src/sandbox/host/errno.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'
import { brokerHarness } from '../support/native.ts'

type Capabilities = NonNullable<PolicyInput['capabilities']>

let open: readonly Service[] = []
afterEach(async () => {
  await Promise.all(open.map((service) => service.close()))
  open = []
})
async function made(capabilities: Capabilities, host: HostServices = {}, policy: PolicyInput = { extends: 'strict' }) {
  open = (await servicesFor(resolvePolicy({ quotas: { handles: 20 }, ...policy, capabilities }), host))(() => {})
  return open
}
/** The parts of the broker that there are, by the first words of their operations. */
const parts = (services: readonly Service[]) =>
  [...new Set(services.flatMap(({ operations }) => Object.keys(operations).map((name) => name.split('.')[0])))].sort()

const KEYS = { mine: createSecretKey(Buffer.alloc(32, 1)), other: createSecretKey(Buffer.alloc(32, 2)) }
const LIVE: Capabilities = { fs: { mounts: [{ kind: 'directory', at: '/', source: import.meta.dirname }] } }

describe('servicesFor', () => {
  it.each<[string, Capabilities, readonly string[]]>([
    ['nothing', {}, []],
    ['files in memory, which need no broker', { fs: { mounts: [{ kind: 'memory', at: '/' }] } }, []],
    ['live directories', LIVE, ['fs']],
    ['a network', { net: { http: { allow: ['https://a.test'] } } }, ['net']],
    ['a namespace', { kv: { namespace: 'a' } }, ['kv']],
    ['hashes and keys', { crypto: { keys: [] } }, ['crypto']],
    [
      'what the cell does by itself',
      { log: true, metric: true, result: true, clock: { granularityNs: 1 }, random: 'system' },
      [],
    ],
    ['several', { ...LIVE, kv: { namespace: 'a' }, crypto: { keys: [] } }, ['crypto', 'fs', 'kv']],
  ])('has operations for %s', async (_, capabilities, expected) => {
    expect(parts(await made(capabilities))).toEqual(expected)
  })

  it('gives every guest services of its own, and all guests the embedder’s store', async () => {
    const store = new MemoryKvStore()
    const make = await servicesFor(resolvePolicy({ capabilities: { kv: { namespace: 'a' } } }), { kv: store })
    const [first, second] = [make(() => {}), make(() => {})]
    const kv = (services: readonly Service[]) => services.find(({ operations }) => 'kv.set' in operations)!
    expect(kv(first)).not.toBe(kv(second))
    const { askNow } = brokerHarness(kv(first))
    expect(askNow('kv.set', { key: 'k' }, Uint8Array.of(7)).errno).toBe('success')
    expect(store.get('a', 'k')).toEqual(Uint8Array.of(7))
    expect(brokerHarness(kv(second)).askNow('kv.get', { key: 'k' }).body).toEqual(Uint8Array.of(7))
  })

  it('hands over the keys that are granted only', async () => {
    const services = await made({ crypto: { keys: [{ name: 'mine', use: ['sign'] }] } }, { keys: KEYS })
    const { ask } = brokerHarness(...services)
    expect((await ask('crypto.key', { name: 'mine' })).errno).toBe('success')
    expect((await ask('crypto.key', { name: 'other' })).errno).toBe('noent')
  })

  it('takes a key by its own name only, not by one that every object has', async () => {
    const wanted: Capabilities = { crypto: { keys: [{ name: 'constructor', use: ['sign'] }] } }
    await expect(made(wanted, { keys: KEYS })).rejects.toThrow(UsageError)
  })

  it('signs at once where nothing can wait', async () => {
    const inline: PolicyInput = {
      isolation: { level: 'inline', exclusiveJail: false },
      quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
    }
    const wanted: Capabilities = { crypto: { keys: [{ name: 'mine', use: ['sign'] }] } }
    const { askNow } = brokerHarness(...(await made(wanted, { keys: KEYS }, inline)))
    const { key } = askNow('crypto.key', { name: 'mine' }).fields
    expect(askNow('crypto.sign', { key: key! }, Uint8Array.of(1)).body).toHaveLength(32)
  })

  it('refuses a source that cannot be opened', async () => {
    const wanted: Capabilities = { fs: { mounts: [{ kind: 'directory', at: '/', source: '/no/such/directory' }] } }
    await expect(made(wanted)).rejects.toThrow(/"\/no\/such\/directory" for the mount \/ could not be opened/)
  })

  it.runIf(process.platform === 'linux')('leaves nothing open when another part cannot be made', async () => {
    const count = () => readdirSync('/proc/self/fd').length
    // What is loaded late, and kept open by nobody, is loaded now.
    await made({ ...LIVE, crypto: { keys: [] } })
    await Promise.all(open.map((service) => service.close()))
    open = []
    const before = count()
    const wanted: Capabilities = { ...LIVE, crypto: { keys: [{ name: 'missing', use: ['sign'] }] } }
    await expect(made(wanted)).rejects.toThrow(/grants the key "missing"/)
    expect(count()).toBe(before)
  })
})

describe('the filter on single host calls', () => {
  /** Several calls lead there, all of them to what is open already. */
  const SHARED = [
    'fs.stat',
    'fs.read',
    'fs.write',
    'fs.append',
    'fs.sync',
    'fs.close',
    'net.httpClose',
    'net.send',
    'net.receive',
  ]
  const OTHERS = [...SHARED, 'net.close', 'net.poll', 'crypto.close']

  it('knows the call behind every operation that one call alone leads to', async () => {
    const services = await made({
      ...LIVE,
      net: { http: { allow: ['https://a.test'] } },
      kv: { namespace: 'a' },
      crypto: { keys: [] },
    })
    const all = services.flatMap(({ operations }) => Object.keys(operations))
    expect(Object.keys(CALL_BEHIND).sort()).toEqual(all.filter((name) => !OTHERS.includes(name)).sort())
    const rows = Object.values(CALL_BEHIND).map((call) => ABI.find(({ name }) => name === call)?.place)
    expect(rows.filter((place) => place !== 'broker' && place !== 'either')).toEqual([])
    expect(new Set(Object.values(CALL_BEHIND)).size).toBe(rows.length)
  })

  it('leaves out of the broker what the policy denies: a request for it comes from no cell', async () => {
    const services = await made({ kv: { namespace: 'a' } })
    const options = { deadlineMs: 60_000, audit: NO_AUDIT, event: () => {}, instance: 'i', module: 'm' }
    const broker = new Broker({ ...options, services, denied: deniedOperations(['kv_set', 'path_open']) })
    const request = (operation: string) => encodeRequest({ operation, fields: { key: 'k' } })
    await expect(broker.handle(request('kv.set'))).rejects.toThrow(BadRequest)
    expect(decodeReply(await broker.handle(request('kv.get'))).errno).toBe(ERRNO.noent)
  })
})
