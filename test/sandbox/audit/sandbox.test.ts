// What a sandbox records of its guests beside their decisions, and what becomes of a guest when the log cannot be written.
import { afterAll, describe, expect, it } from 'vitest'
import type { AuditNote, AuditRecord, AuditSink } from '../../../src/sandbox/audit.ts'
import { AuditLog, createSandbox, type PolicyInput } from '../../../src/sandbox/index.ts'
import { policyDigest } from '../../../src/sandbox/policy/digest.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { check, KEY, linesIn, scratchDirectory } from '../support/audit.ts'
import { wat } from '../support/wat.ts'

const KV = { namespace: 'audit' }
/** Calls `kv_set` so many times, then does `then`, and exits with the last error number. */
const setter = (times: number, then = '') =>
  wat(`(module
    (import "gauntlet_v1" "kv_set" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1) (data (i32.const 0) "k")
    (func (export "_start") (local $i i32) (local $errno i32)
      (loop $again
        (local.set $errno (call $set (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${times}))))
      ${then}
      (call $exit (local.get $errno))))`)
const ENDLESS = '(loop $for-ever (br $for-ever))'
const IO = 29

/** A sink that keeps everything until it is told to fail. */
function sink() {
  const kept: (AuditRecord | AuditNote)[] = []
  const state = { failsAfter: Number.POSITIVE_INFINITY }
  const keep = (entry: AuditRecord | AuditNote) => {
    if (kept.length >= state.failsAfter) throw new Error('disk full')
    kept.push(entry)
  }
  return { kept, state, audit: { write: keep, note: keep } satisfies AuditSink }
}
const types = (kept: readonly (AuditRecord | AuditNote)[]) =>
  kept.map((entry) => ('type' in entry ? entry.type : entry.operation))

const { kept, state, audit } = sink()
const sandbox = createSandbox({ capabilities: { kv: KV } }, { audit })
afterAll(() => sandbox[Symbol.asyncDispose]())
/** Runs a guest whose log fails after so many entries. */
async function run(module: Uint8Array, policy: PolicyInput = {}, failsAfter = Number.POSITIVE_INFINITY) {
  kept.length = 0
  state.failsAfter = failsAfter
  const result = await sandbox.execute(module, policy)
  return { result, kept: [...kept], eventTypes: result.securityEvents.map(({ type }) => type) }
}
const unwritable = (whenUnwritable: 'refuse' | 'end-guest' | 'continue-and-report'): PolicyInput => ({
  audit: { whenUnwritable },
})

describe('a guest', () => {
  it('is on record from its start to its end, with the policy that it had', async () => {
    const { kept } = await run(await setter(2))
    expect(types(kept)).toEqual(['guest-started', 'kv.set', 'kv.set', 'guest-ended'])
    const [started, first, , ended] = kept as [Extract<AuditNote, { type: 'guest-started' }>, AuditRecord, AuditRecord, AuditNote]
    expect(started).toMatchObject({ policy: expect.stringMatching(/^default, changed/), module: first.module })
    expect(started.policyDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(kept.map((entry) => ('instance' in entry ? entry.instance : null)))).toEqual(new Set([started.instance]))
    expect(ended).toMatchObject({ outcome: 'exited', exitCode: 0, reason: 'The guest exited with code 0.' })
  })

  it('that had to be killed is on record as killed', async () => {
    const { result, kept } = await run(await setter(1, ENDLESS), { quotas: { wallClockMs: 300 } })
    expect(result.outcome).toBe('wall-clock-limit')
    expect(types(kept)).toEqual(['guest-started', 'kv.set', 'guest-killed', 'guest-ended'])
    expect(kept.at(-1)).toMatchObject({ outcome: 'wall-clock-limit', exitCode: null })
  })

  it.each([
    ['is malformed', Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 99), {}, 'malformed', expect.stringMatching(/^[0-9a-f]{64}$/)],
    ['is too large to be looked at', new Uint8Array(100), { quotas: { moduleBytes: 99 } }, 'limit', null],
  ] as const)('is on record as refused if its module %s', async (_, bytes, policy, code, module) => {
    const { result, kept } = await run(bytes, policy)
    expect(result.outcome).toBe('refused')
    expect(kept).toEqual([expect.objectContaining({ type: 'module-refused', code, module, reason: result.message })])
  })

  it('has a policy of its own name: one digest for one policy, whatever the order of its keys', () => {
    const policy = resolvePolicy('default')
    const reversed = Object.fromEntries(Object.entries(policy).reverse()) as typeof policy
    expect(policyDigest(reversed)).toBe(policyDigest(policy))
    expect(policyDigest(resolvePolicy({ quotas: { memoryBytes: 65_536 } }))).not.toBe(policyDigest(policy))
  })
})

describe('a log that cannot be written', () => {
  it('refuse: nothing more is done for the guest, which goes on', async () => {
    const { result, kept, eventTypes } = await run(await setter(3), unwritable('refuse'), 2)
    expect(result).toMatchObject({ outcome: 'exited', exitCode: IO })
    expect([types(kept), eventTypes]).toEqual([['guest-started', 'kv.set'], ['audit-failed']])
  })

  it('end-guest: the guest is ended, whatever it does then', async () => {
    const { result, eventTypes } = await run(await setter(3, ENDLESS), unwritable('end-guest'), 2)
    expect(result.outcome).toBe('sandbox-fault')
    expect(result.message).toContain('the audit log could not be written')
    expect(eventTypes).toContain('audit-failed')
    expect(result.executionTimeMs).toBeLessThan(10_000)
  })

  it('end-guest: a guest whose start cannot be recorded is not started', async () => {
    const { result, kept, eventTypes } = await run(await setter(1, ENDLESS), unwritable('end-guest'), 0)
    expect(result).toMatchObject({ outcome: 'sandbox-fault', message: expect.stringContaining('was not started') })
    expect([kept, eventTypes]).toEqual([[], ['audit-failed']])
  })

  it('continue-and-report: everything is done, and it is told', async () => {
    const { result, eventTypes } = await run(await setter(3), unwritable('continue-and-report'), 2)
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 0 })
    expect(eventTypes).toEqual(['audit-failed'])
  })

  it('end-guest is refused where a guest cannot be ended', () => {
    const inline = {
      isolation: { level: 'inline', exclusiveJail: false },
      quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
    } as const
    expect(() => resolvePolicy({ ...inline, ...unwritable('end-guest') })).toThrow(
      /audit\.whenUnwritable: isolation level inline cannot end a guest/,
    )
    expect(resolvePolicy({ ...inline, ...unwritable('refuse') }).audit).toEqual({ whenUnwritable: 'refuse' })
  })
})

describe('an AuditLog', () => {
  it.each(['each', 'checkpoint'] as const)(
    'keeps all of it, with durability %s, until the sandbox is gone',
    async (durability) => {
      using directory = scratchDirectory()
      const log = AuditLog.open(directory.path, { key: KEY, durability })
      const own = createSandbox({ capabilities: { kv: KV } }, { audit: log })
      await own.execute(await setter(2))
      const instance = await own.create(await setter(1))
      await own[Symbol.asyncDispose]()
      await log.close()
      const ofGuests = linesIn(directory.path).filter(({ type }) => type !== 'segment' && type !== 'checkpoint')
      expect(ofGuests.map(({ type }) => type)).toEqual([
        'guest-started',
        'decision',
        'decision',
        'guest-ended',
        'guest-started',
        'guest-ended',
      ])
      expect(ofGuests.at(-1)).toMatchObject({ instance: instance.id, reason: 'it was terminated' })
      expect(log.failure).toBeNull()
      expect(await check(directory.path)).toMatchObject({ intact: true, lost: 0, unsigned: 0 })
    },
  )
})

describe('a log that never answers', () => {
  it('holds no guest that is ended before it has begun, and no jail', async () => {
    const own = createSandbox(
      {},
      { audit: { write: () => {}, note: ({ type }) => (type === 'guest-started' ? never : undefined) } },
    )
    const abort = new AbortController()
    const starting = own.execute(setter(1), { capabilities: { kv: KV } }, { signal: abort.signal })
    while (own.pool.jails === 0 || own.pool.coming > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    abort.abort()
    expect((await starting).outcome).toBe('terminated')
    await own.terminateAll()
    expect(own.monitor.instances.live).toBe(0)
    answer()
    await own[Symbol.asyncDispose]()
  })
})
const { promise: never, resolve: answer } = Promise.withResolvers<void>()
