// Options that amend the policy: each adds what it says, and nothing else changes.
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { policyFrom } from '../../src/cli/policy-option.ts'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'

const capabilities = async (options: Parameters<typeof policyFrom>[0]) => (await policyFrom(options)).capabilities
const standard = PROFILES.get('default')!

describe('mounts', () => {
  it.each([
    [{ dir: ['a::/b'] }, { kind: 'directory', source: resolve('a'), at: '/b', writable: true }],
    [{ dir: ['/srv::/'] }, { kind: 'directory', source: '/srv', at: '/', writable: true }],
    [{ dir: ['.'] }, { kind: 'directory', source: resolve('.'), at: '/', writable: true }],
    [{ dir: ['a::/b/'] }, { kind: 'directory', source: resolve('a'), at: '/b', writable: true }],
    [{ dirReadOnly: ['a::/b'] }, { kind: 'directory', source: resolve('a'), at: '/b', writable: false }],
    [{ snapshot: ['a::/b/c'] }, { kind: 'snapshot', source: resolve('a'), at: '/b/c', writable: true }],
    [{ memoryDir: ['/tmp'] }, { kind: 'memory', at: '/tmp', writable: true }],
  ])('%j', async (options, mount) => expect((await capabilities(options)).fs).toEqual({ mounts: [mount] }))

  it('come after those of the policy, each kind in its order', async () => {
    const { fs } = await capabilities({ memoryDir: ['/x'], dir: ['a::/a', 'b::/b'] })
    expect(fs!.mounts.map(({ at }) => at)).toEqual(['/a', '/b', '/x'])
  })

  it.each([
    [{ dir: ['a::b'] }, /--dir "a::b": "b" is no absolute path of plain names; write the guest's path like \/data/],
    [{ dir: ['::/b'] }, /--dir "::\/b" names no directory/],
    [{ snapshot: ['a::/b/../c'] }, /"\/b\/\.\.\/c" is no absolute path/],
    [{ memoryDir: ['/a//b'] }, /"\/a\/\/b" is no absolute path/],
    [{ dir: ['a::/b'], memoryDir: ['/b'] }, /there are two mounts at \/b/],
  ])('%j is refused', async (options, message) => await expect(policyFrom(options)).rejects.toThrow(message))
})

describe('network', () => {
  it('opens what is named and no more', async () => {
    expect((await capabilities({ allowHttp: ['https://a.example', 'https://*.b.example'] })).net).toEqual({
      http: { allow: ['https://a.example', 'https://*.b.example'], deny: [] },
      dns: null,
      tcp: null,
      addresses: { allow: [], deny: [] },
      redirects: 5,
    })
    expect(await capabilities({ allowTcp: ['a.example:22'], allowDns: ['a.example'], allowAddress: ['loopback'] })).toMatchObject(
      {
        net: { http: null, dns: { allow: ['a.example'] }, tcp: { allow: ['a.example:22'] }, addresses: { allow: ['loopback'] } },
      },
    )
  })

  it.each([
    [{ allowHttp: ['ftp://a.example'] }, /ftp:\/\/a\.example/],
    [{ allowTcp: ['a.example'] }, /needs a port/],
    [{ allowAddress: ['metadata'] }, /metadata/],
  ])('%j is refused, with what is wrong', async (options, message) => await expect(policyFrom(options)).rejects.toThrow(message))
})

it('leaves everything else as the policy has it', async () => {
  const changed = await policyFrom({ allowHttp: ['https://a.example'], memoryDir: ['/tmp'], kv: 'file' })
  const { fs: _, net: __, kv, ...rest } = changed.capabilities
  const { fs: ___, net: ____, kv: _____, ...before } = standard.capabilities
  expect(rest).toEqual(before)
  expect(kv).toEqual({ namespace: 'default' })
  expect({ ...changed, name: '', capabilities: null }).toEqual({ ...standard, name: '', capabilities: null })
  expect(await policyFrom({})).toEqual(standard)
})

it('gives the store a namespace only if there is a store', async () => {
  expect((await capabilities({ kv: 'file', kvNamespace: 'mine' })).kv).toEqual({ namespace: 'mine' })
  await expect(policyFrom({ kvNamespace: 'mine' })).rejects.toThrow(/--kv-namespace needs --kv/)
})
