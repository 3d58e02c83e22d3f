// Many guests under management: who there is, who is told, and the end of all of them whatever they are doing.
import { afterEach, describe, expect, it } from 'vitest'
import { createSandbox, GuestNotReady, type Sandbox, type StateChange, UsageError } from '../../../src/sandbox/index.ts'
import { SandboxManager } from '../../../src/sandbox/manager/sandbox-manager.ts'
import { alive } from '../support/fake-jails.ts'
import { ADD, IMPORTS, printing, SPIN } from '../support/guests.ts'
import { jailPids } from '../support/jail-pids.ts'
import { wat } from '../support/wat.ts'

let sandbox: Sandbox
let manager: SandboxManager
afterEach(() => sandbox[Symbol.asyncDispose]())
const open = (maxJails = 10, options = {}) => {
  sandbox = createSandbox(undefined, { pool: { maxJails } })
  manager = new SandboxManager(sandbox, options)
}

const FILL =
  '(module (memory 1024) (func (export "_start") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x4000000)) (br 0))))'
const YIELD = `(module ${IMPORTS.yield} (func (export "_start") (loop (drop (call $yield)) (br 0))))`

describe('who there is', () => {
  it('by id, by principal, by state', async () => {
    open()
    const a = await manager.create(wat(ADD), undefined, { principal: 'a' })
    const b = manager.add(wat(ADD), undefined, { principal: 'b' })
    const nobodys = manager.add(wat(ADD))
    expect(manager.list()).toEqual([a, b, nobodys])
    expect(manager.list({ principal: 'a' })).toEqual([a])
    expect(manager.list({ principal: null })).toEqual([nobodys])
    expect(manager.list({ state: 'created' })).toEqual([b, nobodys])
    expect([manager.get(b.id), manager.get('__proto__')]).toEqual([b, null])
  })

  it('forgets those who ended long ago', async () => {
    open(10, { keepEnded: 1 })
    const guests = [1, 2, 3].map(() => manager.add(wat(ADD)))
    for (const guest of guests) await guest.terminate()
    expect(manager.list()).toEqual([guests[2]])
  })

  it.each([-1, 1.5, Number.NaN, '3'])('refuses to keep %s of them', (keepEnded) => {
    open()
    expect(() => new SandboxManager(sandbox, { keepEnded: keepEnded as number })).toThrow(UsageError)
  })
})

describe('how it ends', () => {
  const states = async (module: string, act: (guest: Awaited<ReturnType<SandboxManager['create']>>) => Promise<unknown>) => {
    open()
    const changes: StateChange[] = []
    manager.onChange((change) => changes.push(change))
    const guest = await manager.create(wat(module), { quotas: { wallClockMs: 200 } })
    await act(guest).catch(() => {})
    return { guest, ways: changes.map(({ to }) => to) }
  }

  it.each([
    ['a command that is over', printing('x'), 'terminated', 'it is a command'],
    ['an exit', printing('x', '(call $exit (i32.const 3))'), 'terminated', 'exited with code 3'],
    ['a trap', '(module (func (export "_start") (unreachable)))', 'failed', 'trapped: unreachable'],
    ['a limit', SPIN, 'failed', 'ran for 200 ms'],
  ])('%s', async (_, module, state, reason) => {
    const { guest, ways } = await states(module, (one) => one.call('_start'))
    expect([guest.state, ways]).toEqual([state, ['admitted', 'ready', 'running', state]])
    expect(guest.reason).toContain(reason)
  })

  it('a refusal, and a start that does not complete', async () => {
    open()
    const refused = manager.add(new Uint8Array(8))
    await expect(refused.start()).rejects.toThrow(GuestNotReady)
    expect([refused.state, refused.last?.outcome]).toEqual(['failed', 'refused'])
    const trapping = manager.add(wat('(module (func $s (unreachable)) (start $s))'))
    await expect(trapping.start()).rejects.toThrow(GuestNotReady)
    expect([trapping.state, trapping.last?.outcome]).toEqual(['failed', 'trapped'])
  })

  it('the sandbox that ends all, behind the manager’s back', async () => {
    open()
    const idle = await manager.create(wat(ADD))
    const busy = await manager.create(wat(SPIN))
    const call = busy.call('_start')
    await sandbox.terminateAll()
    await call
    expect([idle.state, busy.state]).toEqual(['terminated', 'terminated'])
    await expect(idle.call('add', 1, 1)).rejects.toThrow(UsageError)
  })

  it('a signal', async () => {
    open()
    const controller = new AbortController()
    const guest = await manager.create(wat(SPIN), undefined, { signal: controller.signal })
    const call = guest.call('_start')
    controller.abort()
    expect((await call).outcome).toBe('terminated')
    expect(guest.state).toBe('terminated')
  })
})

describe('terminateAll', () => {
  it('ends guests in every state, whatever they are doing, in bounded time', async () => {
    open(6)
    const before = new Set(jailPids())
    const busy = await Promise.all([SPIN, FILL, YIELD].map((text) => manager.create(wat(text))))
    const calls = busy.map((guest) => guest.call('_start'))
    const suspended = await manager.create(wat(ADD))
    suspended.suspend()
    const kept = await manager.create(wat(ADD), undefined, { snapshots: true })
    await kept.snapshot()
    const ready = await manager.create(wat(ADD))
    const starting = Array.from({ length: 4 }, () => manager.add(wat(SPIN)))
    const starts = starting.map((guest) => guest.start().catch((error: unknown) => error))
    const created = manager.add(wat(ADD))
    const startedAt = performance.now()
    await manager.terminateAll()
    const elapsed = performance.now() - startedAt
    const all = [...busy, suspended, kept, ready, ...starting, created]
    expect(all.map(({ state }) => state)).toEqual(all.map(() => 'terminated'))
    expect((await Promise.all(calls)).map(({ outcome }) => outcome)).toEqual(['terminated', 'terminated', 'terminated'])
    for (const start of await Promise.all(starts)) expect(start).toBeInstanceOf(GuestNotReady)
    // 250 ms for the guests; the rest is for a loaded machine.
    expect(elapsed).toBeLessThan(1500)
    expect(sandbox.pool.waiting).toBe(0)
    await sandbox[Symbol.asyncDispose]()
    expect(jailPids().filter((pid) => !before.has(pid) && alive(pid))).toEqual([])
  })

  it('ends those of one principal only, if that is what is asked', async () => {
    open()
    const mine = await manager.create(wat(ADD), undefined, { principal: 'mine' })
    const others = await manager.create(wat(ADD), undefined, { principal: 'others' })
    await manager.terminateAll({ principal: 'mine' })
    expect([mine.state, others.state]).toEqual(['terminated', 'ready'])
  })

  it('ends a guest while its state is captured', async () => {
    open()
    const guest = await manager.create(wat(ADD), undefined, { snapshots: true })
    const capture = guest.snapshot().catch((error: unknown) => error)
    await manager.terminateAll()
    await capture
    expect([guest.state, guest.instance]).toEqual(['terminated', null])
    await expect(guest.restore()).rejects.toThrow(UsageError)
  })
})

describe('a snapshotted guest', () => {
  it('has given its jail back, and goes on where it was', async () => {
    open(1)
    const counter = wat(
      '(module (global $n (mut i32) (i32.const 0)) (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))',
    )
    const first = await manager.create(counter, undefined, { snapshots: true })
    await first.call('next')
    await first.snapshot()
    // There is one jail only.
    const second = await manager.create(wat(ADD))
    expect((await second.call('add', 1, 1)).values).toEqual([2])
    await second.terminate()
    await first.restore()
    expect((await first.call('next')).values).toEqual([2])
  })
})

describe('a listener that throws', () => {
  it('does not get in the way of the guest', async () => {
    open()
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
    const listeners = process.listeners('uncaughtException')
    for (const other of listeners.slice(0, -1)) process.off('uncaughtException', other)
    try {
      const remove = manager.onChange(() => {
        throw new Error('mine')
      })
      const guest = manager.add(wat(ADD))
      await guest.terminate()
      remove()
      expect(guest.state).toBe('terminated')
      expect(await thrown).toMatchObject({ message: 'mine' })
    } finally {
      for (const other of listeners.slice(0, -1)) process.on('uncaughtException', other)
    }
  })
})
