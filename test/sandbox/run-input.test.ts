// What the embedder hands to a guest: only what the policy lets through, and nothing that would change its meaning on the way.
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/sandbox/errors.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../src/sandbox/policy/schema.ts'
import { grantsOf, type RunInput } from '../../src/sandbox/run-input.ts'

const grants = (input: RunInput, policy: PolicyInput = {}) => grantsOf(input, resolvePolicy(policy), [])
const refused = (input: RunInput, policy: PolicyInput, message: RegExp) => {
  expect(() => grants(input, policy)).toThrow(UsageError)
  expect(() => grants(input, policy)).toThrow(message)
}

describe('grantsOf', () => {
  it('hands over what is granted, as copies', () => {
    const args = ['a', 'b']
    const stdin = Uint8Array.of(1, 2)
    const made = grants({ args, env: { A: '1', B: 'x=y' }, stdin })
    args[0] = 'changed'
    stdin[0] = 99
    expect(made).toEqual({
      stdio: { stdin: true, stdout: true, stderr: true },
      args: ['a', 'b'],
      env: ['A=1', 'B=x=y'],
      clock: { granularityNs: 1_000_000 },
      random: 'system',
      stdin: Uint8Array.of(1, 2),
      outputBytes: 10 * 2 ** 20,
      handles: 100,
      fs: { mounts: [], quotas: { bytes: 64 * 2 ** 20, inodes: 20_000, nameBytes: 255, pathBytes: 4096 } },
      net: false,
      kv: false,
      log: true,
      metric: true,
      result: true,
      crypto: true,
      reports: { count: 1000, bytes: 2 ** 20 },
      hostCalls: { deny: [], log: [] },
      callLimit: null,
    })
  })

  it('grants nothing that the policy does not, and tells the cell neither names nor sources', () => {
    const made = grants({}, { extends: 'strict' })
    expect(made).toMatchObject({ fs: null, net: false, kv: false, log: false, metric: false, result: false, crypto: false })
    const granted = grants(
      {},
      {
        capabilities: {
          net: { http: { allow: ['https://origin.test'] } },
          kv: { namespace: 'secret-name' },
          crypto: { keys: [{ name: 'secret-key', use: ['sign'] }] },
          fs: { mounts: [{ kind: 'directory', at: '/data', source: '/secret/source' }] },
        },
        hostCalls: { deny: ['path_unlink_file'], log: ['fd_read'] },
      },
    )
    expect(granted).toMatchObject({
      net: true,
      kv: true,
      crypto: true,
      hostCalls: { deny: ['path_unlink_file'], log: ['fd_read'] },
    })
    expect(JSON.stringify(granted)).not.toMatch(/secret|origin/)
  })

  it('passes the mounts on as they were prepared', () => {
    const mounts = [{ kind: 'memory', at: '/', writable: true, entries: [] }] as const
    expect(grantsOf({}, resolvePolicy(), mounts).fs?.mounts).toBe(mounts)
    expect(grantsOf({}, resolvePolicy('strict'), mounts).fs).toBeNull()
  })

  it('has nothing of the host when nothing is handed in', () => {
    const made = grants({})
    expect([made.args, made.env, made.stdin]).toEqual([[], [], new Uint8Array(0)])
  })

  it('takes text as UTF-8', () => {
    expect([...grants({ stdin: 'é' }).stdin]).toEqual([0xc3, 0xa9])
  })

  it.each<[string, RunInput, PolicyInput, RegExp]>([
    ['arguments that are not granted', { args: ['a'] }, { capabilities: { args: false } }, /capabilities\.args/],
    ['variables that are not granted', { env: { A: '1' } }, { extends: 'strict' }, /capabilities\.env/],
    ['input without standard streams', { stdin: 'x' }, { capabilities: { stdio: null } }, /capabilities\.stdio\.stdin/],
    [
      'input to a stream that is off',
      { stdin: 'x' },
      { capabilities: { stdio: { stdin: false, stdout: true, stderr: true } } },
      /capabilities\.stdio\.stdin/,
    ],
    ['a NUL in an argument', { args: ['a\0b'] }, {}, /NUL/],
    ['a NUL in a value', { env: { A: 'x\0B=y' } }, {}, /NUL/],
    ['a NUL in a name', { env: { 'A\0': 'x' } }, {}, /NUL/],
    ['a name with an equals sign', { env: { 'A=B': 'x' } }, {}, /"="/],
    ['an empty name', { env: { '': 'x' } }, {}, /"="/],
    ['arguments over the limit', { args: ['12345'] }, { quotas: { argumentBytes: 5 } }, /6 bytes.*allows 5.*argumentBytes/],
    ['variables over the limit', { env: { A: 'é' } }, { quotas: { argumentBytes: 4 } }, /5 bytes/],
    ['input over the limit', { stdin: '123' }, { quotas: { inputBytes: 2 } }, /3 bytes.*allows 2.*inputBytes/],
  ])('%s', (_, input, policy, message) => {
    refused(input, policy, message)
  })

  it('counts the terminators, and allows exactly the limit', () => {
    expect(grants({ args: ['12345'], env: { A: '1' } }, { quotas: { argumentBytes: 10 } }).args).toEqual(['12345'])
    refused({ args: ['12345'], env: { A: '1' } }, { quotas: { argumentBytes: 9 } }, /10 bytes/)
    expect(grants({ stdin: '123' }, { quotas: { inputBytes: 3 } }).stdin).toHaveLength(3)
  })

  it('empty things need no grant', () => {
    const made = grants({ args: [], env: {}, stdin: '' }, { capabilities: { stdio: null, args: false, env: false } })
    expect([made.args, made.env, made.stdin.length, made.stdio]).toEqual([[], [], 0, null])
  })

  it('hands over the variables that are granted by name, and refuses others by name', () => {
    const policy: PolicyInput = { capabilities: { env: { names: ['LANG', '__proto__'] } } }
    expect(grants({ env: { LANG: 'C' } }, policy).env).toEqual(['LANG=C'])
    refused({ env: { LANG: 'C', 'PA\u001bTH': '/' } }, policy, /does not grant the environment variable "PA\\u\{1b\}TH"/)
    refused({ env: { toString: '1' } }, policy, /environment variable "toString"/)
  })
})
