// gauntlet run --save-snapshot and --from: states in files, sealed or not.
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
const at = (name: string) => join(dir, name)

const MODULE = at('probe.wasm')
writeFileSync(
  MODULE,
  await assemble(`(module (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "warm") (param i32) (global.set $n (i32.mul (global.get $n) (local.get 0))))
    (func (export "fail") unreachable)
    (func (export "n") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))`),
)

it('a state is written after the function that is named, and guests begin there', async () => {
  const file = at('warm.snapshot')
  expect(await gauntlet(['run', MODULE, '--save-snapshot', file, '--entry', 'warm', '--arg', '10'])).toMatchObject({
    code: 0,
    stderr: '',
  })
  for (let round = 0; round < 2; round++)
    expect(await gauntlet(['run', MODULE, '--from', file, '--entry', 'n'])).toMatchObject({ code: 0, stdout: '11\n', stderr: '' })
})

it('a state is not written if the guest does not get there', async () => {
  const file = at('never.snapshot')
  expect((await gauntlet(['run', MODULE, '--save-snapshot', file, '--entry', 'fail'])).code).toBe(134)
  const missing = await gauntlet(['run', MODULE, '--from', file, '--entry', 'n'])
  expect([missing.code, complaint(missing)]).toEqual([66, expect.stringContaining('ENOENT')])
})

it('a sealed state needs the key, the right one, and is noticed if it was changed', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(at('private.pem'), privateKey)
  writeFileSync(at('public.pem'), publicKey)
  writeFileSync(at('secret'), 'these are secret bytes')
  const file = at('sealed.snapshot')
  const begin = (...more: string[]) => gauntlet(['run', MODULE, '--from', file, '--entry', 'n', ...more])
  expect((await gauntlet(['run', MODULE, '--save-snapshot', file, '--snapshot-key', at('private.pem')])).code).toBe(0)
  expect(await begin('--snapshot-key', at('public.pem'))).toMatchObject({ code: 0, stdout: '2\n' })
  expect(await begin()).toMatchObject({ code: 66, stderr: expect.stringContaining('give the key') })
  expect(await begin('--snapshot-key', at('secret'))).toMatchObject({ code: 66, stderr: expect.stringContaining('another kind') })
  const bytes = readFileSync(file)
  bytes[200]! ^= 1
  writeFileSync(file, bytes)
  expect(await begin('--snapshot-key', at('public.pem'))).toMatchObject({ code: 66, stderr: expect.stringContaining('damaged') })
})

it('a state of another module or policy is refused with the reason', async () => {
  const file = at('other.snapshot')
  await gauntlet(['run', MODULE, '--save-snapshot', file])
  expect(await gauntlet(['run', MODULE, '--from', file, '--entry', 'n', '--memory', '1MiB'])).toMatchObject({
    code: 66,
    stderr: expect.stringContaining('under the same'),
  })
})
