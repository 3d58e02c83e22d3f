// The naive host runs honest guests as any host does, and does not hold what naive hosts do not hold.
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'
import bare from '../../src/targets/bare.ts'
import type { TargetRun } from '../../src/targets/target.ts'

const run = async (wat: string, more: Partial<TargetRun> = {}) =>
  await bare.run({ module: await assemble(wat), limits: { ...DEFAULT_LIMITS, wallClockMs: 200 }, ...more })
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const WASI = '(import "wasi_snapshot_preview1"'
const WRITE = `${WASI} "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))`
const READ = `${WASI} "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))`
const EXIT = `${WASI} "proc_exit" (func $exit (param i32)))`

describe('honest guests', () => {
  it('returns values, and calls functions in order on one instance', async () => {
    const wat =
      '(module (global $g (mut i64) (i64.const 40)) (func (export "add") (param i64) (result i64) (global.set $g (i64.add (global.get $g) (local.get 0))) (global.get $g)))'
    const calls = [1n, 1n].map((n) => ({ call: 'add', args: [n] }))
    expect(await run(wat, { calls })).toMatchObject({ outcome: 'completed', values: ['42'] })
  })
  it('writes to standard output and error', async () => {
    const wat = `(module ${WRITE} (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\02\\00\\00\\00\\12\\00\\00\\00\\01\\00\\00\\00hi!")
      (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 32))) (drop (call $write (i32.const 2) (i32.const 8) (i32.const 1) (i32.const 32)))))`
    const result = await run(wat)
    expect([text(result.stdout), text(result.stderr)]).toEqual(['hi!', '!'])
  })
  it('reads from standard input', async () => {
    const wat = `(module ${READ} ${WRITE} (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\08\\00\\00\\00")
      (func (export "_start") (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4))) (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`
    expect(text((await run(wat, { stdin: new TextEncoder().encode('question') })).stdout)).toBe('question')
  })
  it('gives arguments and environment', async () => {
    const wat = `(module ${WASI} "args_get" (func $args (param i32 i32) (result i32))) ${WASI} "environ_get" (func $env (param i32 i32) (result i32))) ${WRITE}
      (memory (export "memory") 1) (data (i32.const 0) "\\40\\00\\00\\00\\10\\00\\00\\00")
      (func (export "_start") (drop (call $args (i32.const 16) (i32.const 64))) (drop (call $env (i32.const 32) (i32.const 70))) (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`
    const result = await run(wat, { args: ['prog', 'x'], env: { KEY: 'value' } })
    expect(text(result.stdout)).toBe('prog\0xKEY=value\0')
  })
  it.each([
    ['unreachable', 'trapped'],
    ['(drop (i32.div_s (i32.const 1) (i32.const 0)))', 'trapped'],
    ['(call $exit (i32.const 3))', 'exited'],
  ])('%s: %s', async (body, outcome) => {
    expect(await run(`(module ${EXIT} (memory (export "memory") 1) (func (export "run") ${body}))`)).toMatchObject({ outcome })
  })
  it('refuses what does not compile or link', async () => {
    expect(await bare.run({ module: new Uint8Array(4), limits: DEFAULT_LIMITS })).toMatchObject({
      outcome: 'refused',
      detail: 'CompileError',
    })
    expect(await run('(module (import "env" "missing" (func)))')).toMatchObject({ outcome: 'refused', detail: 'LinkError' })
    expect(await run('(module (import "nowhere" "missing" (func)))')).toMatchObject({ outcome: 'refused', detail: 'TypeError' })
  })
})

describe('what it does not hold', () => {
  it('links what every object inherits', async () => {
    expect((await run('(module (import "constructor" "constructor" (func)) (func (export "run")))')).outcome).toBe('completed')
  })
  it('calls an export named then, and waits for ever for an answer', async () => {
    expect(await run('(module (func (export "then") (param i32 i32)))')).toMatchObject({ outcome: 'limit', detail: 'watchdog' })
  })
  it('lets the guest swallow its exit', async () => {
    const wat = `(module ${EXIT} (memory (export "memory") 1) (func (export "run") (result i32) (try (do (call $exit (i32.const 1))) (catch_all)) (i32.const 7)))`
    expect(await run(wat)).toMatchObject({ outcome: 'completed', values: ['7'] })
  })
  it('lets the exceptions of its own host calls out', async () => {
    const wat = `(module ${WRITE} (memory (export "memory") 1) (func (export "run") (drop (call $write (i32.const 1) (i32.const -4) (i32.const 1) (i32.const 0)))))`
    expect(await run(wat)).toMatchObject({ outcome: 'fault', detail: 'RangeError' })
  })
  it('bounds neither memory nor tables', async () => {
    const wat =
      '(module (memory 1) (table 1 funcref) (func (export "run") (result i32) (i32.and (i32.gt_s (memory.grow (i32.const 2000)) (i32.const 0)) (i32.gt_s (table.grow (ref.null func) (i32.const 100000)) (i32.const 0)))))'
    const limits = { ...DEFAULT_LIMITS, memoryBytes: 65_536, tableElements: 10 }
    expect((await run(wat, { limits })).values).toEqual(['1'])
  })
})
