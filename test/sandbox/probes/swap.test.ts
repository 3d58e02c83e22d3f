// Replacing the module of a probe: what may follow what, who has to agree, and that nothing is different until the replacement is in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsentStoreError } from '../../../src/sandbox/errors.ts'
import { authoritiesOf } from '../../../src/sandbox/policy/authority.ts'
import { ConsentStore } from '../../../src/sandbox/policy/consent-store.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { MemoryConsents } from '../../../src/sandbox/probes/consents.ts'
import type { ProbeEvent } from '../../../src/sandbox/probes/probe-events.ts'
import { type ProbeDefinition, ProbeRunner, type ProbeRunnerOptions } from '../../../src/sandbox/probes/runner.ts'
import { FakeSandbox, HandClock, hashOf, type ModuleShape, outcome, plainModule, probeModule, settle } from '../support/probes.ts'

let clock: HandClock
let sandbox: FakeSandbox
let runner: ProbeRunner
let events: ProbeEvent[]
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-probes-'))
  clock = new HandClock()
  sandbox = new FakeSandbox()
})
afterEach(async () => {
  await runner[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const PUBLISHER = 'publisher-key-1'
const OLD = probeModule({ version: '1.0.0', wants: ['log'] })
const make = (options: ProbeRunnerOptions = {}) => {
  runner = new ProbeRunner(sandbox, { clock, random: () => 0, ...options })
  events = []
  runner.subscribe((event) => events.push(event))
}
/** A probe that runs, with consent to what it wants. */
const begin = async (module = OLD, more: Partial<ProbeDefinition> = {}, options: ProbeRunnerOptions = {}) => {
  make(options)
  const added = await runner.add({ id: 'p', module, schedule: { everyMs: 100 }, principal: PUBLISHER, ...more })
  if (added.state === 'awaiting-consent') await runner.answer('p', added.version.sha256, 'granted')
  expect(runner.status('p').active).toMatchObject({ sha256: hashOf(module) })
  runner.start('p')
  await turn(0)
}
const turn = async (milliseconds: number) => {
  clock.turn(milliseconds)
  await settle()
}
const granted = () =>
  authoritiesOf(sandbox.calls.at(-1)!.policy)
    .map(({ capability }) => capability)
    .sort()

describe('a replacement', () => {
  it('has the next run, and the one that is going on ends with the version that it began with', async () => {
    sandbox.answer = null
    await begin()
    const newer = probeModule({ version: '1.1.0', wants: ['log'] })
    expect(await runner.swap('p', newer)).toEqual({
      state: 'active',
      version: { sha256: hashOf(newer), name: 'probe', version: '1.1.0' },
    })
    expect(sandbox.calls[0]!.signal.aborted).toBe(false)
    sandbox.calls[0]!.end(outcome())
    await settle()
    await turn(100)
    expect(sandbox.ran).toEqual([OLD, newer].map(hashOf))
    expect(events.filter(({ type }) => type === 'run-finished')).toMatchObject([{ run: 1, version: { version: '1.0.0' } }])
    expect(runner.status('p')).toMatchObject({ active: { version: '1.1.0' }, previous: { version: '1.0.0', runs: 1 } })
  })

  it('has the runs that wait, too', async () => {
    sandbox.answer = null
    await begin(OLD, { overlap: { policy: 'queue', length: 5 } })
    await turn(200)
    const newer = probeModule({ version: '1.1.0', wants: ['log'] })
    await runner.swap('p', newer)
    for (const at of [0, 1, 2]) {
      sandbox.calls[at]!.end(outcome())
      await settle()
    }
    expect(sandbox.ran).toEqual([OLD, newer, newer].map(hashOf))
  })

  it('is the bytes as they were when it was given (MOD-17)', async () => {
    await begin()
    const newer = probeModule({ version: '1.1.0', wants: ['log'] })
    const hash = hashOf(newer)
    const swapped = runner.swap('p', newer)
    newer.fill(0)
    expect(await swapped).toMatchObject({ state: 'active', version: { sha256: hash } })
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hash)
  })

  it('can be rolled back to exactly the bytes before, once', async () => {
    await begin()
    await runner.swap('p', probeModule({ version: '1.1.0', wants: ['log'] }))
    await turn(100)
    runner.rollBack('p', 'We do not like it.')
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hashOf(OLD))
    expect(runner.status('p')).toMatchObject({
      previous: null,
      decisions: expect.arrayContaining([expect.objectContaining({ step: 'revert', because: 'We do not like it.' })]),
    })
    expect(() => runner.rollBack('p')).toThrow(/nothing to roll back/)
  })

  it('comes in while the probe is stopped, and runs when it is started', async () => {
    await begin()
    await runner.stop('p')
    const newer = probeModule({ version: '1.1.0', wants: ['log'] })
    expect(await runner.swap('p', newer)).toMatchObject({ state: 'active' })
    await turn(1000)
    expect(sandbox.calls).toHaveLength(1)
    runner.start('p')
    await turn(0)
    expect(sandbox.ran.at(-1)).toBe(hashOf(newer))
  })

  it('is refused for a probe that was removed', async () => {
    await begin()
    await runner.remove('p')
    await expect(runner.swap('p', OLD)).rejects.toThrow(/no probe/)
  })
})

describe('a replacement that may not follow', () => {
  const refusals: [string, string, Uint8Array, Uint8Array, object?][] = [
    ['the same bytes', 'same-module', OLD, OLD],
    ['an older version', 'downgrade', OLD, probeModule({ version: '0.9.9', wants: ['log'] })],
    ['a pre-release of the same version', 'downgrade', OLD, probeModule({ version: '1.0.0-rc.1', wants: ['log'] })],
    ['the same version with other bytes', 'version-reused', OLD, probeModule({ version: '1.0.0', wants: ['log'], mark: 1 })],
    ['a build of the same version', 'version-reused', OLD, probeModule({ version: '1.0.0+2', wants: ['log'] })],
    [
      'an older version where only the same is allowed',
      'downgrade',
      OLD,
      probeModule({ version: '0.1.0' }),
      { allowVersion: 'same' },
    ],
    ['another name', 'other-name', OLD, probeModule({ name: 'probe2', version: '1.1.0' })],
    ['no manifest after one', 'manifest-missing', OLD, plainModule()],
    ['no manifest after one, whatever versions are allowed', 'manifest-missing', OLD, plainModule(), { allowVersion: 'any' }],
    ['a broken manifest beside it', 'manifest-invalid', OLD, plainModule(), { manifest: { manifest: 2 } }],
    [
      'another manifest beside it',
      'manifest-invalid',
      OLD,
      probeModule({ version: '1.1.0' }),
      { manifest: { manifest: 1, name: 'probe', version: '1.1.1', capabilities: [] } },
    ],
    ['what is no module', 'not-a-module', OLD, new Uint8Array([1, 2, 3])],
    ['no entry', 'entry-missing', OLD, probeModule({ version: '1.1.0', text: '(module)' })],
    [
      'an import that its manifest does not ask for',
      'import-not-granted',
      OLD,
      probeModule({
        version: '1.1.0',
        text: '(module (import "gauntlet_v1" "log_write" (func (param i32 i32 i32) (result i32))) (memory (export "memory") 1) (func (export "_start")))',
      }),
    ],
  ]
  it.each(refusals)('is refused, and nothing is different: %s', async (_, code, old, replacement, options) => {
    await begin(old)
    expect(await runner.swap('p', replacement, options)).toMatchObject({ state: 'refused', code })
    await turn(100)
    expect(sandbox.ran).toEqual([old, old].map(hashOf))
    expect(runner.status('p')).toMatchObject({
      replacement: null,
      previous: null,
      decisions: [{}, {}, {}, {}, { step: 'swap' }, { step: 'refuse' }],
    })
  })

  it.each<[string, ModuleShape, object]>([
    ['the same version', { version: '1.0.0', mark: 1 }, { allowVersion: 'same' }],
    ['an older one', { version: '0.1.0' }, { allowVersion: 'any' }],
  ])('may if somebody says so: %s', async (_, shape, options) => {
    await begin()
    expect(await runner.swap('p', probeModule(shape), options)).toMatchObject({ state: 'active' })
  })

  it('is refused for the input that it would not be given', async () => {
    const policy = resolvePolicy({ capabilities: { args: true } })
    await begin(plainModule(), { policy, run: { args: ['p'] } })
    expect(await runner.swap('p', probeModule())).toMatchObject({ state: 'refused', code: 'input-not-granted' })
  })

  it('is refused for arguments that its entry does not take', async () => {
    const check = (type: string) => plainModule(0, `(module (func (export "check") (param ${type})))`)
    await begin(check('i32'), { run: { entry: 'check', callArguments: [1] } })
    expect(await runner.swap('p', check('i64'))).toMatchObject({ state: 'refused', code: 'entry-arguments' })
    expect(await runner.swap('p', check('f64'))).toMatchObject({ state: 'active' })
  })

  it('leaves no probe behind if it was the first', async () => {
    make()
    expect(await runner.add({ id: 'p', module: new Uint8Array(4), schedule: { everyMs: 100 } })).toMatchObject({
      state: 'refused',
    })
    expect(runner.ids).toEqual([])
    make({ requireManifest: true })
    expect(await runner.add({ id: 'p', module: plainModule(), schedule: { everyMs: 100 } })).toMatchObject({
      code: 'manifest-missing',
    })
  })
})

describe('a replacement that wants more (SUP-03)', () => {
  const WIDER = probeModule({ version: '1.1.0', wants: ['log', 'metric'] })

  it('waits, and the old version goes on with what it had', async () => {
    await begin()
    const swapped = await runner.swap('p', WIDER)
    expect(swapped).toMatchObject({
      state: 'awaiting-consent',
      question: {
        sha256: hashOf(WIDER),
        before: '1.0.0',
        lines: [
          { capability: 'log', isNew: false },
          { capability: 'metric', isNew: true },
        ],
      },
    })
    for (let at = 0; at < 5; at++) await turn(100)
    expect(new Set(sandbox.ran)).toEqual(new Set([hashOf(OLD)]))
    expect(granted()).toEqual(['log'])
    expect(runner.status('p').replacement).toMatchObject({ state: 'awaiting-consent', question: { version: '1.1.0' } })
  })

  it('comes in with consent to these very bytes', async () => {
    await begin()
    await runner.swap('p', WIDER)
    await expect(runner.answer('p', hashOf(OLD), 'granted')).rejects.toThrow(/waits for consent/)
    expect(await runner.answer('p', hashOf(WIDER), 'granted')).toMatchObject({ state: 'active' })
    await turn(100)
    expect([sandbox.ran.at(-1), granted()]).toEqual([hashOf(WIDER), ['log', 'metric']])
    await expect(runner.answer('p', hashOf(WIDER), 'granted')).rejects.toThrow(/cannot answer now/)
  })

  it('is gone when somebody says no, and is not asked about again', async () => {
    await begin()
    await runner.swap('p', WIDER)
    expect(await runner.answer('p', hashOf(WIDER), 'denied')).toMatchObject({ state: 'refused', code: 'consent-denied' })
    expect(await runner.swap('p', WIDER)).toMatchObject({ state: 'refused', code: 'consent-denied' })
    await turn(100)
    expect(new Set(sandbox.ran)).toEqual(new Set([hashOf(OLD)]))
  })

  it('has one answer: a second one, at the same time, counts for nothing', async () => {
    await begin()
    await runner.swap('p', WIDER)
    const answers = await Promise.allSettled([
      runner.answer('p', hashOf(WIDER), 'denied'),
      runner.answer('p', hashOf(WIDER), 'granted'),
    ])
    expect(answers).toMatchObject([{ status: 'fulfilled', value: { code: 'consent-denied' } }, { status: 'rejected' }])
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hashOf(OLD))
  })

  it('can be withdrawn, also between the answer and its being kept', async () => {
    await begin()
    await runner.swap('p', WIDER)
    const answered = runner.answer('p', hashOf(WIDER), 'granted')
    runner.rollBack('p')
    expect(await answered).toMatchObject({ state: 'refused', code: 'withdrawn' })
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hashOf(OLD))
  })

  it('asks again in another version, and does not profit from the consent to a name alone', async () => {
    await begin(OLD, { principal: null })
    expect(await runner.swap('p', probeModule({ version: '1.1.0', wants: ['log'] }))).toMatchObject({ state: 'awaiting-consent' })
  })

  it('needs no consent to less, from the same hands', async () => {
    await begin(WIDER)
    expect(await runner.swap('p', probeModule({ version: '1.2.0', wants: ['metric'] }))).toMatchObject({ state: 'active' })
    await turn(100)
    expect(granted()).toEqual(['metric'])
  })

  it('never has more than the policy, consent or not', async () => {
    const policy = { capabilities: { metric: false } }
    await begin(OLD, { policy })
    expect(await runner.swap('p', WIDER)).toMatchObject({ state: 'active' })
    await turn(100)
    expect(granted()).toEqual(['log'])
  })

  it('is not asked about where the policy is all the agreement that is wanted', async () => {
    await begin(OLD, {}, { consents: 'not-needed' })
    expect(await runner.swap('p', WIDER)).toMatchObject({ state: 'active' })
  })

  it('is remembered in a file, and taken from there', async () => {
    const consents = new ConsentStore(join(dir, 'consents.json'))
    await begin(OLD, {}, { consents })
    await runner.swap('p', WIDER)
    await runner.answer('p', hashOf(WIDER), 'granted')
    expect((await consents.records()).map(({ version, state }) => [version, state])).toEqual([
      ['1.0.0', 'granted'],
      ['1.1.0', 'granted'],
    ])
    await runner[Symbol.asyncDispose]()
    make({ consents })
    expect(await runner.add({ id: 'p', module: WIDER, schedule: { everyMs: 100 }, principal: PUBLISHER })).toMatchObject({
      state: 'active',
    })
  })

  it('does not come in if it cannot be found out whether there is consent', async () => {
    const consents = new ConsentStore(join(dir, 'consents.json'))
    await begin(OLD, {}, { consents })
    writeFileSync(consents.path, '{')
    await expect(runner.swap('p', WIDER)).rejects.toThrow(ConsentStoreError)
    expect(runner.status('p').replacement).toBeNull()
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hashOf(OLD))
  })

  it('goes on waiting if the answer cannot be kept', async () => {
    const consents = new MemoryConsents()
    await begin(OLD, {}, { consents })
    await runner.swap('p', WIDER)
    const { put } = consents
    consents.put = async () => {
      throw new ConsentStoreError('full')
    }
    await expect(runner.answer('p', hashOf(WIDER), 'granted')).rejects.toThrow('full')
    await turn(100)
    expect([runner.status('p').replacement?.state, sandbox.ran.at(-1)]).toEqual(['awaiting-consent', hashOf(OLD)])
    consents.put = put
    expect(await runner.answer('p', hashOf(WIDER), 'granted')).toMatchObject({ state: 'active' })
  })

  it('lets no probe start whose first module nobody has agreed to', async () => {
    make()
    expect(await runner.add({ id: 'p', module: OLD, schedule: { everyMs: 100 } })).toMatchObject({ state: 'awaiting-consent' })
    expect(() => runner.start('p')).toThrow(/no active version/)
    await turn(1000)
    expect(sandbox.calls).toEqual([])
    expect(await runner.answer('p', hashOf(OLD), 'denied')).toMatchObject({ code: 'consent-denied' })
    expect(() => runner.start('p')).toThrow(/no active version/)
  })
})

describe('two replacements at a time', () => {
  it('are one: the first that came', async () => {
    await begin()
    const [one, two] = [probeModule({ version: '1.1.0', wants: ['log'] }), probeModule({ version: '1.2.0', wants: ['log'] })]
    expect(await Promise.all([runner.swap('p', one), runner.swap('p', two)])).toMatchObject([
      { state: 'active', version: { version: '1.1.0' } },
      { state: 'refused', code: 'swap-in-progress' },
    ])
    await turn(100)
    expect(sandbox.ran.at(-1)).toBe(hashOf(one))
    expect(await runner.swap('p', two)).toMatchObject({ state: 'active' })
  })

  it('are one while the first waits for consent or is tried, until it is rolled back', async () => {
    await begin()
    const [wider, other] = [
      probeModule({ version: '1.1.0', wants: ['log', 'metric'] }),
      probeModule({ version: '1.2.0', wants: ['log'] }),
    ]
    await runner.swap('p', wider, { canary: { share: 0.5 } })
    expect(await runner.swap('p', other)).toMatchObject({ code: 'swap-in-progress' })
    await runner.answer('p', hashOf(wider), 'granted')
    expect(runner.status('p').replacement?.state).toBe('canary')
    expect(await runner.swap('p', other)).toMatchObject({ code: 'swap-in-progress' })
    runner.rollBack('p')
    expect(await runner.swap('p', other)).toMatchObject({ state: 'active' })
  })

  it('end with the probe that is removed under them', async () => {
    await begin()
    const swapped = runner.swap('p', probeModule({ version: '1.1.0', wants: ['log'] }))
    await runner.remove('p')
    expect(await swapped).toMatchObject({ state: 'refused', code: 'withdrawn' })
  })
})
