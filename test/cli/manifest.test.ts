// Modules with manifests on the command line: who agrees, what is kept, what is told.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { MANIFEST_SECTION } from '../../src/sandbox/policy/manifest.ts'
import { writer } from '../../src/wasm/index.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

const HELLO = await assemble(`(module
  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00") (data (i32.const 16) "hello\\0a")
  (func (export "_start") (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`)
const STDOUT = { capability: 'stdio', streams: ['stdout'], reason: 'To greet.' }
const HTTP = { capability: 'net.http', allow: ['https://api.example.org'], reason: 'To ask\u001b[2J.' }
const manifest = (...capabilities: unknown[]) => JSON.stringify({ manifest: 1, name: 'greeter', version: '1.0.0', capabilities })

let count = 0
/** A path for a module of these bytes, with manifests inside and beside it. */
function module({ inside, beside, bytes = HELLO }: { inside?: string; beside?: string; bytes?: Uint8Array }): string {
  const path = join(dir, `module-${count++}.wasm`)
  const section = inside === undefined ? [] : [writer.customSection(MANIFEST_SECTION, new TextEncoder().encode(inside))]
  writeFileSync(path, Buffer.concat([bytes, ...section]))
  if (beside !== undefined) writeFileSync(`${path}.manifest.json`, beside)
  return path
}

describe('a module with a manifest', () => {
  it.each(['inside', 'beside'] as const)(
    'that is %s does not run where nobody can be asked, and the list says what it wants',
    async (where) => {
      const ended = await gauntlet(['run', module({ [where]: manifest(STDOUT) })], { stdin: 'y\n' })
      expect(ended).toMatchObject({ code: 64, stdout: '' })
      expect(ended.stderr).toMatch(/pass --yes to allow what follows/)
      expect(ended.stderr).toContain('- Write to standard output.\n    The module\'s reason: "To greet."')
      expect(ended.stderr).toMatch(/SHA-256 [0-9a-f]{64}/)
    },
  )

  it('runs with --yes, with what the policy allows, and is told what it does not get', async () => {
    const ended = await gauntlet(['run', module({ inside: manifest(STDOUT, HTTP) }), '--yes'])
    expect(ended).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(ended.stderr).toBe(
      'gauntlet: net.http: Requested, refused because the policy "default" does not grant net.http to "https://api.example.org".\n',
    )
  })

  it('has its decisions in --json', async () => {
    const ended = await gauntlet([
      'run',
      module({ inside: manifest(STDOUT, HTTP) }),
      '--yes',
      '--json',
      '--allow-http',
      'https://*.example.org',
    ])
    expect(JSON.parse(ended.stdout).negotiation).toMatchObject([
      { capability: 'stdio', object: '"stdout"', state: 'granted' },
      { capability: 'net.http', object: '"https://api.example.org"', state: 'granted' },
    ])
    expect(ended.stderr).toBe('')
  })

  it('gets nothing that it does not ask for, whatever the policy grants', async () => {
    const args = ['run', module({ inside: manifest() })]
    expect(await gauntlet(args)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(complaint(await gauntlet([...args, '--env', 'A=1']))).toMatch(/does not grant environment variables/)
    expect(complaint(await gauntlet([...args, '--', 'word']))).toMatch(/does not grant arguments/)
  })

  it('shows its words neutralised', async () => {
    const ended = await gauntlet(['run', module({ inside: manifest(HTTP) }), '--allow-http', 'https://api.example.org'])
    expect(ended.stderr).toContain('The module\'s reason: "To ask\\u{1b}[2J."')
    expect(ended.stderr).not.toContain('\u001b')
  })

  it('is refused if it has two that differ, or a bad one', async () => {
    expect(await gauntlet(['run', module({ inside: manifest(STDOUT), beside: manifest() }), '--yes'])).toMatchObject({
      code: 66,
      stderr: expect.stringMatching(/the manifest beside the module is not the one inside/i),
    })
    const bad = module({ beside: '{"manifest":1}' })
    expect(await gauntlet(['run', bad, '--yes'])).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('manifest.json: The manifest is not valid'),
    })
    const inside = await gauntlet(['run', module({ inside: '{' }), '--yes', '--json'])
    expect(inside.code).toBe(126)
    expect(JSON.parse(inside.stdout).securityEvents).toMatchObject([{ type: 'module-refused', code: 'manifest-invalid' }])
  })

  it('is not asked about if it would be refused all the same', async () => {
    const thief = module({
      inside: manifest(STDOUT),
      bytes: await assemble('(module (import "env" "f" (func)) (func (export "_start")))'),
    })
    expect(complaint(await gauntlet(['run', thief]))).toMatch(/^refused: /)
  })

  it('may be required', async () => {
    expect(complaint(await gauntlet(['run', module({}), '--require-manifest']))).toMatch(/The module has no manifest/)
    expect(await gauntlet(['run', module({})])).toMatchObject({ code: 0, stdout: 'hello\n' })
  })

  it('is shown by inspect, with what each host call needs and where it is done', async () => {
    const { stdout, code } = await gauntlet(['inspect', module({ beside: manifest(STDOUT, HTTP) })])
    expect(code).toBe(0)
    expect(stdout).toMatch(/"fd_write", function: granted \(stdio or fs or net\), in the guest's thread or the host process/)
    expect(stdout).toContain('manifest\n  greeter 1.0.0\n  - Write to standard output.\n')
    expect(stdout).toContain('does not grant net.http to "https://api.example.org".')
    const json = JSON.parse((await gauntlet(['inspect', module({ inside: manifest(STDOUT) }), '--json'])).stdout)
    expect(json.manifest).toMatchObject({ name: 'greeter', decisions: [{ capability: 'stdio', state: 'granted' }] })
    expect(json.imports[0]).toMatchObject({ capabilities: ['stdio', 'fs', 'net'], place: 'either' })
  })
})

describe('consents', () => {
  it('are kept, listed, revoked, and asked for again', async () => {
    const file = join(dir, 'consents.json')
    const path = module({ inside: manifest(STDOUT) })
    expect(await gauntlet(['run', path, '--consent', file])).toMatchObject({ code: 64 })
    expect(await gauntlet(['run', path, '--consent', file, '--yes'])).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(await gauntlet(['run', path, '--consent', file])).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' })
    const list = await gauntlet(['consent', 'list', '--consent', file])
    expect(list.stdout).toMatch(
      /^greeter 1\.0\.0: granted on \d{4}.*\n {2}SHA-256 [0-9a-f]{64}\n {2}- Write to standard output\.\n$/,
    )
    expect(JSON.parse((await gauntlet(['consent', 'list', '--consent', file, '--json'])).stdout)).toMatchObject([
      { name: 'greeter' },
    ])
    expect((await gauntlet(['consent', 'revoke', 'greeter', '--consent', file])).stdout).toMatch(/^Revoked: greeter 1\.0\.0/)
    expect(complaint(await gauntlet(['consent', 'revoke', 'greeter', '--consent', file]))).toMatch(
      /There is no consent for "greeter"/,
    )
    expect(await gauntlet(['run', path, '--consent', file])).toMatchObject({ code: 64 })
  })

  it('carry over to a new version only if somebody vouches for both', async () => {
    const file = join(dir, 'lineage.json')
    const version = (text: string) => module({ inside: manifest(STDOUT).replace('1.0.0', text) })
    const vouched = ['--consent', file, '--principal', 'publisher']
    expect((await gauntlet(['run', version('1.0.0'), ...vouched, '--yes'])).code).toBe(0)
    expect((await gauntlet(['run', version('1.0.1'), ...vouched])).code).toBe(0)
    expect((await gauntlet(['run', version('1.0.1'), '--consent', file])).code).toBe(64)
    expect((await gauntlet(['run', version('0.9.0'), ...vouched])).code).toBe(64)
  })

  it('in a file that cannot be used stop the run', async () => {
    const file = join(dir, 'broken.json')
    writeFileSync(file, '{"consents":1,')
    const path = module({ inside: manifest(STDOUT) })
    for (const more of [[], ['--yes']]) {
      const ended = await gauntlet(['run', path, '--consent', file, ...more])
      expect(ended.code).toBe(66)
      expect(complaint(ended)).toMatch(/broken\.json cannot be used: it is not valid JSON/)
    }
    expect(readFileSync(file, 'utf8')).toBe('{"consents":1,')
    expect((await gauntlet(['consent', 'list', '--consent', file])).code).toBe(66)
    expect(await gauntlet(['consent', 'list'])).toMatchObject({ code: 64, stdout: '' })
  })
})

describe('words behind --', () => {
  const ARGS = `(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $s (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $g (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (drop (call $s (i32.const 0) (i32.const 20))) (drop (call $g (i32.const 1024) (i32.const 2048)))
      (i32.store (i32.const 16) (i32.const 2048)) (drop (call $w (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))))`

  it('are the program’s, after those of --arg, dashes and all', async () => {
    const path = module({ bytes: await assemble(ARGS) })
    const ended = await gauntlet(['run', path, '--arg', 'one', '--', '--json', '-x', '--', ''])
    expect(ended.stdout.split('\0').slice(1)).toEqual(['one', '--json', '-x', '--', '', ''])
  })

  it('are values if a function is called', async () => {
    expect(await gauntlet(['run', 'examples/add.wat', '--entry', 'add', '--', '40', '-2'])).toMatchObject({
      code: 0,
      stdout: '38\n',
    })
  })
})
