// Bad input on the command line: one sentence with the place and the remedy, the right exit code, nothing else.
import { execFileSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
const file = (name: string) => join(dir, name)
const HELLO = 'examples/hello.wat'

beforeAll(() => {
  writeFileSync(file('empty.wasm'), '')
  writeFileSync(file('truncated.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0x7f, 1))
  writeFileSync(file('text.wasm'), '(module)\n')
  writeFileSync(file('component.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0))
  writeFileSync(file('huge.wasm'), '')
  truncateSync(file('huge.wasm'), 2 ** 31)
  writeFileSync(file('broken.wat'), '(module\n  (func (export "_start")\n    (i32.nonsense)))\n')
  writeFileSync(file('latin1.wat'), Uint8Array.of(0x28, 0xe9, 0x29))
  writeFileSync(file('unknown-key.yaml'), 'quotas:\n  memoryByte: 16MiB\n')
  writeFileSync(file('impossible.yaml'), 'quotas:\n  memoryBytes: -1\n')
  writeFileSync(file('unenforceable.yaml'), 'isolation: { level: inline }\n')
  writeFileSync(file('list.yaml'), '- default\n')
  writeFileSync(file('broken.yaml'), 'quotas: {memoryBytes: 1\n')
  writeFileSync(file('duplicate.json'), '{"extends": "strict", "extends": "relaxed"}')
  mkdirSync(file('folder.wasm'))
  execFileSync('mkfifo', [file('fifo.wasm')])
})
afterAll(remove)

const refused: [what: string, name: string, message: RegExp][] = [
  ['an empty file', 'empty.wasm', /refused: (This is not a WebAssembly core module|The module is malformed)\./],
  ['a truncated module', 'truncated.wasm', /refused: The module is malformed\./],
  ['text where binary is expected', 'text.wasm', /refused: .*not a WebAssembly core module/],
  ['a component', 'component.wasm', /refused: .*not a WebAssembly core module/],
  ['a file of 2 GiB, without reading it', 'huge.wasm', /refused: .*2147483648 bytes, and moduleBytes is \d+/],
]
describe.each(['run', 'inspect'])('gauntlet %s refuses', (command) => {
  it.each(refused)('%s', async (_, name, message) => {
    const ended = await gauntlet([command, file(name)])
    expect(ended.code).toBe(126)
    if (command === 'run') expect(complaint(ended)).toMatch(message)
    else expect(ended.stdout).toMatch(/^verdict +refused/)
  })
})

describe('gauntlet run --json', () => {
  it.each(refused)('prints a result for %s', async (_, name) => {
    const ended = await gauntlet(['run', file(name), '--json'])
    expect(ended.code).toBe(126)
    expect(ended.stderr).toBe('')
    expect(JSON.parse(ended.stdout)).toMatchObject({
      outcome: 'refused',
      success: false,
      securityEvents: [{ type: 'module-refused' }],
    })
  })
})

const complaints: [what: string, args: string[], code: number, message: RegExp][] = [
  ['a file that is not there', ['run', file('nowhere.wasm')], 66, /nowhere\.wasm cannot be read \(ENOENT\); check the path\./],
  ['a folder', ['run', file('folder.wasm')], 66, /folder\.wasm is not a regular file/],
  ['a pipe that nobody writes to', ['run', file('fifo.wasm')], 66, /fifo\.wasm is not a regular file/],
  ['text that does not assemble', ['run', file('broken.wat')], 66, /broken\.wat:3: this does not assemble: /],
  ['text that is not UTF-8', ['run', file('latin1.wat')], 66, /latin1\.wat is not UTF-8/],
  [
    'an unknown policy',
    ['run', HELLO, '--policy', 'lax'],
    78,
    /There is no policy "lax"; the built-in ones are strict, default, relaxed/,
  ],
  ['a policy file that is not there', ['run', HELLO, '--policy', file('nowhere.yaml')], 66, /nowhere\.yaml cannot be read/],
  [
    'an unknown policy key',
    ['run', HELLO, '--policy', file('unknown-key.yaml')],
    78,
    /unknown-key\.yaml: .*quotas: .*memoryByte"/,
  ],
  ['an impossible limit', ['run', HELLO, '--policy', file('impossible.yaml')], 78, /quotas\.memoryBytes: must be a size/],
  [
    'a limit that cannot be enforced',
    ['run', HELLO, '--policy', file('unenforceable.yaml')],
    78,
    /quotas\.wallClockMs: isolation level inline cannot enforce it/,
  ],
  ['a policy that is a list', ['run', HELLO, '--policy', file('list.yaml')], 78, /list\.yaml holds no policy/],
  ['a policy that is not YAML', ['run', HELLO, '--policy', file('broken.yaml')], 78, /broken\.yaml is neither YAML nor JSON/],
  [
    'a policy with a key twice',
    ['run', HELLO, '--policy', file('duplicate.json')],
    78,
    /duplicate\.json is neither YAML nor JSON: Map keys must be unique/,
  ],
  ['a timeout without sense', ['run', HELLO, '--timeout', 'soon'], 64, /--timeout "soon" is not understood; write 500ms/],
  ['a timeout of zero', ['run', HELLO, '--timeout', '0s'], 78, /quotas\.wallClockMs: must be a time/],
  ['a size without sense', ['run', HELLO, '--memory', '16 elephants'], 64, /--memory "16 elephants" is not understood/],
  ['more memory than there may be', ['run', HELLO, '--memory', '9999GiB'], 78, /quotas\.memoryBytes: must be a size/],
  ['a variable without a value', ['run', HELLO, '--env', 'LANG'], 64, /--env "LANG" is not NAME=value/],
  [
    'a variable that strict does not grant',
    ['run', HELLO, '--policy', 'strict', '--env', 'A=1'],
    64,
    /does not grant environment variables/,
  ],
  ['standard input that is not there', ['run', HELLO, '--stdin', file('nowhere')], 66, /nowhere cannot be read/],
  [
    'too much standard input',
    ['run', HELLO, '--stdin', file('huge.wasm')],
    66,
    /more than 10485760 bytes, the limit of policy "default"/,
  ],
  [
    'too few arguments of a function',
    ['run', 'examples/add.wat', '--entry', 'add', '--arg', '1'],
    64,
    /takes 2 arguments \(i64, i64\) and 1 are given/,
  ],
  [
    'an argument that is no integer',
    ['run', 'examples/add.wat', '--entry', 'add', '--arg', '1', '--arg', 'two'],
    64,
    /--arg "two" is not an i64/,
  ],
  ['an unknown threat', ['threats', 'LNK-99'], 64, /There is no threat "LNK-99"/],
  ['an unknown boundary', ['threats', '--boundary', 'moon'], 64, /There is no boundary "moon"; there are module-bytes, /],
]
it.each(complaints)('%s', async (_, args, code, message) => {
  const ended = await gauntlet(args)
  expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
  expect(ended.code).toBe(code)
})

it.each([['no-such-command'], ['run'], ['run', HELLO, '--no-such-option'], ['run', HELLO, 'another.wasm'], []])(
  'the command line "%s %s %s" is a usage error',
  async (...args) => {
    const ended = await gauntlet(args.filter((arg) => arg !== undefined))
    expect(ended.code).toBe(64)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).not.toBe('')
  },
)
