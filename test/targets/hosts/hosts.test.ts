// Every host runs honest guests and says in the gauntlet's words how they ended; what it cannot express, it says before anything is run.
import { beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../../src/attacks/assemble.ts'
import { DEFAULT_LIMITS } from '../../../src/attacks/limits.ts'
import { componentOf, NotAComponent } from '../../../src/targets/hosts/component.ts'
import { loadTarget } from '../../../src/targets/load.ts'
import type { Target, TargetRun } from '../../../src/targets/target.ts'

const WASI = '(import "wasi_snapshot_preview1"'
const MEMORY = '(memory (export "memory") 1)'
const HELLO = `(module ${WASI} "fd_write" (func $write (param i32 i32 i32 i32) (result i32))) ${MEMORY}
  (data (i32.const 0) "\\10\\00\\00\\00\\03\\00\\00\\00") (data (i32.const 16) "hi\\n")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`
const EXIT = `(module ${WASI} "proc_exit" (func $exit (param i32))) ${MEMORY} (func (export "_start") (call $exit (i32.const 7))))`
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const runOn = async (target: Target, wat: string, more: Partial<TargetRun> = {}) =>
  await target.run({ module: await assemble(wat), limits: DEFAULT_LIMITS, ...more })

describe.each(['node:wasi', 'browser_wasi_shim', 'extism', 'extism2', 'preview2-shim'])('%s', (name) => {
  let target: Target
  beforeAll(async () => {
    target = await loadTarget(name)
  })

  it('names itself and the version of what is attacked', () => {
    expect(target.name).toBe(name)
    expect(target.version).toMatch(/\d+\.\d+\.\d+/)
    expect(target.own).not.toBe(true)
  })
  it('completes a guest that returns', async () => {
    expect(await runOn(target, `(module ${MEMORY} (func (export "run")))`)).toMatchObject({ outcome: 'completed' })
  })
  it('sees a trap, and takes the end of the stack for one', async () => {
    expect(await runOn(target, `(module ${MEMORY} (func (export "run") unreachable))`)).toMatchObject({ outcome: 'trapped' })
    expect(await runOn(target, `(module ${MEMORY} (func $f (export "run") (call $f)))`)).toMatchObject({ outcome: 'trapped' })
  })
  it('refuses what does not compile or link', async () => {
    expect(await runOn(target, '(module (func (export "run") i32.const 1))')).toMatchObject({ outcome: 'refused' })
    expect(await runOn(target, `(module (import "env" "missing" (func)) ${MEMORY} (func (export "run")))`)).toMatchObject({
      outcome: 'refused',
    })
  })
  it('says what it cannot express, and runs nothing then', async () => {
    const policy = { capabilities: { net: { http: { allow: ['https://example.org'] } } } }
    const answer = await runOn(target, `(module ${MEMORY} (func (export "run") unreachable))`, { policy })
    expect(answer).toMatchObject({ outcome: 'refused', inapplicable: expect.stringContaining('net') })
  })
})

describe.each(['node:wasi', 'browser_wasi_shim'])('%s', (name) => {
  it('gives out what the guest wrote and the code with which it exited', async () => {
    const target = await loadTarget(name)
    expect(text((await runOn(target, HELLO)).stdout)).toBe('hi\n')
    expect(await runOn(target, EXIT)).toMatchObject({ outcome: 'exited', exitCode: 7 })
  })
  it('refuses to call what the module does not export as a function', async () => {
    const wat = `(module ${MEMORY} (global (export "call") i32 (i32.const 1)))`
    for (const call of ['call', 'constructor', 'missing'])
      expect(await runOn(await loadTarget(name), wat, { calls: [{ call }] })).toMatchObject({ outcome: 'refused' })
  })
  it('returns what functions return, called with arguments', async () => {
    const wat = `(module ${MEMORY} (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1))))`
    const calls = [{ call: 'add', args: [40n, 2n] }]
    expect(await runOn(await loadTarget(name), wat, { calls })).toMatchObject({ outcome: 'completed', values: ['42'] })
  })
  it('shows the guest a directory in place of a mount in memory', async () => {
    const wat = `(module ${WASI} "fd_prestat_get" (func $prestat (param i32 i32) (result i32))) ${MEMORY}
      (func (export "run") (result i32) (call $prestat (i32.const 3) (i32.const 0))))`
    const policy = { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/data' }] } } }
    const target = await loadTarget(name)
    expect((await runOn(target, wat, { policy })).values).toEqual(['0'])
    expect((await runOn(target, wat)).values).toEqual(['8'])
  })
})

describe('Extism', () => {
  it('is called with bytes and gets no arguments, so that runs with numbers or arguments are not applicable', async () => {
    const target = await loadTarget('extism')
    expect((await runOn(target, HELLO, { args: ['x'] })).inapplicable).toMatch(/arguments/)
    expect((await runOn(target, HELLO, { calls: [{ call: 'run', args: [1] }] })).inapplicable).toMatch(/numbers/)
  })
  it('offers functions of its own, among them those with which texts are kept', async () => {
    const roles = (await loadTarget('extism2')).offers!.map(({ role }) => role)
    expect(roles).toEqual(expect.arrayContaining(['allocate', 'store-byte']))
  })
})

describe('preview2-shim', () => {
  it('calls a function of a module without imports as one of a component', async () => {
    const wat = `(module ${MEMORY} (func (export "add-all") (param i32 f64) (result f64) (local.get 1)))`
    const calls = [{ call: 'add-all', args: [1, 2.5] }]
    expect(await runOn(await loadTarget('preview2-shim'), wat, { calls })).toMatchObject({
      outcome: 'completed',
      values: ['2.5'],
    })
  })
  it.each([
    ['needs an adapter that is not there', HELLO, []],
    ['has a name that no component has', '(module (func (export "Run")))', [{ call: 'Run' }]],
    ['has a type that no component has', '(module (func (export "run") (param externref)))', [{ call: 'run' }]],
    ['has nothing of the name that is called', '(module)', [{ call: 'run' }]],
  ])('says so if a module %s', async (_what, wat, calls) => {
    const tools = await import('@bytecodealliance/jco-transpile/wasm-tools')
    const run = { module: await assemble(wat), limits: DEFAULT_LIMITS, ...(calls.length > 0 && { calls }) }
    await expect(componentOf(tools, run, null)).rejects.toThrow(NotAComponent)
  })
})

describe('quickjs-wasi', () => {
  let target: Target
  beforeAll(async () => {
    target = await loadTarget('quickjs-wasi')
  })
  const script = (source: string) =>
    target.run({ module: new TextEncoder().encode(source), limits: { ...DEFAULT_LIMITS, wallClockMs: 300 } })

  it('runs scripts, and no modules', async () => {
    expect(target.guests).toBe('javascript')
    const result = await script('print("hi"); 6 * 7')
    expect([result.outcome, text(result.stdout), result.values]).toEqual(['completed', 'hi', ['42']])
    expect((await runOn(target, '(module)')).inapplicable).toMatch(/scripts/)
  })
  it.each([
    ['throw new Error("no")', 'trapped'],
    ['for (;;) {}', 'limit'],
    ['(function again() { Promise.resolve().then(again) })()', 'limit'],
    ['const kept = []; for (;;) kept.push(new Uint8Array(2 ** 20))', 'limit'],
  ])('%s: %s', async (source, outcome) => expect(await script(source)).toMatchObject({ outcome }))
})
