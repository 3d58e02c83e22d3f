// The monitor of a sandbox with real guests: what is measured on the way, in a jail and inline.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type MonitorEvent, type PolicyInput, type Sandbox } from '../../../src/sandbox/index.ts'
import { IMPORTS, printing } from '../support/guests.ts'
import { script } from '../support/script.ts'
import { wat } from '../support/wat.ts'

const UNLIMITED = { wallClockMs: null, cpuMs: null, residentBytes: null }
const LEVELS = [
  ['jail', {}],
  ['inline', { isolation: { level: 'inline', exclusiveJail: false }, quotas: UNLIMITED }],
] as const satisfies readonly (readonly [string, PolicyInput])[]

describe.each(LEVELS)('%s', (_, base: PolicyInput) => {
  let sandbox: Sandbox
  beforeAll(() => {
    sandbox = createSandbox(base)
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  it('counts host calls, output and activations of an instance, and keeps its figures when it has ended', async () => {
    const instance = await sandbox.create(wat(printing('abc')), undefined, { principal: 'alice' })
    expect(sandbox.monitor.instance(instance.id)).toMatchObject({ state: 'idle', principal: 'alice', module: instance.sha256 })
    await instance.call('_start')
    const figures = sandbox.monitor.instance(instance.id)!
    expect(figures).toMatchObject({
      state: 'ended',
      figures: {
        activations: 2,
        outputBytes: 3,
        hostCalls: [{ hostCall: 'fd_write', calls: 1, bytesFromGuest: 11, bytesToGuest: 4 }],
        highWater: { memoryBytes: 65_536, handles: 3, outputBytes: 3 },
      },
    })
    expect(sandbox.monitor.principal('alice')).toMatchObject({ instances: { live: 0, created: 1 }, figures: { outputBytes: 3 } })
  })

  it('measures brokered calls of the key-value store', async () => {
    const module = keyValue()
    const result = await sandbox.execute(module, { ...base, capabilities: { kv: { namespace: 'n' } } }, { principal: 'kv' })
    expect(result.outcome).toBe('completed')
    const { operations, highWater, hostCalls } = sandbox.monitor.principal('kv')!.figures
    expect(operations).toMatchObject([{ operation: 'kv.set', calls: 1, errors: 0 }])
    expect(operations[0]!.bytesFromJail).toBeGreaterThan(5)
    expect(operations[0]!.latency.count).toBe(1)
    expect(operations[0]!.latency.sumMs).toBeGreaterThan(0)
    expect(highWater).toMatchObject({ kvBytes: 5, kvEntries: 1 })
    expect(hostCalls).toMatchObject([{ hostCall: 'kv_set', calls: 1 }])
  })
})

it('adds up fuel where it is counted', async () => {
  await using sandbox = createSandbox({ quotas: { fuel: 1_000_000 } })
  const result = await sandbox.execute(wat(printing('abc')))
  expect(result.resourceUsage.fuel).toBeGreaterThan(0)
  expect(sandbox.monitor.totals().fuel).toBe(result.resourceUsage.fuel)
})

/** Writes the value `abc` under the key `ke`. */
const keyValue = () => script((s) => [s.call('kv_set', 'ke', 'abc')])

it.runIf(process.platform === 'linux')(
  'samples a guest that runs, tells before the limit, and lets the listener end it',
  async () => {
    const told: MonitorEvent[] = []
    await using sandbox = createSandbox(
      { quotas: { cpuMs: 20_000 } },
      { monitor: { alerts: [{ metric: 'cpuMs', at: 0.005 }], intervalMs: 20 } },
    )
    const instance = await sandbox.create(wat('(module (func (export "spin") (loop (br 0))))'))
    sandbox.monitor.subscribe((event) => {
      told.push(event)
      if (event.type === 'alert') void instance.terminate()
    })
    const result = await instance.call('spin')
    expect(result.outcome).toBe('terminated')
    expect(result.resourceUsage.cpuMs).toBeLessThan(10_000)
    expect(told.filter(({ type }) => type === 'alert')).toMatchObject([{ metric: 'cpuMs', limit: 20_000, measuredBy: 'host' }])
    const samples = told.filter((event) => event.type === 'sample')
    expect(samples.length).toBeGreaterThanOrEqual(2)
    expect(samples.at(-1)).toMatchObject({ ended: true, figures: { handles: null } })
    expect(Math.max(...samples.map(({ figures }) => figures.residentBytes))).toBeGreaterThan(2 ** 20)
    expect(sandbox.monitor.totals()).toMatchObject({ alerts: [{ metric: 'cpuMs', count: 1 }] })
    expect(sandbox.monitor.totals().events.map(({ type }) => type)).toContain('guest-killed')
  },
)

it('a listener that throws at every event changes nothing for the guest', async () => {
  await using sandbox = createSandbox('default', { monitor: { alerts: [{ metric: 'outputBytes', at: 1e-7 }] } })
  sandbox.monitor.subscribe(() => {
    throw new Error('listener')
  })
  const result = await sandbox.execute(wat(printing('abc')))
  expect([result.outcome, Buffer.from(result.stdout).toString()]).toEqual(['completed', 'abc'])
  expect(sandbox.monitor.snapshot().listenerErrors).toBeGreaterThanOrEqual(2)
})

it('a guest that is refused leaves nothing behind, one that gets no jail nothing alive', async () => {
  await using sandbox = createSandbox()
  await sandbox.execute(new Uint8Array(8))
  expect(sandbox.monitor.instances).toEqual({ live: 0, created: 0 })
  const controller = new AbortController()
  const running = sandbox.execute(wat(`(module ${IMPORTS.yield} (func (export "_start")))`), undefined, {
    signal: controller.signal,
  })
  controller.abort()
  expect((await running).outcome).toBe('terminated')
  expect(sandbox.monitor.instances.live).toBe(0)
})

it('the sandbox itself loads neither of the libraries that exporters need', () => {
  const program = `import { registerHooks } from 'node:module'
    const urls = []
    registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); urls.push(found.url); return found } })
    const load = async (file) => { urls.length = 0; await import(file); return urls.filter((url) => /prom-client|opentelemetry.api/.test(url)).length > 0 }
    console.log(await load(process.argv[1] + 'index.ts'), await load(process.argv[1] + 'monitor/prometheus.ts'), await load(process.argv[1] + 'monitor/opentelemetry.ts'))`
  const folder = new URL('../../../src/sandbox/', import.meta.url).href
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, folder], { encoding: 'utf8' })
  expect(stdout).toBe('false true true\n')
})
