// The mounts of a guest as its cell gets them: the embedder's files in the right place, snapshots below them, and never more than the policy allows.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GivenFiles, prepareMounts } from '../../../src/sandbox/broker/mounts.ts'
import { UsageError } from '../../../src/sandbox/errors.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'

type MountInput = NonNullable<NonNullable<PolicyInput['capabilities']>['fs']>['mounts'][number]

let source: string
beforeAll(async () => {
  source = await mkdtemp(join(tmpdir(), 'mounts-'))
  await mkdir(join(source, 'dir'))
  await writeFile(join(source, 'dir', 'file'), 'from the host')
  await writeFile(join(source, 'other'), '12345')
  await symlink('other', join(source, 'link'))
})
afterAll(() => rm(source, { recursive: true }))

const prepare = (mounts: readonly MountInput[], files: GivenFiles = {}, quotas: PolicyInput['quotas'] = {}) =>
  prepareMounts(resolvePolicy({ name: 'mine', capabilities: { fs: { mounts: [...mounts] } }, quotas }), files)
const refusal = async (...how: Parameters<typeof prepare>): Promise<string> => {
  const error = await prepare(...how).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  return (error as UsageError).message
}
const memory = (at: string): MountInput => ({ kind: 'memory', at })
const bytes = (text: string) => new TextEncoder().encode(text)

describe('prepareMounts', () => {
  it('has nothing for a policy without files', async () => {
    expect(await prepareMounts(resolvePolicy('strict'), {})).toEqual([])
    expect(await prepareMounts(resolvePolicy('default'), {})).toEqual([])
  })

  it('gives the mounts in the order of the policy, without the places that they have on the host', async () => {
    const mounts = await prepare([
      { kind: 'directory', at: '/live', source },
      memory('/'),
      { kind: 'snapshot', at: '/copy', source, writable: true },
    ])
    expect(mounts.map(({ kind, at, writable }) => [kind, at, writable])).toEqual([
      ['directory', '/live', false],
      ['memory', '/', true],
      ['snapshot', '/copy', true],
    ])
    expect(mounts.map(({ entries }) => entries.length)).toEqual([0, 0, 4])
    expect(JSON.stringify(mounts)).not.toContain(source)
  })

  it('lays each file into the mount with the longest path above it', async () => {
    const files = { '/a': 'root', '/data/b': 'data', '/data/deep/c': 'deep', '/database': 'root again' }
    const mounts = await prepare([memory('/'), memory('/data'), memory('/data/deep')], files)
    expect(mounts.map(({ entries }) => entries)).toEqual([
      [
        { type: 'file', path: 'a', bytes: bytes('root') },
        { type: 'file', path: 'database', bytes: bytes('root again') },
      ],
      [{ type: 'file', path: 'b', bytes: bytes('data') }],
      [{ type: 'file', path: 'c', bytes: bytes('deep') }],
    ])
  })

  it('copies what it is given', async () => {
    const content = Uint8Array.of(1, 2)
    const preparing = prepare([memory('/')], { '/a': content })
    content[0] = 99
    const [mount] = await preparing
    expect(mount!.entries).toEqual([{ type: 'file', path: 'a', bytes: Uint8Array.of(1, 2) }])
  })

  it('puts a file of the embedder’s in the place of one in the snapshot', async () => {
    const [mount] = await prepare([{ kind: 'snapshot', at: '/', source }], { '/dir/file': 'given', '/new': 'too' })
    const files = mount!.entries.filter((entry) => entry.type === 'file')
    expect(files.map(({ path, bytes: content }) => [path, Buffer.from(content).toString()])).toEqual([
      ['other', '12345'],
      ['dir/file', 'given'],
      ['new', 'too'],
    ])
    expect(mount!.entries).toContainEqual({ type: 'symlink', path: 'link', target: 'other' })
  })

  it.each(['__proto__', 'constructor', 'toString'])('takes a file called %s as any other', async (name) => {
    const [mount] = await prepare([memory('/')], JSON.parse(`{"/${name}": "x"}`) as GivenFiles)
    expect(mount!.entries).toEqual([{ type: 'file', path: name, bytes: bytes('x') }])
  })

  it.each([
    ['no mount', [memory('/data')], '/elsewhere/a'],
    ['no mount, though the path begins like one', [memory('/data')], '/database'],
    ['a relative path', [memory('/')], 'a'],
    ['a live directory, which is the host’s to fill', [memory('/'), { kind: 'directory', at: '/live', source: '/' }], '/live/a'],
  ] as const)('refuses a file for %s', async (_, mounts, path) => {
    expect(await refusal(mounts, { [path]: '' })).toMatch(
      /lies in no memory or snapshot mount of the policy "mine" \(capabilities\.fs\.mounts\)/,
    )
  })

  it.each(['/', '//', '/a/', '/a//b', '/.', '/a/../b', '/../a', '/a\0b'])('refuses the path %j', async (path) => {
    expect(await refusal([memory('/')], { [path]: '' })).toMatch(/is not made of plain names/)
  })

  it('neutralises the path in its message', async () => {
    expect(await refusal([memory('/data')], { '/\u001b[2J': '' })).toContain('"/\\u{1b}[2J"')
  })

  it('refuses a file below another: one of the two would be lost', async () => {
    const message = /"a\/b\/c" for \/ lies below another file/
    expect(await refusal([memory('/')], { '/a': '', '/a/b/c': '' })).toMatch(message)
    expect(await refusal([memory('/')], { '/a/b/c': '', '/a': '' })).toMatch(message)
    expect(await prepare([memory('/')], { '/a': '', '/ab/c': '' })).toHaveLength(1)
  })

  it('allows exactly the quotas, over all mounts together', async () => {
    const files = { '/a': '123', '/data/b': '45' }
    const mounts = [memory('/'), memory('/data')]
    expect(await prepare(mounts, files, { fileBytes: 5, inodes: 2 })).toHaveLength(2)
    expect(await refusal(mounts, files, { fileBytes: 4, inodes: 2 })).toMatch(/files for \/data .*quotas\.fileBytes 4/)
    expect(await refusal(mounts, files, { fileBytes: 5, inodes: 1 })).toMatch(/quotas\.inodes 1/)
  })

  it('counts the directories that paths imply, each once', async () => {
    const files = { '/a/b/c': '', '/a/b/d': '' }
    expect(await prepare([memory('/')], files, { inodes: 4 })).toHaveLength(1)
    expect(await refusal([memory('/')], files, { inodes: 3 })).toMatch(/quotas\.inodes 3/)
  })

  it('counts snapshots with what is laid in', async () => {
    const snapshot: MountInput = { kind: 'snapshot', at: '/copy', source }
    const all = '12345'.length + 'from the host'.length
    const given = { '/a': '1' }
    expect(await prepare([memory('/'), snapshot], given, { fileBytes: all + 1, inodes: 5 })).toHaveLength(2)
    expect(await refusal([memory('/'), snapshot], given, { fileBytes: all, inodes: 5 })).toMatch(/quotas\.fileBytes/)
    expect(await refusal([memory('/'), snapshot], given, { fileBytes: all + 1, inodes: 4 })).toMatch(/quotas\.inodes/)
  })

  it('says what is wrong with the source of a snapshot, and ends the reading when it is told to', async () => {
    expect(await refusal([{ kind: 'snapshot', at: '/', source: join(source, 'missing') }])).toMatch(/ENOENT/)
    const policy = resolvePolicy({ capabilities: { fs: { mounts: [{ kind: 'snapshot', at: '/', source }] } } })
    await expect(prepareMounts(policy, {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
