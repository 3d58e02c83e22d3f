// The sandbox through its public surface, with real jails.
import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox, GuestNotReady, PolicyError, UsageError } from '../../src/sandbox/index.ts'
import { writer as w } from '../../src/wasm/index.ts'
import { alive } from './support/fake-jails.ts'
import { ADD, IMPORTS, printing, SPIN } from './support/guests.ts'
import { jailPids } from './support/jail-pids.ts'
import { wat } from './support/wat.ts'

const sandbox = createSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe('execute', () => {
  it('runs a command to its end', async () => {
    const result = await sandbox.execute(wat(printing('hello', '(call $exit (i32.const 3))')))
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 3, success: false, trap: null, values: [], securityEvents: [] })
    expect(text(result.stdout)).toBe('hello')
    expect(result.resourceUsage).toMatchObject({ outputBytes: 5, hostCalls: 2, memoryBytes: 65_536 })
    expect(result.resourceUsage.peakResidentBytes).toBeGreaterThan(process.platform === 'linux' ? 2 ** 20 : -1)
  })

  it('calls another entry with arguments of every type, and gives results of every type', async () => {
    const module = wat(
      '(module (func (export "f") (param i32 i64 f32 f64) (result f64 f32 i64 i32) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))',
    )
    const values = [-(2 ** 31), -(2n ** 63n), 0.5, -0] as const
    const result = await sandbox.execute(module, undefined, { entry: 'f', callArguments: values })
    expect(result.values).toEqual([...values].reverse())
    expect(Object.is(result.values[0], -0)).toBe(true)
  })

  it('joins the output of the start function, _initialize and the call', async () => {
    const module = printing('x', '', '(func (export "_initialize") (call $print)) (start $print)').replace('"_start"', '"run"')
    const result = await sandbox.execute(wat(module), undefined, { entry: 'run' })
    expect([result.outcome, text(result.stdout)]).toEqual(['completed', 'xxx'])
  })

  it('stops at a start function that does not complete', async () => {
    const result = await sandbox.execute(wat('(module (func $s (unreachable)) (start $s) (func (export "_start")))'))
    expect(result).toMatchObject({ outcome: 'trapped', trap: 'unreachable' })
  })

  it('a module that the engine refuses is refused, with an event', async () => {
    const result = await sandbox.execute(wat('(module (func (export "_start") (result i32) (i64.const 0)))').slice(0))
    expect(result).toMatchObject({ outcome: 'refused', securityEvents: [{ type: 'module-refused', code: 'entry-signature' }] })
    const bad = await sandbox.execute(
      w.moduleOf(
        w.typeSection(w.bytes(0x60, 0, 0)),
        w.functionSection(0),
        w.exportSection(w.bytes(w.name('_start'), 0, 0)),
        w.codeSection(w.body(w.bytes(w.instruction.i32Const(1), w.END))),
      ),
    )
    expect(bad).toMatchObject({ outcome: 'refused', securityEvents: [{ type: 'module-refused', code: 'engine-rejected' }] })
    expect(bad.message).toMatch(/^The engine refused the module: "/)
  })

  it('refuses what admission refuses, and what has no such entry', async () => {
    expect(await sandbox.execute(new Uint8Array(8))).toMatchObject({
      outcome: 'refused',
      securityEvents: [{ type: 'module-refused', code: 'not-a-module' }],
    })
    for (const entry of ['_start', '\u001b', '__proto__'])
      expect(await sandbox.execute(wat(ADD), undefined, { entry })).toMatchObject({
        outcome: 'refused',
        securityEvents: [{ code: 'entry-missing' }],
      })
    expect(await sandbox.execute(new Uint8Array(100), { quotas: { moduleBytes: 99 } })).toMatchObject({
      outcome: 'refused',
      securityEvents: [{ code: 'limit' }],
    })
  })

  it('runs the bytes as they were when it was called', async () => {
    const [first, second] = [wat(printing('first')), wat(printing('other'))]
    expect(first.length).toBe(second.length)
    const running = sandbox.execute(first)
    first.set(second)
    expect(text((await running).stdout)).toBe('first')
  })

  it('takes an ArrayBuffer, a view into one, and shared memory', async () => {
    const bytes = wat(printing('x'))
    const shared = new SharedArrayBuffer(bytes.length)
    new Uint8Array(shared).set(bytes)
    const inside = new Uint8Array(bytes.length + 10)
    inside.set(bytes, 5)
    for (const module of [bytes.buffer, inside.subarray(5, 5 + bytes.length), shared, new Uint8Array(shared), Buffer.from(bytes)])
      expect(text((await sandbox.execute(module)).stdout)).toBe('x')
  })

  it.each([null, undefined, 'text', 5, [0, 97], {}, new DataView(new ArrayBuffer(8))])(
    'refuses %s as a module',
    async (module) => {
      await expect(sandbox.execute(module as unknown as Uint8Array)).rejects.toThrow(UsageError)
    },
  )

  it('throws for what the embedder got wrong, and is usable afterwards', async () => {
    await expect(sandbox.execute(wat(ADD), { quotas: { nonsense: 1 } } as never)).rejects.toThrow(PolicyError)
    await expect(sandbox.execute(wat(ADD), 'strict', { env: { A: '1' } })).rejects.toThrow(UsageError)
    await expect(sandbox.execute(wat(ADD), undefined, { entry: 'add', callArguments: [1] })).rejects.toThrow(UsageError)
    expect((await sandbox.execute(wat(ADD), undefined, { entry: 'add', callArguments: [1, 2] })).values).toEqual([3])
  })

  it('keeps the output cap to the byte', async () => {
    for (const [outputBytes, outcome] of [
      [5, 'completed'],
      [4, 'output-limit'],
      [0, 'output-limit'],
    ] as const) {
      const result = await sandbox.execute(wat(printing('12345')), { quotas: { outputBytes } })
      expect([result.outcome, text(result.stdout)]).toEqual([outcome, '12345'.slice(0, outputBytes)])
    }
  })
})

describe('create', () => {
  it('gives an instance that keeps its state between calls', async () => {
    await using instance = await sandbox.create(
      wat(
        '(module (global $n (mut i32) (i32.const 0)) (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))',
      ),
    )
    for (const n of [1, 2, 3]) expect((await instance.call('next')).values).toEqual([n])
    expect([instance.state, instance.startup.outcome, instance.sha256.length]).toEqual(['ready', 'completed', 64])
  })

  it('says what became of a module that cannot be one', async () => {
    const refused = await sandbox.create(new Uint8Array(8)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(GuestNotReady)
    expect((refused as GuestNotReady).result.outcome).toBe('refused')
    const trapped = await sandbox.create(wat('(module (func $s (unreachable)) (start $s))')).catch((error: unknown) => error)
    expect((trapped as GuestNotReady).result.outcome).toBe('trapped')
  })

  it('refuses calls while one runs, after the end, and that do not fit', async () => {
    const instance = await sandbox.create(wat(printing('x', '(loop (drop (call $yield)) (br 0))')))
    const running = instance.call('_start')
    await expect(instance.call('_start')).rejects.toThrow('one call at a time')
    await instance.terminate()
    expect(await running).toMatchObject({ outcome: 'terminated' })
    await expect(instance.call('_start')).rejects.toThrow('has ended')
  })

  it.each(['then', '__proto__', 'constructor', 'catch', 'finally'])('an export %s is a function like any other', async (name) => {
    await using instance = await sandbox.create(wat(`(module (func (export "${name}") (param i32) (result i32) (local.get 0)))`))
    expect((await instance.call(name, 7)).values).toEqual([7])
  })

  it('keeps guests apart: what one left in its memory the next does not find', async () => {
    const module = wat(
      '(module (memory 1) (func (export "look") (result i32) (i32.load (i32.const 64))) (func (export "leave") (i32.store (i32.const 64) (i32.const 99))))',
    )
    {
      await using first = await sandbox.create(module)
      await first.call('leave')
    }
    await using second = await sandbox.create(module)
    expect((await second.call('look')).values).toEqual([0])
  })
})

describe('the embedder ends guests', () => {
  it('with terminateAll, in the middle of calls', async () => {
    await using own = createSandbox()
    const guests = await Promise.all([own.create(wat(SPIN)), own.create(wat(SPIN))])
    const calls = guests.map((guest) => guest.call('_start'))
    const idle = await own.create(wat(ADD))
    await own.terminateAll()
    for (const call of calls) expect(await call).toMatchObject({ outcome: 'terminated', success: false })
    expect([...guests, idle].map((guest) => guest.state)).toEqual(['ended', 'ended', 'ended'])
    expect((await own.execute(wat(printing('still here')))).outcome).toBe('completed')
  })

  it('with terminateAll, while its jail is being prepared', async () => {
    await using own = createSandbox()
    const running = own.execute(wat(SPIN))
    await own.terminateAll()
    expect(await running).toMatchObject({ outcome: 'terminated' })
  })

  it('with a signal, in the middle of a call', async () => {
    const controller = new AbortController()
    const instance = await sandbox.create(wat(SPIN), undefined, { signal: controller.signal })
    const running = instance.call('_start')
    controller.abort()
    expect(await running).toMatchObject({ outcome: 'terminated' })
  })

  it('with a signal, before the guest has begun', async () => {
    const early = await sandbox.execute(wat(SPIN), undefined, { signal: AbortSignal.abort() })
    expect(early).toMatchObject({ outcome: 'terminated', message: 'The guest was ended by its host before it started.' })
    await using own = createSandbox()
    const controller = new AbortController()
    const running = own.execute(wat(SPIN), undefined, { signal: controller.signal })
    // The jail is only being started now.
    controller.abort()
    expect(await running).toMatchObject({ outcome: 'terminated' })
  })

  it('with a signal that comes too late: that changes nothing', async () => {
    const controller = new AbortController()
    const result = await sandbox.execute(wat(printing('x')), undefined, { signal: controller.signal })
    controller.abort()
    expect(result.outcome).toBe('completed')
  })
})

describe.runIf(process.platform === 'linux')('processes', () => {
  it('dispose ends every jail, and the sandbox takes no more', async () => {
    const before = new Set(jailPids())
    const own = createSandbox()
    const guest = await own.create(wat(SPIN))
    const running = guest.call('_start')
    await own.create(wat(ADD))
    const mine = jailPids().filter((pid) => !before.has(pid))
    expect(mine).toHaveLength(2)
    await own[Symbol.asyncDispose]()
    expect(mine.filter(alive)).toEqual([])
    expect((await running).outcome).toBe('terminated')
    await expect(own.execute(wat(ADD))).rejects.toThrow('disposed of')
  })

  it('dispose ends a jail that is only being started', async () => {
    const before = new Set(jailPids())
    const own = createSandbox()
    const running = own.execute(wat(SPIN))
    await own[Symbol.asyncDispose]()
    expect(jailPids().filter((pid) => !before.has(pid))).toEqual([])
    expect((await running).outcome).toBe('terminated')
  })

  it('a jail is used again, but for policies that want their own', async () => {
    await using own = createSandbox(undefined, { pool: { idleJails: 1 } })
    const before = new Set(jailPids())
    const mine = () => jailPids().filter((pid) => !before.has(pid))
    await own.execute(wat(printing('a')))
    const [first] = mine()
    await own.execute(wat(printing('b')))
    expect(mine()).toEqual([first])
    const strict = await own.create(wat(printing('c')), 'strict')
    const [exclusive] = mine().filter((pid) => pid !== first)
    expect(exclusive).toBeDefined()
    await strict.terminate()
    expect([alive(exclusive!), alive(first!)]).toEqual([false, true])
  })

  it('a jail that is killed from outside is a jail lost, and the sandbox goes on', async () => {
    await using own = createSandbox()
    const before = new Set(jailPids())
    const guest = await own.create(wat(SPIN))
    const running = guest.call('_start')
    const [pid] = jailPids().filter((one) => !before.has(one))
    process.kill(pid!, 'SIGKILL')
    expect(await running).toMatchObject({ outcome: 'jail-lost', exitCode: null })
    expect(guest.state).toBe('ended')
    expect((await own.execute(wat(printing('again')))).outcome).toBe('completed')
  })

  it('a jail that cannot be started is a fault of the sandbox, not an exception', async () => {
    await using own = createSandbox()
    const { execPath } = process
    process.execPath = '/nonexistent/node'
    try {
      const result = await own.execute(wat(printing('x')))
      expect(result).toMatchObject({ outcome: 'sandbox-fault', success: false })
      expect(result.message).toMatch(/^No jail could be started: "/)
    } finally {
      process.execPath = execPath
    }
    expect((await own.execute(wat(printing('x')))).outcome).toBe('completed')
  })
})

describe('describe', () => {
  it('gives what the jail found out, and what the system adds', async () => {
    await using own = createSandbox()
    expect(await own.describe()).toMatchObject({ 'permission model': 'active', 'system hardening': expect.any(String) })
  })
})

describe('several guests at once', () => {
  it('do not get each other’s output', async () => {
    const names = ['a', 'b', 'c']
    const results = await Promise.all(names.map((name) => sandbox.execute(wat(printing(name.repeat(1000))))))
    expect(results.map((result) => text(result.stdout))).toEqual(names.map((name) => name.repeat(1000)))
  })
})

describe('calls that exported host functions make', () => {
  it('are host calls of the guest', async () => {
    const module = wat(`(module ${IMPORTS.exit} (export "leave" (func $exit)))`)
    const result = await sandbox.execute(module, undefined, { entry: 'leave', callArguments: [5] })
    expect(result).toMatchObject({ outcome: 'exited', exitCode: 5 })
  })
})
