// Grants that are typed, as a guest finds them: directories, memory, a store; what it changed comes out where it was asked for, and is on record.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { linesIn } from '../sandbox/support/audit.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

/** Creates "new.txt" in descriptor 3, writes "made\n" into it, and exits with the error number of whatever failed. */
const MAKER = `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\20\\00\\00\\00\\05\\00\\00\\00") (data (i32.const 32) "made\\0a") (data (i32.const 64) "new.txt")
  (func (export "_start") (local $errno i32)
    (local.set $errno (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 7) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16)))
    (if (local.get $errno) (then (call $exit (local.get $errno))))
    (call $exit (call $write (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 8)))))`
/** Adds a value to the store under "k", logs "kept", and exits with the error number of the store. */
const KEEPER = `(module
  (import "gauntlet_v1" "kv_set" (func $set (param i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "log_write" (func $log (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 0) "k") (data (i32.const 8) "kept\\1b[2J")
  (func (export "_start")
    (drop (call $log (i32.const 1) (i32.const 8) (i32.const 8)))
    (call $exit (call $set (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))))`
const ROFS = 69
const BADF = 8

let maker: string
let keeper: string
let host: string
let count = 0
beforeAll(async () => {
  maker = join(dir, 'maker.wasm')
  keeper = join(dir, 'keeper.wasm')
  writeFileSync(maker, await assemble(MAKER))
  writeFileSync(keeper, await assemble(KEEPER))
})
beforeEach(() => {
  host = join(dir, `host-${count++}`)
  mkdirSync(host)
  writeFileSync(join(host, 'old.txt'), 'old')
})

describe.runIf(process.platform === 'linux')('--dir', () => {
  it('is the directory itself', async () => {
    expect(await gauntlet(['run', maker, '--dir', `${host}::/`])).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(host, 'new.txt'), 'utf8')).toBe('made\n')
  })

  it('read-only is not writable', async () => {
    expect((await gauntlet(['run', maker, '--dir-read-only', host])).code).toBe(ROFS)
    expect(readdirSync(host)).toEqual(['old.txt'])
  })

  it('is on record, before it is done', async () => {
    const audit = join(dir, 'dir-audit')
    await gauntlet(['run', maker, '--dir', `${host}::/work`, '--audit', audit])
    const records = linesIn(audit).filter(({ type }) => type === 'decision')
    expect(records.map(({ capability, decision }) => [capability, decision])).toEqual([
      ['fs', 'allowed'],
      ['fs', 'allowed'],
    ])
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2])
  })
})

describe('--snapshot and --memory-dir', () => {
  it('leave the host’s directory alone, and --out gets what was changed', async () => {
    const out = join(dir, 'out-snapshot')
    expect(await gauntlet(['run', maker, '--snapshot', `${host}::/work`, '--out', out])).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(host)).toEqual(['old.txt'])
    expect(readdirSync(out, { recursive: true })).toEqual(['work', join('work', 'new.txt')])
    expect(readFileSync(join(out, 'work', 'new.txt'), 'utf8')).toBe('made\n')
  })

  it('have their changes in --json', async () => {
    const ended = await gauntlet(['run', maker, '--memory-dir', '/m', '--json'])
    expect(JSON.parse(ended.stdout).changes).toEqual([{ type: 'file', path: '/m/new.txt', content: { text: 'made\n' } }])
  })

  it('are not there if nobody named them', async () => expect((await gauntlet(['run', maker])).code).toBe(BADF))

  it('do not run for an --out that is not empty', async () => {
    expect(complaint(await gauntlet(['run', maker, '--memory-dir', '/m', '--out', host]))).toMatch(
      /The directory .* is not empty/,
    )
    expect(readdirSync(host)).toEqual(['old.txt'])
  })

  it('are read-only for a module that asked for no more', async () => {
    const path = join(dir, 'modest.wasm')
    const fs = { capability: 'fs', mounts: [{ at: '/m' }], reason: 'To read.' }
    writeFileSync(path, readFileSync(maker))
    writeFileSync(`${path}.manifest.json`, JSON.stringify({ manifest: 1, name: 'modest', version: '1.0.0', capabilities: [fs] }))
    expect((await gauntlet(['run', path, '--memory-dir', '/m', '--yes'])).code).toBe(ROFS)
    expect((await gauntlet(['run', path, '--memory-dir', '/m', '--memory-dir', '/n', '--yes', '--json'])).stdout).toContain(
      '"changes": []',
    )
  })

  it('cannot copy what is not there', async () => {
    const ended = await gauntlet(['run', maker, '--snapshot', join(host, 'nowhere')])
    expect(ended.code).toBe(64)
    expect(complaint(ended)).toMatch(/nowhere/)
  })
})

describe('--kv', () => {
  it('keeps values from run to run, and what the guest logs is shown inert', async () => {
    const [file, audit] = [join(dir, 'kv.db'), join(dir, 'kv-audit')]
    const args = ['run', keeper, '--kv', file, '--kv-namespace', 'mine', '--audit', audit]
    for (let i = 0; i < 2; i++)
      expect(await gauntlet(args)).toMatchObject({ code: 0, stderr: 'gauntlet: log (info): "kept\\u{1b}[2J"\n' })
    expect(existsSync(file)).toBe(true)
    expect(linesIn(audit).filter(({ operation }) => operation === 'kv.set')).toHaveLength(2)
  })

  it('is needed for host calls on it', async () => {
    expect(complaint(await gauntlet(['run', keeper]))).toMatch(/^refused: The import .*kv_set.* needs the capability kv/)
  })
})
