// gauntlet attest, as a shell runs it, and the attestation at the end of gauntlet fuzz.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxDigest } from '../../src/campaign/sandbox-digest.ts'
import { visibleJson } from '../../src/reports/visible.ts'
import { smallRecord } from '../reports/hostile.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
const file = (...names: string[]) => join(dir, ...names)
const key = (name: string) => ['--key', file(`${name}.public.key`)]
const sign = (run: string, name: string) => gauntlet(['attest', 'sign', file(run), '-k', file(`${name}.secret.key`)])
const verify = (run: string, ...more: string[]) => gauntlet(['attest', 'verify', file(run), ...more])

beforeAll(async () => {
  for (const name of ['alice', 'bob']) expect((await gauntlet(['keygen', name, '--out', dir])).code).toBe(0)
  mkdirSync(file('unsigned'))
  writeFileSync(file('unsigned', 'report.json'), visibleJson(smallRecord()))
  writeFileSync(file('unsigned', 'report.md'), '# FAILED\n')
  cpSync(file('unsigned'), file('run'), { recursive: true })
  expect((await sign('run', 'alice')).stdout).toBe(`${file('run', 'attestation.intoto.json')}: 2 files, 1 signature\n`)
})
afterAll(remove)

/** A copy of the signed run, to be spoilt. */
let copies = 0
function copy(): string {
  const name = `copy-${copies++}`
  cpSync(file('run'), file(name), { recursive: true })
  return name
}

describe('gauntlet attest verify', () => {
  it('ends with 0 for what was signed, and says what the run came to', async () => {
    const ended = await verify('run', ...key('alice'))
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toMatch(
      /^verified: signed by alice\.public\.key; 2 files .*\nresult {4}FAILED, as follows from report\.json/,
    )
  })

  it.each(['report.json', 'report.md', 'attestation.intoto.json'])('ends with 1 if a byte of %s is another', async (name) => {
    const run = copy()
    const bytes = readFileSync(file(run, name))
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    writeFileSync(file(run, name), bytes)
    const ended = await verify(run, ...key('alice'))
    expect([ended.code, ended.stderr]).toEqual([1, ''])
    expect(ended.stdout).toMatch(/^not verified: /)
  })

  it('ends with 1 for keys that have not signed it', async () => {
    expect((await verify('run', ...key('bob'))).stdout).toMatch(
      /^not verified: 1 of the trusted keys must have signed it, and none has/,
    )
    expect((await verify('run', ...key('alice'), ...key('bob'))).code).toBe(1)
    expect((await verify('run', ...key('alice'), ...key('bob'), '--required', '1')).code).toBe(0)
  })

  it('takes the keys of a policy', async () => {
    const publicKey = readFileSync(file('alice.public.key')).subarray(1).toString('base64')
    const expired = `signatures: { required: 1, keys: [{ name: a, publicKey: "${publicKey}", notAfter: 2020-01-01T00:00:00Z }] }\n`
    writeFileSync(file('expired.yaml'), expired)
    writeFileSync(file('policy.yaml'), expired.replace(', notAfter: 2020-01-01T00:00:00Z', ''))
    expect((await verify('run', '--policy', file('policy.yaml'))).code).toBe(0)
    const ended = await verify('run', '--policy', file('expired.yaml'))
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringMatching(/"a" does not count after 2020/)])
  })

  it('prints the statement as JSON, and none of one that is not genuine', async () => {
    expect(JSON.parse((await verify('run', ...key('alice'), '--json')).stdout)).toMatchObject({
      verified: true,
      problems: [],
      signers: ['alice.public.key'],
      statement: { predicate: { result: 'FAILED' } },
    })
    const other = JSON.parse((await verify('run', ...key('bob'), '--json')).stdout)
    expect(other).toMatchObject({ verified: false, signers: [], statement: null })
  })

  it.each([
    [64, 'run', [], /^Say who is trusted/],
    [66, 'unsigned', key('alice'), /attestation\.intoto\.json cannot be read \(ENOENT\)/],
    [66, 'nowhere', key('alice'), /attestation\.intoto\.json cannot be read \(ENOENT\)/],
    [66, 'run', ['--key', file('alice.secret.key')], /This is a secret key/],
  ] as const)('ends with %i for %s and %j', async (code, run, more, message) => {
    const ended = await verify(run, ...more)
    expect([ended.code, complaint(ended)]).toEqual([code, expect.stringMatching(message)])
  })
})

describe('gauntlet attest sign', () => {
  it('adds a second signature, and changes nothing if the same key signs again', async () => {
    const run = copy()
    expect((await sign(run, 'bob')).stdout).toMatch(/2 files, 2 signatures\n$/)
    const both = readFileSync(file(run, 'attestation.intoto.json'))
    expect((await verify(run, ...key('alice'), ...key('bob'))).code).toBe(0)
    expect((await sign(run, 'bob')).code).toBe(0)
    expect(readFileSync(file(run, 'attestation.intoto.json'))).toEqual(both)
  })

  it('does not put a signature over an attestation of other files', async () => {
    const run = copy()
    const before = readFileSync(file(run, 'attestation.intoto.json'))
    writeFileSync(file(run, 'report.md'), '# PASSED\n')
    const ended = await sign(run, 'alice')
    expect([ended.code, complaint(ended)]).toEqual([66, expect.stringMatching(/is about other files than are there now/)])
    expect(readFileSync(file(run, 'attestation.intoto.json'))).toEqual(before)
  })

  it.each([
    [66, 'run', 'alice.public.key', /This is a public key/],
    [66, 'nowhere', 'alice.secret.key', /report\.json cannot be read \(ENOENT\)/],
  ] as const)('ends with %i for %s and %s', async (code, run, secret, message) => {
    const ended = await gauntlet(['attest', 'sign', file(run), '-k', file(secret)])
    expect([ended.code, complaint(ended)]).toEqual([code, expect.stringMatching(message)])
  })

  it('signs no folder without a report', async () => {
    const run = copy()
    writeFileSync(file(run, 'report.json'), '{}')
    const ended = await sign(run, 'alice')
    expect([ended.code, complaint(ended)]).toEqual([66, expect.stringMatching(/is no report of this version/)])
  })
})

describe('gauntlet fuzz --attest-key', () => {
  it('signs all reports at the end, an interrupted run too, and names the sandbox that was attacked', async () => {
    let sent = false
    const args = ['--target', 'inline', '--seed', '5', '--budget', '60s', '--reports', file('reports'), '--no-weakenings']
    const ended = await gauntlet(['fuzz', ...args, '--attest-key', file('alice.secret.key')], {
      onStderr: (text, kill) => {
        if (sent || text === '') return
        sent = true
        kill('SIGINT')
      },
    })
    expect(ended.code).toBe(130)
    const checked = await verify(join('reports', 'latest'), ...key('alice'))
    expect(checked).toMatchObject({ code: 0, stderr: '' })
    expect(checked.stdout).toMatch(/^result {4}WARNED/m)
    expect(checked.stdout).toContain(`sandbox   ${sandboxDigest()}\n`)
    expect(readdirSync(file('reports', 'latest'))).toContain('vex.cdx.json')
  }, 300_000)

  it('leaves nothing behind if the key is none', async () => {
    rmSync(file('none'), { recursive: true, force: true })
    const ended = await gauntlet(['fuzz', '--reports', file('none'), '--attest-key', file('alice.public.key')])
    expect([ended.code, complaint(ended)]).toEqual([66, expect.stringMatching(/This is a public key/)])
    expect(statSync(file('none'), { throwIfNoEntry: false })).toBeUndefined()
  })
})
