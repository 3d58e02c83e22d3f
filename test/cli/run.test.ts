// gauntlet run: streams passed through, outcomes made exit codes, arguments turned into values.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

async function module(name: string, text: string): Promise<string> {
  const path = join(dir, `${name}.wasm`)
  writeFileSync(path, await assemble(text))
  return path
}
const WASI = 'wasi_snapshot_preview1'
/** A guest that writes these bytes to a descriptor. */
const writer = (fd: number, literal: string, length: number) => `(module
  (import "${WASI}" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00") (data (i32.const 16) "${literal}")
  (func (export "_start") (i32.store (i32.const 4) (i32.const ${length}))
    (drop (call $w (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 8)))))`
/** A guest that copies standard input to standard output, up to 64 bytes. */
const CAT = `(module
  (import "${WASI}" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (import "${WASI}" "fd_read" (func $r (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\40\\00\\00\\00\\40\\00\\00\\00")
  (func (export "_start")
    (drop (call $r (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`
/** A guest that writes its arguments or variables, each with its terminator. */
const strings = (what: 'args' | 'environ') => `(module
  (import "${WASI}" "${what}_sizes_get" (func $s (param i32 i32) (result i32)))
  (import "${WASI}" "${what}_get" (func $g (param i32 i32) (result i32)))
  (import "${WASI}" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $s (i32.const 0) (i32.const 20)))
    (drop (call $g (i32.const 1024) (i32.const 2048)))
    (i32.store (i32.const 16) (i32.const 2048))
    (drop (call $w (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))))`
const EXIT = (code: number) => `(module (import "${WASI}" "proc_exit" (func $e (param i32)))
  (memory (export "memory") 1) (func (export "_start") (call $e (i32.const ${code}))))`

describe('streams', () => {
  it('passes standard output through byte for byte', async () => {
    const ended = await gauntlet(['run', await module('bytes', writer(1, '\\00\\ff\\1b[31m\\0d\\0a', 9))])
    expect([...ended.stdoutBytes]).toEqual([0, 0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x0d, 0x0a])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('passes standard error through', async () => {
    const ended = await gauntlet(['run', await module('err', writer(2, 'oh\\0a', 3))])
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: 'oh\n' })
  })

  it('gives the guest what is piped in, if it is asked to', async () => {
    const cat = await module('cat', CAT)
    expect(await gauntlet(['run', cat, '--stdin', '-'], { stdin: 'abc' })).toMatchObject({ code: 0, stdout: 'abc' })
    expect(await gauntlet(['run', cat], { stdin: 'abc' })).toMatchObject({ code: 0, stdout: '' })
  })

  it('gives the guest a file as standard input', async () => {
    writeFileSync(join(dir, 'input.txt'), 'from a file')
    expect(await gauntlet(['run', await module('cat', CAT), '--stdin', join(dir, 'input.txt')])).toMatchObject({
      stdout: 'from a file',
    })
  })
})

describe('arguments and environment', () => {
  it('names the module first and keeps the order', async () => {
    const ended = await gauntlet(['run', await module('args', strings('args')), '--arg', 'one', '--arg=--two', '--arg', ''])
    expect(ended).toMatchObject({ code: 0, stdout: 'args.wasm\0one\0--two\0\0' })
  })

  it('passes variables, odd names too, and nothing of its own environment', async () => {
    const ended = await gauntlet([
      'run',
      await module('env', strings('environ')),
      '--env',
      'A=1=2',
      '--env',
      '__proto__=x',
      '--env',
      'B=',
    ])
    expect(ended.stdout.split('\0').filter(Boolean).sort()).toEqual(['A=1=2', 'B=', '__proto__=x'])
  })

  it('calls a function with values of its types', async () => {
    expect(
      await gauntlet(['run', 'examples/add.wat', '--entry', 'add', '--arg', '0xffffffffffffffff', '--arg=-41']),
    ).toMatchObject({
      code: 0,
      stdout: '-42\n',
    })
  })
})

describe('exit codes', () => {
  it.each([
    [0, 0],
    [3, 3],
    [255, 255],
    [256, 0],
    [511, 255],
  ])('the guest exits with %i and so does the command, with %i', async (guest, code) => {
    expect(await gauntlet(['run', await module(`exit-${guest}`, EXIT(guest))])).toMatchObject({ code, stderr: '' })
  })

  const outcomes: [outcome: string, code: number, text: string, args: string[]][] = [
    ['trapped', 134, '(module (func (export "_start") unreachable))', []],
    ['uncaught-exception', 134, '(module (tag $t) (func (export "_start") (throw $t)))', []],
    ['refused', 126, '(module (import "env" "f" (func)) (func (export "_start")))', []],
    ['wall-clock-limit', 124, '(module (func (export "_start") (loop (br 0))))', ['--timeout', '200ms']],
    [
      'output-limit',
      137,
      `${writer(1, 'x', 60_000).replace(/\(drop \(call \$w.*\)\)\)\)$/, '(loop (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0))))')}`,
      ['--policy', 'strict'],
    ],
  ]
  it.each(outcomes)('%s is %i, with one line on stderr', async (outcome, code, text, args) => {
    const ended = await gauntlet(['run', await module(outcome, text), ...args])
    expect(ended.stderr).toMatch(new RegExp(`^gauntlet: ${outcome}: [^\\n]+\\n$`))
    expect(ended.code).toBe(code)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the guest, and the code is %i', async (signal, code) => {
    const path = await module('spin', '(module (func (export "_start") (loop (br 0))))')
    const ended = await gauntlet(['run', path, '--stdin', '-'], {
      // Once all of this is read the command listens to signals. Half a second later the guest is likely to run; the result must be the same if not.
      stdin: new Uint8Array(2 ** 20),
      onStdinRead: (kill) => setTimeout(() => kill(signal), 500),
    })
    expect(ended.stderr).toMatch(/^gauntlet: terminated: /)
    expect(ended.code).toBe(code)
  })

  it('Ctrl-C ends the wait for standard input too', async () => {
    const ended = await gauntlet(['run', 'examples/hello.wat', '--stdin', '-'], {
      stdin: new Uint8Array(2 ** 20),
      keepStdinOpen: true,
      onStdinRead: (kill) => kill('SIGINT'),
    })
    expect(ended.code).toBe(130)
    expect(ended.stdout).toBe('')
  })
})

describe('--json', () => {
  it('prints the result and nothing else', async () => {
    const ended = await gauntlet(['run', await module('json', writer(1, 'caf\\c3\\a9\\ff', 6)), '--json'])
    const result = JSON.parse(ended.stdout)
    expect(result).toMatchObject({ outcome: 'completed', success: true, exitCode: 0, trap: null, values: [] })
    expect(result.stdout).toEqual({
      text: 'café\ufffd',
      base64: Buffer.from([0x63, 0x61, 0x66, 0xc3, 0xa9, 0xff]).toString('base64'),
    })
    expect(result.stderr).toEqual({ text: '' })
    expect(ended.stderr).toBe('')
  })

  it('writes 64-bit integers and NaN as text', async () => {
    const path = await module(
      'values',
      '(module (func (export "v") (result i64 f64 f64 i32) i64.const -1 f64.const nan f64.const -0 i32.const 7))',
    )
    const ended = await gauntlet(['run', path, '--entry', 'v', '--json'])
    expect(JSON.parse(ended.stdout).values).toEqual(['-1', 'NaN', '-0', 7])
  })

  it('keeps the exit code of the outcome', async () => {
    const ended = await gauntlet(['run', await module('exit-9', EXIT(9)), '--json'])
    expect(ended.code).toBe(9)
    expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: 'exited', exitCode: 9, success: false })
  })
})

it('names the failing outcome in one line that begins with the command', async () => {
  expect(complaint(await gauntlet(['run', 'examples/thief.wat']))).toMatch(
    /^refused: The import "constructor" "constructor" is not known/,
  )
})
