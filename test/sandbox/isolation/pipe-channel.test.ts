// The pipe between a cell and the broker, in real jails: messages larger than the pipe, and calls that nobody answers.
import { afterEach, describe, expect, it } from 'vitest'
import { ERRNO } from '../../../src/sandbox/host/errno.ts'
import { type AuditSink, createSandbox, MemoryKvStore, type PolicyInput, type Sandbox } from '../../../src/sandbox/index.ts'
import { alive } from '../support/fake-jails.ts'
import { jailPids } from '../support/jail-pids.ts'
import { at, FREE, OUT, script } from '../support/script.ts'

const MiB = 2 ** 20
const POLICY: PolicyInput = { capabilities: { kv: { namespace: 'a' } }, quotas: { kvBytes: 8 * MiB } }
/** An audit log that takes its first record and never says so: the call behind it hangs. */
function hanging(): { audit: AuditSink; begun: Promise<void> } {
  const begun = Promise.withResolvers<void>()
  return {
    audit: {
      write: () => {
        begun.resolve()
        return new Promise(() => {})
      },
    },
    begun: begun.promise,
  }
}

let sandbox: Sandbox
afterEach(() => sandbox[Symbol.asyncDispose]())

describe('a message', () => {
  it('of 1 MiB goes to the broker and comes back as it was, call after call', async () => {
    const kv = new MemoryKvStore()
    sandbox = createSandbox(POLICY, { kv })
    const [from, to] = [FREE, FREE + 2 * MiB]
    // Every byte is another than its neighbours and than that of the other value: a piece that is lost, doubled or left over shows.
    const value = (salt: number) => Uint8Array.from({ length: MiB }, (_, i) => (i * 31 + (i >> 8) + salt) & 255)
    const fill = (salt: number) => `(local.set $i (i32.const 0)) (loop $l
      (i32.store8 (i32.add (i32.const ${from}) (local.get $i))
        (i32.add (i32.add (i32.mul (local.get $i) (i32.const 31)) (i32.shr_u (local.get $i) (i32.const 8))) (i32.const ${salt})))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${MiB}))))`
    const same = `(local.set $i (i32.const 0)) (loop $l
      (if (i64.ne (i64.load (i32.add (i32.const ${from}) (local.get $i))) (i64.load (i32.add (i32.const ${to}) (local.get $i))))
        (then (call $proc_exit (i32.const 201))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const ${MiB}))))`
    const module = script(
      (s) => [
        '(local $i i32)',
        ...[1, 2].flatMap((salt) => [
          fill(salt),
          s.call('kv_set', `value ${salt}`, { wat: `(i32.const ${from}) (i32.const ${MiB})` }),
          s.call('kv_get', `value ${salt}`, to, MiB, OUT),
          same,
        ]),
        // Room for one byte less: the size is told, and nothing is written.
        s.call('kv_get', 'value 2', to, MiB - 1, OUT),
        `(call $must (i32.ne ${(at(OUT) as { wat: string }).wat} (i32.const ${MiB})))`,
      ],
      1 + 64,
    )
    for (const guest of ['first', 'second in the same jail']) {
      const result = await sandbox.execute(module)
      expect([guest, result.outcome, result.exitCode, result.message]).toEqual([guest, 'completed', 0, 'The guest completed.'])
      for (const salt of [1, 2]) expect(Buffer.compare(kv.get('a', `value ${salt}`)!, value(salt))).toBe(0)
    }
    if (process.platform === 'linux') expect(jailPids()).toHaveLength(1)
  })
})

describe('a call that hangs', () => {
  const ASKS = script((s) => [s.call('kv_set', 'k', 'v')])
  // Asks again whatever comes of it, and catches what can be caught.
  const INSISTS = script((s) => [`(loop (try (do (drop ${s.errno('kv_set', 'k', 'v')})) (catch_all)) (br 0))`])

  it('is answered timedout at its deadline, and the guest goes on', async () => {
    const { audit } = hanging()
    sandbox = createSandbox({ ...POLICY, quotas: { hostCallMs: 50 } }, { audit })
    const module = script((s) => [s.refused(ERRNO.timedout, 'kv_set', 'k', 'v'), s.call('log_write', 1, 'still here')])
    expect(await sandbox.execute(module)).toMatchObject({ outcome: 'completed', reports: [{ message: 'still here' }] })
  })

  it.each([
    ['waits for it', ASKS],
    ['insists', INSISTS],
  ])('does not keep a guest that %s alive beyond its wall clock', async (_, module) => {
    const { audit } = hanging()
    const kv = new MemoryKvStore()
    sandbox = createSandbox({ ...POLICY, quotas: { hostCallMs: '1h', wallClockMs: 300 } }, { audit, kv })
    const before = jailPids()
    const result = await sandbox.execute(module)
    expect(result).toMatchObject({ outcome: 'wall-clock-limit', exitCode: null, changes: [] })
    const killed = result.securityEvents.find((event) => event.type === 'guest-killed')
    expect(killed).toMatchObject({ step: expect.stringMatching(/^(terminate|sigkill)$/) })
    // Flag, terminate and SIGKILL take a quarter of a second where nothing else runs; an hour is the deadline of the call.
    expect((killed as { elapsedMs: number }).elapsedMs).toBeLessThan(10_000)
    // What was asked for is not done, now or later.
    expect(kv.usage('a')).toEqual({ entries: 0, bytes: 0 })
    // The jail has something of the call in its pipe, and nobody else gets it.
    if (process.platform === 'linux') expect(jailPids().filter((pid) => !before.includes(pid))).toEqual([])
    expect((await sandbox.execute(script((s) => [s.call('log_write', 1, 'next')]))).outcome).toBe('completed')
  })

  it('does not keep a guest alive that its host ends', async () => {
    const { audit, begun } = hanging()
    sandbox = createSandbox({ ...POLICY, quotas: { hostCallMs: '1h', wallClockMs: '1h', cpuMs: '1h' } }, { audit })
    const before = jailPids()
    const running = sandbox.execute(ASKS)
    await begun
    const mine = jailPids().filter((pid) => !before.includes(pid))
    await sandbox.terminateAll()
    expect(await running).toMatchObject({ outcome: 'terminated' })
    expect(mine.filter(alive)).toEqual([])
  })
})
