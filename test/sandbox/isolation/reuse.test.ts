// Cells and compiled modules that are used again, with real jails: by whom, by whom not, and that the next guest finds nothing of the last.
import { afterEach, describe, expect, it } from 'vitest'
import { type AuditNote, createSandbox, type PolicyInput, type RunOptions, type Sandbox } from '../../../src/sandbox/index.ts'
import { printing } from '../support/guests.ts'
import { jailPids } from '../support/jail-pids.ts'
import { STATEFUL } from '../support/reuse.ts'
import { wat } from '../support/wat.ts'

let sandbox: Sandbox
afterEach(() => sandbox[Symbol.asyncDispose]())

const open = (policy?: PolicyInput) => {
  sandbox = createSandbox(policy, { pool: { maxJails: 1 } })
  return sandbox
}
const module = wat(STATEFUL)
const run = (options: RunOptions = {}, bytes = module, policy?: PolicyInput) =>
  sandbox.execute(bytes, policy, { ...options, entry: 'run' })
/** Whether the jail had the module of the last guest already. */
async function hits(action: () => Promise<unknown>): Promise<boolean> {
  const before = sandbox.cache.modules.hits
  await action()
  return sandbox.cache.modules.hits > before
}

describe('isolation.reuse', () => {
  it('same-module: guests of one module, policy and principal', async () => {
    open({ isolation: { reuse: 'same-module' } })
    expect(await hits(() => run())).toBe(false)
    expect(await hits(() => run())).toBe(true)
    expect(await hits(() => run({ principal: 'a' }))).toBe(false)
    expect(await hits(() => run({ principal: 'a' }))).toBe(true)
    expect(await hits(() => run({ principal: 'b' }))).toBe(false)
    expect(await hits(() => run({ principal: 'b' }, module, { quotas: { wallClockMs: 1234 } }))).toBe(false)
    expect(await hits(() => run({ principal: 'b' }, wat(`${STATEFUL.slice(0, -1)} (func))`)))).toBe(false)
  })

  it('same-principal: guests of one principal and policy; a guest of nobody’s is a stranger to all', async () => {
    open({ isolation: { reuse: 'same-principal' } })
    const other = wat(`${STATEFUL.slice(0, -1)} (func))`)
    await run({ principal: 'a' })
    await run({ principal: 'a' }, other)
    expect(await hits(() => run({ principal: 'a' }))).toBe(true)
    expect(await hits(() => run({ principal: 'a' }, other))).toBe(true)
    await run()
    expect(await hits(() => run())).toBe(false)
  })

  it('never: not even the same module', async () => {
    open({ isolation: { reuse: 'never' } })
    await run()
    expect(await hits(() => run())).toBe(false)
    expect(sandbox.cache.modules).toMatchObject({ hits: 0, misses: 0, entries: 0 })
  })

  it('in an exclusive jail there is none', async () => {
    open({ isolation: { exclusiveJail: true } })
    await run()
    const [first] = jailPids()
    await run()
    expect(jailPids()).not.toContain(first)
  })

  it('not after a guest that did not end by itself, though the jail is used again', async () => {
    open()
    const trap = wat(
      printing('x', '(if (i32.load (i32.const 64)) (then (unreachable))) (i32.store (i32.const 64) (i32.const 1)) (unreachable)'),
    )
    expect((await sandbox.execute(trap)).outcome).toBe('trapped')
    expect(await hits(() => sandbox.execute(trap))).toBe(false)
  })
})

describe('the next guest in a cell finds nothing of the last', () => {
  it('in memory, globals and tables', async () => {
    open()
    for (let i = 0; i < 5; i++) expect(await run()).toMatchObject({ outcome: 'completed', values: [0] })
    expect(sandbox.cache.modules.hits).toBe(4)
  })

  it('in its output, in what its caps have left, and in what was counted', async () => {
    open()
    const results = []
    for (let i = 0; i < 3; i++)
      results.push(await sandbox.execute(wat(printing('12345', '(call $print)')), { quotas: { outputBytes: 10 } }))
    expect(results.map(({ outcome, stdout }) => [outcome, Buffer.from(stdout).toString()])).toEqual(
      results.map(() => ['completed', '1234512345']),
    )
    expect(results.map(({ resourceUsage }) => resourceUsage.hostCalls)).toEqual([2, 2, 2])
  })

  it('in what its jail is still to be told of it, though one that never began was there between them', async () => {
    const abort = new AbortController()
    let starts = 0
    const note = ({ type }: AuditNote) => {
      if (type === 'guest-started' && ++starts === 2) abort.abort()
    }
    sandbox = createSandbox({ isolation: { reuse: 'same-module' } }, { pool: { maxJails: 1 }, audit: { write: () => {}, note } })
    await run()
    await expect(sandbox.create(module, undefined, { signal: abort.signal })).rejects.toThrow('ended by its host before')
    const guest = await sandbox.create(module)
    expect(sandbox.cache.modules.hits).toBe(1)
    // Longer than a cell may keep what is left of a guest.
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect((await guest.call('run')).outcome).toBe('completed')
  })

  it('in arguments and standard input', async () => {
    open()
    const W = 'wasi_snapshot_preview1'
    const sizes = wat(
      `(module (import "${W}" "args_sizes_get" (func $s (param i32 i32) (result i32))) (memory 1)
        (func (export "run") (result i32) (drop (call $s (i32.const 0) (i32.const 4))) (i32.load (i32.const 4))))`,
    )
    expect((await run({ args: ['secret of the first'] }, sizes)).values).toEqual([20])
    expect((await run({}, sizes)).values).toEqual([0])
    expect(sandbox.cache.modules.hits).toBe(1)
  })
})

describe('execute', () => {
  it('instantiates, initialises and calls in one activation, whose limits hold for all of it together', async () => {
    open()
    const slow = '(loop $l (br_if $l (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))'
    const reactor = wat(
      `(module (global $n (mut i32) (i32.const 1)) (func $s (global.set $n (i32.mul (global.get $n) (i32.const 2)))) (start $s)
        (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 5))))
        (func (export "run") (param i32) (result i32) ${slow} (global.get $n)))`,
    )
    const result = await sandbox.execute(reactor, undefined, { entry: 'run', callArguments: [3] })
    expect([result.outcome, result.values]).toEqual(['completed', [7]])
  })

  it('has an error for arguments that do not fit before anything is started for it', async () => {
    open()
    await expect(run({}, wat('(module (func (export "run") (param i32)))'))).rejects.toThrow('"run" takes (i32)')
    await expect(
      sandbox.execute(wat('(module (func (export "_initialize")))'), undefined, { entry: '_initialize' }),
    ).rejects.toThrow('_initialize is called when')
    expect(sandbox.pool.jails).toBe(0)
  })
})

describe('the cache of admissions', () => {
  it('knows bytes and policy, not the buffer that they came in', async () => {
    open()
    const bytes = Uint8Array.from(module)
    await run({}, bytes)
    expect(sandbox.cache.admissions).toMatchObject({ hits: 0, misses: 1, entries: 1 })
    await run({}, Uint8Array.from(module))
    expect(sandbox.cache.admissions).toMatchObject({ hits: 1, misses: 1 })
    bytes.set(wat(printing('other')).subarray(0, bytes.length))
    expect((await run({}, bytes)).outcome).toBe('refused')
    await run({}, module, { quotas: { functions: 5 } })
    expect(sandbox.cache.admissions).toMatchObject({ hits: 1, misses: 3, entries: 2 })
    // What one policy admitted the other still refuses.
    expect((await run({}, module, { quotas: { functions: 0 } })).outcome).toBe('refused')
  })
})
