// keygen, sign and verify, as a shell runs them.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
const file = (name: string) => join(dir, name)
const key = (name: string) => ['--key', file(`${name}.public.key`)]
const base64 = (name: string) =>
  readFileSync(file(`${name}.public.key`))
    .subarray(1)
    .toString('base64')

beforeAll(async () => {
  for (const name of ['alice', 'bob'])
    expect(await gauntlet(['keygen', name, '--out', dir])).toMatchObject({ code: 0, stderr: '' })
  expect((await gauntlet(['sign', 'examples/hello.wat', '-k', file('alice.secret.key'), '-o', file('one.wasm')])).stdout).toBe(
    `Signed as ${file('one.wasm')}: the module has 1 signature.\n`,
  )
  expect((await gauntlet(['sign', file('one.wasm'), '-k', file('bob.secret.key'), '-o', file('two.wasm')])).stdout).toBe(
    `Signed as ${file('two.wasm')}: the module has 2 signatures.\n`,
  )
  writeFileSync(file('policy.yaml'), `signatures: { required: 2, keys: [${['alice', 'bob'].map(entry).join(', ')}] }\n`)
  writeFileSync(file('cut.wasm'), readFileSync(file('one.wasm')).subarray(0, -1))
})
const entry = (name: string) => `{ name: ${name}, publicKey: ${base64(name)} }`
afterAll(remove)

describe('gauntlet keygen', () => {
  it('writes a secret key that nobody else can read, and a public one, and shows the latter as a policy has it', async () => {
    const ended = await gauntlet(['keygen', 'carol', '--out', dir])
    expect(ended.stdout).toContain(base64('carol'))
    expect(statSync(file('carol.secret.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(file('carol.secret.key'))).toHaveLength(65)
    expect(readFileSync(file('carol.public.key'))).toHaveLength(33)
    expect(ended.stdout).not.toContain(readFileSync(file('carol.secret.key')).subarray(1, 33).toString('base64'))
  })

  it('never replaces a key, unless it is told to; then the new one is as secret as a new one', async () => {
    await gauntlet(['keygen', 'dave', '--out', dir])
    const before = readFileSync(file('dave.secret.key'))
    const ended = await gauntlet(['keygen', 'dave', '--out', dir])
    expect([ended.code, complaint(ended)]).toEqual([
      66,
      `${file('dave.secret.key')} is there already; name another key, or add --force to replace it for good.`,
    ])
    expect(readFileSync(file('dave.secret.key'))).toEqual(before)
    chmodSync(file('dave.secret.key'), 0o644)
    expect((await gauntlet(['keygen', 'dave', '--out', dir, '--force'])).code).toBe(0)
    expect(readFileSync(file('dave.secret.key'))).not.toEqual(before)
    expect(statSync(file('dave.secret.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('writes nothing if one of the two files is there', async () => {
    writeFileSync(file('erin.public.key'), 'something')
    expect((await gauntlet(['keygen', 'erin', '--out', dir])).code).toBe(66)
    expect(readdirSync(dir)).not.toContain('erin.secret.key')
  })

  it('writes through no link', async () => {
    symlinkSync(file('elsewhere'), file('frank.secret.key'))
    for (const more of [[], ['--force']]) expect((await gauntlet(['keygen', 'frank', '--out', dir, ...more])).code).toBe(66)
    expect(readdirSync(dir)).not.toContain('elsewhere')
  })

  it.each([
    [64, '../x'],
    [64, ''],
    [64, '-'],
    [64, '.hidden'],
    [66, 'x', '--out', '/nowhere/at/all'],
  ] as [number, ...string[]][])('ends with %i for %j', async (code, ...words) => {
    const ended = await gauntlet(['keygen', ...words])
    expect(ended.code).toBe(code)
    expect(ended.stdout).toBe('')
  })
})

describe('gauntlet sign', () => {
  const sign = (module: string, secret: string, out: string, ...more: string[]) =>
    gauntlet(['sign', file(module), '-k', file(secret), '-o', file(out), ...more])

  it('can put the signed module where the module was', async () => {
    writeFileSync(file('own.wasm'), readFileSync(file('one.wasm')))
    expect((await sign('own.wasm', 'bob.secret.key', 'own.wasm')).code).toBe(0)
    expect(readFileSync(file('own.wasm'))).toEqual(readFileSync(file('two.wasm')))
  })

  it('can write the signature alone', async () => {
    const before = readFileSync(file('one.wasm'))
    writeFileSync(file('plain.wasm'), Buffer.concat([before.subarray(0, 8), Buffer.of(0, 2, 1, 0x78)]))
    expect((await sign('plain.wasm', 'alice.secret.key', 'plain.sig', '--detached')).code).toBe(0)
    const verify = (name: string) => gauntlet(['verify', file(name), ...key('alice'), '--signature', file('plain.sig')])
    expect((await verify('plain.wasm')).code).toBe(0)
    expect((await verify('one.wasm')).code).toBe(1)
  })

  it.each([
    ['a public key', 'one.wasm', 'alice.public.key', /alice\.public\.key: This is a public key/],
    ['a module for a key', 'one.wasm', 'two.wasm', /two\.wasm: This is no secret key/],
    ['a key that is not there', 'one.wasm', 'nobody.key', /nobody\.key cannot be read \(ENOENT\)/],
    ['a key for a module', 'alice.public.key', 'alice.secret.key', /alice\.public\.key: This is no WebAssembly module/],
    ['a module that is cut', 'cut.wasm', 'alice.secret.key', /cut\.wasm: This is no WebAssembly module\. At byte \d+/],
    ['a module that is not there', 'nothing.wasm', 'alice.secret.key', /nothing\.wasm cannot be read/],
    ['a module that has this signature', 'one.wasm', 'alice.secret.key', /one\.wasm: The module is signed with this key already/],
  ])('does not take %s', async (_, module, secret, message) => {
    const ended = await sign(module, secret, 'never.wasm')
    expect(ended.code).toBe(66)
    expect(complaint(ended)).toMatch(message)
    expect(readdirSync(dir)).not.toContain('never.wasm')
  })

  it('does not write over what is no file', async () => {
    mkdirSync(file('folder'))
    symlinkSync(file('elsewhere'), file('link'))
    for (const out of ['folder', 'link']) {
      const ended = await sign('one.wasm', 'bob.secret.key', out)
      expect([ended.code, complaint(ended)]).toEqual([66, `${file(out)} is there and is no regular file; name another one.`])
    }
  })
})

describe('gauntlet verify', () => {
  it.each([
    [0, 'one.wasm', key('alice'), /^verified: All of the module is signed by "alice\.public\.key"\.\n/],
    [0, 'two.wasm', [...key('alice'), ...key('bob')], /^verified: .* "alice\.public\.key", "bob\.public\.key"\.\n/],
    [0, 'one.wasm', [...key('alice'), ...key('bob'), '--required', '1'], /^verified: /],
    // All of the keys, if no number is given.
    [1, 'one.wasm', [...key('alice'), ...key('bob')], /^not verified \(signature-untrusted\): /],
    [1, 'one.wasm', key('bob'), /^not verified \(signature-untrusted\): /],
    [1, 'cut.wasm', key('alice'), /^not verified \(signature-invalid\): This is no complete WebAssembly module\./],
    [1, 'alice.public.key', key('alice'), /^not verified \(signature-invalid\): /],
  ] as const)('ends with %i for %s and %j', async (code, module, more, said) => {
    const ended = await gauntlet(['verify', file(module), ...more])
    expect(ended).toMatchObject({ code, stderr: '' })
    expect(ended.stdout).toMatch(said)
  })

  it('takes the keys of a policy, and `run` with the same policy agrees', async () => {
    for (const [module, verified, run] of [
      ['two.wasm', 0, 0],
      ['one.wasm', 1, 126],
    ] as const) {
      expect((await gauntlet(['verify', file(module), '--policy', file('policy.yaml')])).code).toBe(verified)
      const ended = await gauntlet(['run', file(module), '--policy', file('policy.yaml')])
      expect(ended.code).toBe(run)
      if (run !== 0)
        expect(complaint(ended)).toMatch(/^refused: The policy requires signatures of 2 of its keys; the module has "alice"\.$/)
    }
  })

  it('prints JSON', async () => {
    const ended = await gauntlet(['verify', file('one.wasm'), ...key('bob'), '--json'])
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.stdout)).toMatchObject({
      verified: false,
      problem: 'signature-untrusted',
      signers: [],
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it.each([
    [64, [], /^Say who is trusted/],
    [64, [...key('alice'), '--policy', 'strict'], /^Say who is trusted/],
    [64, ['--policy', 'strict'], /^The policy strict requires no signatures/],
    [64, [...key('alice'), '--required', '2'], /^--required "2" must be a whole number from 1 to 1/],
    [64, [...key('alice'), '--required', '0'], /^--required "0"/],
    [66, ['--key', file('alice.secret.key')], /alice\.secret\.key: This is a secret key, which nobody else should have/],
    [66, ['--key', file('one.wasm')], /one\.wasm: This is no public key/],
    [66, [...key('alice'), '--signature', file('none.sig')], /none\.sig cannot be read \(ENOENT\)/],
    [78, [...key('alice'), ...key('alice')], /is the same key as/],
  ] as const)('ends with %i for %j', async (code, more, message) => {
    const ended = await gauntlet(['verify', file('one.wasm'), ...more])
    expect(ended.code).toBe(code)
    expect(complaint(ended)).toMatch(message)
  })
})
