// Capture and restore through the sandbox's own interface, in a jail and in the caller's thread.
import { afterAll, describe, expect, it } from 'vitest'
import {
  createSandbox,
  GuestNotReady,
  type Instance,
  type PolicyInput,
  Snapshot,
  SnapshotError,
  UsageError,
} from '../../../src/sandbox/index.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'
import { COUNTER, INLINE, JAIL } from './support.ts'

const module = wat(COUNTER)
const value = async (instance: Instance, name: string, ...values: number[]) => (await instance.call(name, ...values)).values[0]

/** The code of the SnapshotError that it rejects with. */
async function codeOf(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof SnapshotError) return error.code
  throw error ?? new Error('nothing was thrown')
}

const W = 'wasi_snapshot_preview1'
const memoryMount: NonNullable<PolicyInput['capabilities']> = { fs: { mounts: [{ kind: 'memory', at: '/m', writable: true }] } }

describe.each([
  ['inline', INLINE],
  ['jail', JAIL],
])('%s', (_, policy) => {
  const sandbox = createSandbox(policy)
  afterAll(() => sandbox[Symbol.asyncDispose]())
  const granting = (capabilities: NonNullable<PolicyInput['capabilities']>): PolicyInput => ({ ...policy, capabilities })

  it('memory, its size and globals that nobody exports come into a fresh instance', async () => {
    await using first = await sandbox.create(module, undefined, { snapshots: true })
    await first.call('bump')
    await first.call('grow')
    const snapshot = await first.snapshot()
    expect(await value(first, 'bump')).toBe(42n)
    await using second = await sandbox.restore(snapshot, module)
    expect([await value(second, 'count'), await value(second, 'size'), await value(second, 'byte', 70)]).toEqual([1, 2, 0])
    expect(await value(second, 'bump')).toBe(42n)
    expect(await value(first, 'count')).toBe(2)
    // A restored one can be captured again.
    expect((await second.snapshot()).image).toEqual((await first.snapshot()).image)
  })

  it('a used instance goes back, smaller memory included, as often as one wants', async () => {
    await using instance = await sandbox.create(module, undefined, { snapshots: true })
    await instance.call('bump')
    const snapshot = await instance.snapshot()
    for (let round = 0; round < 3; round++) {
      await instance.call('grow')
      expect([await value(instance, 'bump'), await value(instance, 'size')]).toEqual([42n, 2])
      await instance.restore(snapshot)
      expect([instance.state, await value(instance, 'count'), await value(instance, 'size')]).toEqual(['ready', 1, 1])
    }
  })

  it('a snapshot goes through bytes', async () => {
    await using first = await sandbox.create(module, undefined, { snapshots: true })
    await first.call('bump')
    const bytes = (await first.snapshot()).toBytes()
    await using second = await sandbox.restore(Snapshot.fromBytes(bytes), module)
    expect(await value(second, 'bump')).toBe(42n)
  })

  it('a module is initialised once, and many guests begin there', async () => {
    const reactor = wat(`(module (memory 1) (global $n (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 1))))
      (func (export "warm") (param i32) (global.set $n (i32.mul (global.get $n) (local.get 0))))
      (func (export "n") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))`)
    const snapshot = await sandbox.preinitialise(reactor, undefined, { entry: 'warm', callArguments: [10] })
    const results = await Promise.all([1, 2, 3].map(() => sandbox.execute(reactor, undefined, { from: snapshot, entry: 'n' })))
    expect(results.map(({ outcome, values }) => [outcome, ...values])).toEqual(Array(3).fill(['completed', 11]))
    await using instance = await sandbox.create(reactor, undefined, { from: snapshot })
    expect(await value(instance, 'n')).toBe(11)
  })

  it('a module whose initialisation fails makes no snapshot', async () => {
    const reactor = wat('(module (memory 1) (func (export "_initialize") unreachable) (func (export "no") unreachable))')
    await expect(sandbox.preinitialise(reactor)).rejects.toThrow(GuestNotReady)
    const other = wat('(module (memory 1) (func (export "no") unreachable))')
    await expect(sandbox.preinitialise(other, undefined, { entry: 'no' })).rejects.toThrow('The guest trapped')
    await expect(sandbox.preinitialise(other, undefined, { entry: 'missing' })).rejects.toThrow(UsageError)
  })

  it('the output of a guest that is put back counts on', async () => {
    const writer = wat(`(module (import "${W}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32))) (memory 1)
      (func (export "write") (i32.store (i32.const 4) (i32.const 60)) (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`)
    const capped = { ...policy, quotas: { ...policy.quotas, outputBytes: 100 } }
    await using instance = await sandbox.create(writer, capped, { snapshots: true })
    const snapshot = await instance.snapshot()
    expect((await instance.call('write')).outcome).toBe('completed')
    await instance.restore(snapshot)
    expect((await instance.call('write')).outcome).toBe('output-limit')
  })

  describe('is refused', () => {
    it('by an instance that was not prepared, is running, or has ended; it goes on as it was', async () => {
      await using plain = await sandbox.create(module)
      expect(await codeOf(plain.snapshot())).toBe('not-prepared')
      await using instance = await sandbox.create(module, undefined, { snapshots: true })
      const call = instance.call('bump')
      expect(await codeOf(instance.snapshot())).toBe('not-ready')
      expect((await call).values).toEqual([41n])
      const snapshot = await instance.snapshot()
      expect(await codeOf(plain.restore(snapshot))).toBe('not-prepared')
      await instance.terminate()
      expect(await codeOf(instance.snapshot())).toBe('not-ready')
      expect(await codeOf(instance.restore(snapshot))).toBe('not-ready')
      expect(await value(plain, 'bump')).toBe(41n)
    })

    it('where the module has state that cannot be captured, before it runs', async () => {
      const drops = wat(
        '(module (memory 1) (data "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 0)))',
      )
      expect(await codeOf(sandbox.create(drops, undefined, { snapshots: true }))).toBe('dropped-segments')
      expect(await codeOf(sandbox.preinitialise(drops))).toBe('dropped-segments')
    })

    it('for another module, another policy, and a state that does not fit', async () => {
      const snapshot = await sandbox.preinitialise(module)
      const other = wat(COUNTER.replace('i64.const 40', 'i64.const 41'))
      expect(await codeOf(sandbox.restore(snapshot, other))).toBe('other-module')
      const smaller = { ...policy, quotas: { ...policy.quotas, memoryBytes: 2 ** 20 } }
      expect(await codeOf(sandbox.restore(snapshot, module, smaller))).toBe('other-policy')
      expect(await codeOf(sandbox.restore(snapshot, module, granting({ args: false })))).toBe('other-policy')
      const faster = { ...policy, quotas: { ...policy.quotas, outputBytes: 10 } }
      await using same = await sandbox.restore(snapshot, module, faster)
      expect(await value(same, 'count')).toBe(0)
      const forged = new Snapshot({ identity: snapshot.identity, image: snapshot.image.slice(1) })
      expect(await codeOf(sandbox.restore(forged, module))).toBe('malformed')
    })

    describe('with state that is with the host', () => {
      const guest = wat(`(module
        (import "${W}" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "${W}" "fd_close" (func $close (param i32) (result i32)))
        (import "${W}" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
        (import "${W}" "fd_fdstat_set_rights" (func $rights (param i32 i64 i64) (result i32)))
        (import "${W}" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
        (import "${W}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "${W}" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
        (memory 1) (data (i32.const 0) "new")
        (func (export "look") (param i32) (result i32)
          (drop (call $stat (local.get 0) (i32.const 200))) (i32.load16_u (i32.const 202)))
        (func (export "open") (param $flags i32) (result i32)
          (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 3) (local.get $flags) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
        (func (export "close") (param i32) (result i32) (call $close (local.get 0)))
        (func (export "flags") (param i32) (result i32) (call $flags (i32.const 1) (local.get 0)))
        (func (export "rights") (param i32) (result i32) (call $rights (local.get 0) (i64.const 0) (i64.const 0)))
        (func (export "renumber") (param i32) (result i32) (call $renumber (local.get 0) (i32.const 2)))
        (func (export "read") (param i32) (result i32)
          (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 1))
          (call $read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 40))))`)
      const all = granting({ ...memoryMount, stdio: { stdin: true, stdout: true, stderr: true } })
      const options = { snapshots: true, files: { '/m/there': 'x', '/m/new': 'y' }, stdin: 'input' }
      const CREATE_NEW = 5

      it.each([
        ['an open file', 'open', 0, 'handles-open', 'handle 4 (file)'],
        ['a stream that was closed', 'close', 0, 'handles-changed', 'handle 0 (stream)'],
        ['a stream in the place of another', 'renumber', 1, 'handles-changed', 'handle 1 (stream)'],
        ['input that was read in part', 'read', 0, 'input-read', 'standard input'],
      ])('%s', async (_, name, argument, code, place) => {
        await using instance = await sandbox.create(guest, all, options)
        const before = await instance.snapshot()
        expect(await value(instance, name, argument)).toBe(0)
        const error = await instance.snapshot().catch((reason: Error) => reason)
        expect(error).toMatchObject({ name: 'SnapshotError', code, message: expect.stringContaining(place) })
        // Put back, it has nothing of that any more.
        await instance.restore(before)
        expect((await instance.snapshot()).image).toEqual(before.image)
      })

      it('a file that was made, even after it was closed', async () => {
        await using instance = await sandbox.create(guest, all, { ...options, files: {} })
        const before = await instance.snapshot()
        expect(await value(instance, 'open', CREATE_NEW)).toBe(0)
        expect(await codeOf(instance.snapshot())).toBe('handles-open')
        expect(await value(instance, 'close', 4)).toBe(0)
        expect(await codeOf(instance.snapshot())).toBe('files-changed')
        await instance.restore(before)
        // The file is not there any more, so it can be made once more.
        expect(await value(instance, 'open', CREATE_NEW)).toBe(0)
      })

      it('but flags and rights that changed are part of it', async () => {
        const FLAGS_AND_RIGHTS = 'look'
        await using instance = await sandbox.create(guest, all, options)
        expect(await value(instance, FLAGS_AND_RIGHTS, 1)).toBe(0)
        const before = await instance.snapshot()
        await instance.call('flags', 4)
        await instance.call('rights', 3)
        await using other = await sandbox.restore(await instance.snapshot(), guest, all, options)
        for (const changed of [instance, other]) {
          expect(await value(changed, FLAGS_AND_RIGHTS, 1)).toBe(4)
          // Opening needs a right that is gone.
          expect(await value(changed, 'open', 0)).toBe(76)
          await changed.restore(before)
          expect([await value(changed, FLAGS_AND_RIGHTS, 1), await value(changed, 'open', 0)]).toEqual([0, 0])
        }
      })

      it('but not a file that was opened to read, and closed', async () => {
        await using instance = await sandbox.create(guest, all, options)
        await instance.call('open', 0)
        await instance.call('close', 4)
        await using other = await sandbox.restore(await instance.snapshot(), guest, all, options)
        expect(await value(other, 'open', 0)).toBe(0)
      })
    })

    it('while a reference to an object is held, and not when it is null again', async () => {
      // (struct), (func), (func (param i32)); global 0 is (mut anyref); "hold" puts a struct there, or null.
      const holder = w.moduleOf(
        w.typeSection([0x5f, 0], [0x60, 0, 0], [0x60, 1, 0x7f, 0]),
        w.functionSection(2),
        w.globalSection(w.bytes(0x6e, 1, 0xd0, 0x6e, w.END)),
        w.exportSection(w.bytes(w.name('hold'), 0, 0)),
        w.codeSection(w.body(w.bytes([0x20, 0, 0x04, 0x40], [0xfb, 0, 0, 0x24, 0], [0x05], [0xd0, 0x6e, 0x24, 0], w.END, w.END))),
      )
      const gc: PolicyInput = { ...policy, features: ['gc', 'reference-types', 'typed-function-references'] }
      await using instance = await sandbox.create(holder, gc, { snapshots: true })
      await instance.snapshot()
      await instance.call('hold', 1)
      const error = await instance.snapshot().catch((reason: Error) => reason)
      expect(error).toMatchObject({ code: 'reference-alive', message: expect.stringContaining('(global 0)') })
      await instance.call('hold', 0)
      await instance.snapshot()
    })
  })
})
