// Probes in a real sandbox: real modules in jails, signatures, the clock of the system, and results that are kept by the version they came from.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type ProbeEvent, ProbeRunner, ResultStore, type Sandbox } from '../../../src/sandbox/index.ts'
import { signModule } from '../../../src/sandbox/signing/sign.ts'
import { hashOf, type ModuleShape, probeModule } from '../support/probes.ts'

let sandbox: Sandbox
let store: ResultStore
let dir: string
let runner: ProbeRunner
let events: ProbeEvent[]
let changed: () => void
beforeAll(() => {
  sandbox = createSandbox()
})
afterAll(() => sandbox[Symbol.asyncDispose]())
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-probes-'))
  store = ResultStore.open(join(dir, 'results.db'))
  runner = new ProbeRunner(sandbox, { consents: 'not-needed', results: store })
  events = []
  changed = () => {}
  runner.subscribe((event) => {
    events.push(event)
    changed()
  })
})
afterEach(async () => {
  await runner[Symbol.asyncDispose]()
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const until = async (holds: () => boolean) => {
  while (!holds())
    await new Promise<void>((resolve) => {
      changed = resolve
    })
}
const finished = (sha256: string) => events.filter((event) => event.type === 'run-finished' && event.version.sha256 === sha256)

const reporting = (body = '') => `(module
  (import "gauntlet_v1" "result_report" (func $report (param i32 f64 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $report (i32.const 0) (f64.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))) ${body}))`
const version = (number: string, body?: string, shape: ModuleShape = {}) =>
  probeModule({ version: number, wants: ['result'], text: reporting(body), ...shape })

describe('a probe in a sandbox', () => {
  it('goes from version to version without a run that is missing, and its results say which was which', async () => {
    const [one, two, three] = [version('1.0.0'), version('1.1.0', 'unreachable'), version('1.2.0', 'nop')]
    await runner.add({ id: 'site', module: one, schedule: { everyMs: 120 }, overlap: { policy: 'queue', length: 100 } })
    runner.start('site')
    await until(() => finished(hashOf(one)).length === 1)
    const canary = { share: 0.5, minRuns: 2, maxDurationRatio: null }
    expect(await runner.swap('site', two, { canary })).toMatchObject({ state: 'canary' })
    await until(() => runner.status('site').replacement === null)
    expect(runner.status('site').active?.sha256).toBe(hashOf(one))
    expect(await runner.swap('site', three, { canary })).toMatchObject({ state: 'canary' })
    await until(() => runner.status('site').active?.sha256 === hashOf(three))
    await until(() => finished(hashOf(three)).length === 4)
    await runner.stop('site')

    const ran = events.flatMap((event) => (event.type === 'run-finished' ? [event.run] : []))
    const skipped = events.flatMap((event) => (event.type === 'run-skipped' ? [event.first, event.last] : []))
    expect([...new Set([...ran, ...skipped])].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: runner.status('site').nextRun - 1 }, (_, at) => at + 1),
    )
    expect(ran).toHaveLength(new Set(ran).size)
    expect(store.query({ module: hashOf(two) }).results).toMatchObject([{ name: 'site', outcome: 'trapped' }])
    const kept = store.query({ module: hashOf(three) }).results
    expect(kept.map(({ probe }) => probe?.status)).toEqual(Array(kept.length).fill('ok'))
    expect(store.query().results).toHaveLength(ran.length)
  })

  it('lets what is going on end by itself when its module is replaced', async () => {
    // Spins for a while: long enough to be replaced in the middle of it.
    const busy =
      '(local $i i32) (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20000000))))'
    const slow = probeModule({ version: '1.0.0', text: `(module (func (export "_start") ${busy}))` })
    const quick = version('2.0.0')
    await runner.add({ id: 'slow', module: slow, schedule: { everyMs: 50 } })
    runner.start('slow')
    await until(() => events.some(({ type }) => type === 'run-started'))
    expect(await runner.swap('slow', quick)).toMatchObject({ state: 'active' })
    await until(() => finished(hashOf(quick)).length === 1)
    expect(finished(hashOf(slow))).toMatchObject([{ run: 1, result: { outcome: 'completed' } }])
  })

  it('ends at once what is going on when it is told to', async () => {
    const endless = probeModule({ text: '(module (func (export "_start") (loop (br 0))))' })
    await runner.add({ id: 'endless', module: endless, schedule: { everyMs: 50 } })
    runner.start('endless')
    await until(() => events.some(({ type }) => type === 'run-started'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await runner.stop('endless', { abort: true })
    expect(finished(hashOf(endless))).toMatchObject([{ run: 1, result: { outcome: 'terminated' } }])
  })
})

describe('where the policy requires a signature (SUP-05)', () => {
  const [own, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')]
  const raw = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
  const policy = { signatures: { required: 1, keys: [{ name: 'own', publicKey: raw(own.publicKey) }] } }
  const signed = (module: Uint8Array, { privateKey }: typeof own) => signModule(module, privateKey).bytes
  const first = signed(version('1.0.0'), own)

  it.each([
    ['none', 'signature-missing', () => version('1.1.0')],
    ['that of another', 'signature-untrusted', () => signed(version('1.1.0'), other)],
    [
      'one of something else',
      'signature-invalid',
      () => {
        const bytes = signed(version('1.1.0'), own)
        bytes[bytes.length - 3]! ^= 1
        return bytes
      },
    ],
  ])('a replacement with %s is refused, and the active version goes on', async (_, code, replacement) => {
    expect(await runner.add({ id: 'p', module: first, policy, schedule: { everyMs: 100 } })).toMatchObject({ state: 'active' })
    expect(await runner.swap('p', replacement())).toMatchObject({ state: 'refused', code })
    runner.start('p')
    await until(() => finished(hashOf(first)).length === 1)
    expect(finished(hashOf(first))).toMatchObject([{ result: { outcome: 'completed' } }])
  })

  it('one that is signed comes in and runs', async () => {
    const next = signed(version('1.1.0', 'nop'), own)
    await runner.add({ id: 'p', module: first, policy, schedule: { everyMs: 100 } })
    expect(await runner.swap('p', next)).toMatchObject({ state: 'active' })
    runner.start('p')
    await until(() => finished(hashOf(next)).length === 1)
    expect(finished(hashOf(next))).toMatchObject([{ result: { outcome: 'completed', probe: { status: 'ok' } } }])
  })
})
