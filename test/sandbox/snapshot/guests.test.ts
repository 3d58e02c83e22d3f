// Programs that compilers made: their state is captured and restored, and they do not notice.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { driven } from '../../guests/support/drivers.ts'
import { wat } from '../support/wat.ts'
import { JAIL } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

const ROOT = resolve(import.meta.dirname, '..', '..', '..')
const file = (path: string) => new Uint8Array(readFileSync(resolve(ROOT, path)))
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const sandbox = createSandbox(JAIL)
afterAll(() => sandbox[Symbol.asyncDispose]())

describe.each(['c', 'cpp', 'rust', 'go', 'assemblyscript'])('a command in %s', (language) => {
  it('begins from a snapshot as it begins from its module, each time with what it is handed then', async () => {
    const module = file(`examples/guests/${language}/hello.wasm`)
    const options = { args: ['hello', 'Ada'], stdin: 'first\n', env: { GREETING: 'Good day' } }
    const plain = await sandbox.execute(module, undefined, options)
    const from = await sandbox.preinitialise(module)
    for (let round = 0; round < 2; round++) {
      const restored = await sandbox.execute(module, undefined, { ...options, from })
      expect([restored.outcome, text(restored.stdout), text(restored.stderr)]).toEqual([
        plain.outcome,
        text(plain.stdout),
        text(plain.stderr),
      ])
    }
  })
})

describe('a library that has been used', () => {
  it.each([
    [
      'in Go, with a collector of its own',
      driven(
        file('node_modules/@wasm-fmt/gofmt/gofmt.wasm'),
        [
          ['alloc', 'alloc', '(param i32) (result i32)'],
          ['format', 'format', '(result i32)'],
          ['at', 'output_ptr', '(result i32)'],
          ['length', 'output_len', '(result i32)'],
        ],
        { source: 'package main\nfunc   main( ) {x:=1}' },
        '(drop (call $put_source (call $alloc (global.get $source)))) (drop (call $format)) (call $print (call $at) (call $length))',
      ),
      'package main\n\nfunc main() { x := 1 }\n',
    ],
    [
      'in Zig',
      driven(
        file('node_modules/@wasm-fmt/zig_fmt/zig_fmt.wasm'),
        [
          ['alloc', 'alloc', '(param i32) (result i32)'],
          ['format', 'format', '(param i32 i32) (result i32 i32)'],
        ],
        { source: 'pub   fn main()   void{}' },
        `(call $format (call $put_source (call $alloc (global.get $source))) (global.get $source))
         (local.set $length) (local.set $at) (call $print (local.get $at) (local.get $length))`,
      ),
      'pub fn main() void {}\n',
    ],
  ])('%s goes on where it was, in a fresh instance and in a used one', async (_, module, formatted) => {
    await using first = await sandbox.create(module, undefined, { snapshots: true })
    expect(text((await first.call('run')).stdout)).toBe(formatted)
    const snapshot = await first.snapshot()
    expect(text((await first.call('run')).stdout)).toBe(formatted)
    const after = await first.snapshot()
    await using second = await sandbox.restore(snapshot, module)
    expect(text((await second.call('run')).stdout)).toBe(formatted)
    await first.restore(snapshot)
    expect(text((await first.call('run')).stdout)).toBe(formatted)
    // Neither reads a clock or random numbers, so the same run ends in the same state.
    for (const instance of [first, second]) expect(Buffer.compare((await instance.snapshot()).image, after.image)).toBe(0)
  })

  it('in Rust hands out the addresses that it would have handed out', async () => {
    const module = file('node_modules/@dprint/json/plugin.wasm')
    await using first = await sandbox.create(module, undefined, { snapshots: true })
    await first.call('clear_shared_bytes', 200_000)
    const snapshot = await first.snapshot()
    await using second = await sandbox.restore(snapshot, module)
    for (const size of [10, 500_000, 1]) {
      const expected = (await first.call('clear_shared_bytes', size)).values
      expect((await second.call('clear_shared_bytes', size)).values).toEqual(expected)
    }
  })
})

it('the memory of a guest under the profile strict may be full: it is captured and put back again and again within its limit', async () => {
  await using strict = createSandbox('strict')
  const pages = strict.policy.quotas.memoryBytes / 65_536
  const module = wat(`(module (memory ${pages}) (func (export "fill")
    (memory.fill (i32.const 0) (i32.const 170) (i32.const ${pages * 65_536}))))`)
  await using first = await strict.create(module, undefined, { snapshots: true })
  await first.call('fill')
  const snapshot = await first.snapshot()
  expect(snapshot.byteLength).toBeGreaterThan(pages * 65_536)
  await using second = await strict.restore(snapshot, module)
  for (let round = 0; round < 4; round++) await second.restore(snapshot)
  expect(Buffer.compare((await second.snapshot()).image, snapshot.image)).toBe(0)
})
