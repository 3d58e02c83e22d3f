// What policies grant, from end to end: files go in and changes come out, reports and probes, live directories, stores and keys, the filter.
import { createHmac, createSecretKey } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERRNO } from '../../src/sandbox/host/errno.ts'
import {
  type AuditRecord,
  createSandbox,
  MemoryKvStore,
  type PolicyInput,
  type TreeChange,
  UsageError,
} from '../../src/sandbox/index.ts'
import { OFLAGS, rights } from './support/files.ts'
import { at, FREE, OUT, type Script, script, store } from './support/script.ts'

const UNLIMITED = { wallClockMs: null, cpuMs: null, residentBytes: null }
const LEVELS = [
  ['jail', {}],
  ['inline', { isolation: { level: 'inline', exclusiveJail: false }, quotas: UNLIMITED }],
] as const satisfies readonly (readonly [string, PolicyInput])[]

const audit: AuditRecord[] = []
const SECRET = createSecretKey(Buffer.alloc(32, 7))
const kv = new MemoryKvStore()
const services = { audit: { write: (record: AuditRecord) => void audit.push(record) }, kv, keys: { signing: SECRET } }
const sandboxes = new Map(LEVELS.map(([level, base]) => [level as string, createSandbox(base, services)]))
const jail = sandboxes.get('jail')!
let top: string
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'capabilities-'))
})
afterAll(async () => {
  await Promise.all([...sandboxes.values()].map((sandbox) => sandbox[Symbol.asyncDispose]()))
  await rm(top, { recursive: true })
})

/** A directory of the host with these files. */
async function hostDirectory(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(top, name)
  await mkdir(path)
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text)
  return path
}
const mounted = (...mounts: NonNullable<NonNullable<PolicyInput['capabilities']>['fs']>['mounts']): PolicyInput => ({
  capabilities: { fs: { mounts } },
})
const MEMORY = mounted({ kind: 'memory', at: '/' })

const [READ, WRITE] = [rights('fd_read'), rights('fd_write')]
/** Where the handle of a file that was opened goes, and where lists of vectors lie. */
const [HANDLE, VECTOR] = [OUT + 16, OUT + 32]
const vector = (pointer: number, length: number) => [store(VECTOR, pointer), store(VECTOR + 4, length)]
/** Opens, writes so many bytes of memory, and closes. */
const writes = (s: Script, path: string, pointer: number, length: number, oflags: number = OFLAGS.creat) => [
  s.call('path_open', 3, 0, path, oflags, WRITE, 0n, 0, HANDLE),
  ...vector(pointer, length),
  s.call('fd_write', at(HANDLE), VECTOR, 1, OUT),
  s.call('fd_close', at(HANDLE)),
]
/** Copies a file to standard output. */
const shows = (s: Script, path: string, fd = 3) => [
  s.call('path_open', fd, 0, path, 0, READ, 0n, 0, HANDLE),
  ...vector(FREE, 100),
  s.call('fd_read', at(HANDLE), VECTOR, 1, OUT),
  '(i32.store (i32.const 36) (i32.load (i32.const 0)))',
  s.call('fd_write', 1, VECTOR, 1, OUT),
  s.call('fd_close', at(HANDLE)),
]
/** The change as text, where it is a file. */
const readable = (change: TreeChange) =>
  change.type === 'file' ? { ...change, bytes: Buffer.from(change.bytes).toString() } : change
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

describe.each(LEVELS)('files in memory, %s', (level) => {
  const sandbox = sandboxes.get(level)!

  it('are laid in as given, and what the guest changes comes back', async () => {
    const module = script((s) => [
      ...shows(s, 'in.txt'),
      ...writes(s, 'in.txt', FREE, 2, 0),
      ...writes(s, 'new.txt', FREE, 3),
      s.call('path_unlink_file', 3, 'gone'),
      s.call('path_create_directory', 3, 'dir'),
      s.call('path_symlink', 'new.txt', 3, 'link'),
    ])
    const files = { '/in.txt': 'héllo', '/gone': '', '/kept': Uint8Array.of(0, 255) }
    const result = await sandbox.execute(module, MEMORY, { files })
    expect([result.outcome, text(result.stdout)]).toEqual(['completed', 'héllo'])
    expect(result.changes.map(readable)).toEqual([
      { type: 'removed', path: '/gone' },
      { type: 'file', path: '/in.txt', bytes: 'héllo' },
      { type: 'file', path: '/new.txt', bytes: 'hé' },
      { type: 'directory', path: '/dir' },
      { type: 'symlink', path: '/link', target: 'new.txt' },
    ])
    expect(result.securityEvents).toEqual([])
  })

  it('come back whole when they are larger than any frame, byte for byte', async () => {
    const size = 1_500_001
    const fill = `(local.set $i (i32.const 0)) (loop $l
      (i32.store8 (i32.add (i32.const ${FREE}) (local.get $i)) (i32.add (local.get $i) (i32.shr_u (local.get $i) (i32.const 8))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${size}))))`
    const module = script((s) => ['(local $i i32)', fill, ...writes(s, 'large', FREE, size), ...writes(s, 'empty', FREE, 0)], 30)
    const { changes } = await sandbox.execute(module, MEMORY)
    expect(changes.map(({ type, path }) => [type, path])).toEqual([
      ['file', '/large'],
      ['file', '/empty'],
    ])
    const [large, empty] = changes.map((change) => (change.type === 'file' ? change.bytes : null))
    expect(
      Buffer.compare(
        large!,
        Uint8Array.from({ length: size }, (_, i) => (i + (i >> 8)) & 255),
      ),
    ).toBe(0)
    expect(empty).toHaveLength(0)
  })

  it('come back for each call what it changed, and no more', async () => {
    const module = script((s) => ({ one: writes(s, 'a', FREE, 1), two: writes(s, 'b', FREE, 2), none: [] }))
    await using instance = await sandbox.create(module, MEMORY)
    const changed = async (name: string) => (await instance.call(name)).changes.map(({ path }) => path)
    expect([await changed('one'), await changed('two'), await changed('none')]).toEqual([['/a'], ['/b'], []])
  })

  it('cannot be changed in a mount that is read-only', async () => {
    const policy = mounted({ kind: 'memory', at: '/', writable: false })
    const module = script((s) => [
      ...shows(s, 'a'),
      s.refused(ERRNO.rofs, 'path_unlink_file', 3, 'a'),
      s.refused(ERRNO.rofs, 'path_open', 3, 0, 'b', OFLAGS.creat, WRITE, 0n, 0, HANDLE),
    ])
    expect(await sandbox.execute(module, policy, { files: { '/a': 'x' } })).toMatchObject({ outcome: 'completed', changes: [] })
  })

  it('are copies of a directory where they are a snapshot: the host keeps its own', async () => {
    const source = await hostDirectory(`snapshot-${level}`, { a: 'host', b: 'host too' })
    const policy = mounted({ kind: 'snapshot', at: '/', source, writable: true })
    const module = script((s) => [
      ...shows(s, 'a'),
      ...shows(s, 'b'),
      ...writes(s, 'a', FREE, 4, OFLAGS.trunc),
      s.call('path_unlink_file', 3, 'b'),
    ])
    const result = await sandbox.execute(module, policy, { files: { '/b': ' and given' } })
    expect(text(result.stdout)).toBe('host and given')
    expect(result.changes.map(readable)).toEqual([
      { type: 'removed', path: '/b' },
      { type: 'file', path: '/a', bytes: ' and' },
    ])
    expect([await readFile(join(source, 'a'), 'utf8'), await readFile(join(source, 'b'), 'utf8')]).toEqual(['host', 'host too'])
  })

  it('all move at once without being more than the guest may change', async () => {
    const module = script((s) => [s.call('path_rename', 3, 'a', 3, 'z')])
    const policy = { ...MEMORY, quotas: { inodes: 5 } }
    const result = await sandbox.execute(module, policy, { files: { '/a/b/c/d/e': 'x' } })
    expect(result.outcome).toBe('completed')
    expect(result.changes.map(({ type, path }) => `${type} ${path}`)).toEqual([
      'removed /a',
      'directory /z',
      'directory /z/b',
      'directory /z/b/c',
      'directory /z/b/c/d',
      'file /z/b/c/d/e',
    ])
  })

  it('that use up their quota are told, and the guest goes on', async () => {
    const module = script((s) => [
      s.call('path_open', 3, 0, 'a', OFLAGS.creat, WRITE, 0n, 0, HANDLE),
      ...vector(FREE, 11),
      s.refused(ERRNO.dquot, 'fd_write', at(HANDLE), VECTOR, 1, OUT),
      s.call('log_write', 1, 'still here'),
    ])
    const result = await sandbox.execute(module, { ...MEMORY, quotas: { fileBytes: 10 } })
    expect(result).toMatchObject({ outcome: 'completed', reports: [{ message: 'still here' }] })
    expect(result.securityEvents).toMatchObject([{ type: 'quota-exceeded', quota: 'fileBytes', limit: 10 }])
  })
})

describe('files', () => {
  const module = script(() => [])

  it('are refused where no mount takes them, before anything is started', async () => {
    for (const policy of ['strict', 'default', mounted({ kind: 'directory', at: '/', source: tmpdir() })])
      await expect(jail.execute(module, policy, { files: { '/a': '' } })).rejects.toThrow(UsageError)
    await expect(jail.execute(module, MEMORY, { files: { '/a/../b': '' } })).rejects.toThrow(UsageError)
  })

  it('are as they were when the sandbox was asked', async () => {
    const content = Buffer.from('first')
    const running = jail.execute(
      script((s) => shows(s, 'a')),
      MEMORY,
      { files: { '/a': content } },
    )
    content.write('other')
    expect(text((await running).stdout)).toBe('first')
  })

  it('of a guest that was killed do not come back', async () => {
    const killed = script((s) => [...writes(s, 'a', FREE, 1), s.call('log_write', 1, 'written'), '(loop (br 0))'])
    const result = await jail.execute(killed, { ...MEMORY, quotas: { wallClockMs: 500 } })
    // What it reported before is known already; its files went with it.
    expect(result).toMatchObject({ outcome: 'wall-clock-limit', changes: [], reports: [{ message: 'written' }] })
  })

  it('of a guest that left with an exit code come back', async () => {
    const exits = script((s) => [...writes(s, 'a', FREE, 1), '(call $proc_exit (i32.const 3))'])
    expect(await jail.execute(exits, MEMORY)).toMatchObject({ outcome: 'exited', exitCode: 3, changes: [{ path: '/a' }] })
  })

  it('that are still being read when the embedder has enough are given up', async () => {
    const source = await hostDirectory('aborted', { a: 'x' })
    const controller = new AbortController()
    const running = jail.execute(module, mounted({ kind: 'snapshot', at: '/', source }), { signal: controller.signal })
    controller.abort()
    expect(await running).toMatchObject({ outcome: 'terminated' })
  })

  it('that cannot be copied are the embedder’s mistake', async () => {
    const policy = mounted({ kind: 'snapshot', at: '/', source: join(top, 'missing') })
    await expect(jail.execute(module, policy)).rejects.toThrow(/missing.*ENOENT/)
  })
})

describe('live directories', () => {
  it('are read and written in their place, with a record of each decision', async () => {
    const source = await hostDirectory('live', { a: 'host' })
    const module = script((s) => [
      ...shows(s, 'a'),
      ...writes(s, 'b', FREE, 4),
      s.refused(ERRNO.perm, 'path_unlink_file', 3, '../x'),
    ])
    audit.length = 0
    const result = await jail.execute(module, mounted({ kind: 'directory', at: '/', source, writable: true }))
    expect([result.outcome, text(result.stdout), result.changes]).toEqual(['completed', 'host', []])
    expect(await readFile(join(source, 'b'), 'utf8')).toBe('host')
    expect(audit.map(({ capability, decision }) => `${capability} ${decision}`)).toEqual(
      expect.arrayContaining(['fs allowed', 'fs denied']),
    )
    expect(audit.map(({ sequence }) => sequence)).toEqual(audit.map((_, index) => index + 1))
    expect(new Set(audit.map(({ instance }) => instance)).size).toBe(1)
    expect(JSON.stringify(audit)).not.toContain(source)
  })

  it('that are mounted read-only stay as they are', async () => {
    const source = await hostDirectory('read-only', { a: 'host' })
    const module = script((s) => [...shows(s, 'a'), s.refused(ERRNO.rofs, 'path_unlink_file', 3, 'a')])
    const result = await jail.execute(module, mounted({ kind: 'directory', at: '/', source }))
    expect(result.outcome).toBe('completed')
    expect(await readFile(join(source, 'a'), 'utf8')).toBe('host')
  })

  it('and memory have the descriptors of their places in the policy', async () => {
    const source = await hostDirectory('second', { a: 'live' })
    const policy = mounted({ kind: 'memory', at: '/' }, { kind: 'directory', at: '/live', source })
    const module = script((s) => [...shows(s, 'a', 3), ...shows(s, 'a', 4)])
    const result = await jail.execute(module, policy, { files: { '/a': 'memory, ' } })
    expect(text(result.stdout)).toBe('memory, live')
  })
})

describe.each(LEVELS)('reports, %s', (level) => {
  const sandbox = sandboxes.get(level)!
  const nan = { wat: '(f64.const nan)' }

  it('come out in order, and a probe’s as one record', async () => {
    const module = script((s) => [
      s.call('result_report', 3, nan, '', 'not done'),
      s.call('log_write', 2, 'a \u001b[31mline'),
      s.call('metric_record', 0, 'requests', 2.5, '1'),
      s.call('result_timing', 'dns', 1500n),
      s.call('result_report', 0, 12.5, 'ms', 'fine'),
    ])
    const result = await sandbox.execute(module)
    expect(result.reports).toEqual([
      { type: 'result', status: 'unknown', value: null, unit: '', message: 'not done' },
      { type: 'log', level: 'warning', message: 'a \u001b[31mline' },
      { type: 'metric', kind: 'counter', name: 'requests', value: 2.5, unit: '1' },
      { type: 'timing', name: 'dns', nanoseconds: 1500 },
      { type: 'result', status: 'ok', value: 12.5, unit: 'ms', message: 'fine' },
    ])
    const timings = [{ name: 'dns', nanoseconds: 1500 }]
    expect(result.probe).toEqual({ status: 'ok', value: 12.5, unit: 'ms', message: 'fine', timings })
  })

  it('of start and call are joined in one result', async () => {
    const module = script((s) => ({
      _initialize: [s.call('result_report', 2, nan, '', 'at the start'), s.call('result_timing', 'start', 1n)],
      run: [s.call('result_timing', 'run', 2n)],
    }))
    const { reports, probe } = await sandbox.execute(module, undefined, { entry: 'run' })
    expect(reports.map(({ type }) => type)).toEqual(['result', 'timing', 'timing'])
    expect(probe).toMatchObject({ status: 'critical', message: 'at the start', timings: [{ name: 'start' }, { name: 'run' }] })
  })

  it('belong to one call, and make no probe where there is no result', async () => {
    const module = script((s) => ({ say: [s.call('log_write', 0, 'once')], none: [] }))
    await using instance = await sandbox.create(module)
    expect(await instance.call('say')).toMatchObject({ reports: [{ message: 'once' }], probe: null })
    expect(await instance.call('none')).toMatchObject({ reports: [], probe: null })
  })

  it('beyond their quota are refused and told once, in each call anew', async () => {
    const twice = (s: Script) => [
      s.call('log_write', 1, 'a'),
      s.refused(ERRNO.dquot, 'log_write', 1, 'b'),
      s.refused(ERRNO.dquot, 'log_write', 1, 'c'),
    ]
    await using instance = await sandbox.create(
      script((s) => ({ go: twice(s) })),
      { quotas: { reports: 1 } },
    )
    for (const call of [1, 2]) {
      const { outcome, reports, securityEvents } = await instance.call('go')
      expect([call, outcome, reports.length]).toEqual([call, 'completed', 1])
      expect(securityEvents).toMatchObject([{ type: 'quota-exceeded', quota: 'reports', limit: 1 }])
    }
  })

  it('are host calls that a policy without them refuses at admission', async () => {
    const module = script((s) => [s.call('log_write', 1, 'a')])
    expect(await sandbox.execute(module, { capabilities: { log: false } })).toMatchObject({
      outcome: 'refused',
      reports: [],
      probe: null,
      changes: [],
      securityEvents: [
        { type: 'module-refused', code: 'import-not-granted' },
        { type: 'syscall-blocked', hostCall: 'log_write', capability: 'log' },
      ],
    })
  })
})

describe.each(LEVELS)('stores and keys, %s', (level) => {
  const sandbox = sandboxes.get(level)!
  const namespace = (name: string): PolicyInput => ({ capabilities: { kv: { namespace: name } } })

  it('a namespace is shared by guests that have it, and nobody else’s', async () => {
    const [mine, other] = [namespace(`${level}-mine`), namespace(`${level}-other`)]
    const sets = script((s) => [s.call('kv_set', '__proto__', 'value')])
    const gets = script((s) => [s.call('kv_get', '__proto__', FREE, 100, OUT), s.call('kv_delete', '__proto__')])
    const misses = script((s) => [s.refused(ERRNO.noent, 'kv_get', '__proto__', FREE, 100, OUT)])
    expect((await sandbox.execute(sets, mine)).outcome).toBe('completed')
    expect(text(kv.get(`${level}-mine`, '__proto__')!)).toBe('value')
    expect((await sandbox.execute(misses, other)).outcome).toBe('completed')
    expect((await sandbox.execute(gets, mine)).outcome).toBe('completed')
    expect(kv.usage(`${level}-mine`)).toEqual({ entries: 0, bytes: 0 })
  })

  it('a key signs and never shows itself', async () => {
    const policy: PolicyInput = { capabilities: { crypto: { keys: [{ name: 'signing', use: ['sign'] }] } } }
    const module = script((s) => [
      s.call('crypto_key', 'signing', HANDLE),
      s.call('crypto_sign', at(HANDLE), 'data', FREE, 100, OUT),
      s.refused(ERRNO.notcapable, 'crypto_verify', at(HANDLE), 'data', new Uint8Array(32), OUT + 4),
      s.refused(ERRNO.noent, 'crypto_key', 'another', OUT + 4),
      ...vector(FREE, 32),
      s.call('fd_write', 1, VECTOR, 1, OUT),
    ])
    audit.length = 0
    const result = await sandbox.execute(module, policy)
    expect(result.outcome).toBe('completed')
    const signature = createHmac('sha256', SECRET).update('data').digest('hex')
    expect(Buffer.from(result.stdout).toString('hex')).toBe(signature)
    expect(audit.map(({ operation, decision }) => `${operation} ${decision}`)).toEqual([
      'crypto.key allowed',
      'crypto.sign allowed',
      'crypto.verify denied',
      'crypto.key denied',
    ])
    expect(result.securityEvents.map(({ type }) => type)).toEqual(['access-refused', 'access-refused'])
  })
})

describe.each(LEVELS)('the filter of host calls, %s', (level) => {
  it('refuses each use and tells it, and the guest goes on', async () => {
    const module = script((s) => [
      s.refused(ERRNO.notcapable, 'path_unlink_file', 3, 'a'),
      s.call('path_create_directory', 3, 'dir'),
      s.refused(ERRNO.exist, 'path_create_directory', 3, 'dir'),
    ])
    const policy = { ...MEMORY, hostCalls: { deny: ['path_unlink_file'], log: ['path_create_directory'] } }
    const result = await sandboxes.get(level)!.execute(module, policy, { files: { '/a': '' } })
    expect(result).toMatchObject({ outcome: 'completed', changes: [{ type: 'directory', path: '/dir' }] })
    expect(result.securityEvents).toMatchObject([
      { type: 'syscall-blocked', hostCall: 'path_unlink_file', capability: 'fs' },
      { type: 'syscall-logged', hostCall: 'path_create_directory', errno: 'success' },
      { type: 'syscall-logged', hostCall: 'path_create_directory', errno: 'exist' },
    ])
  })
})
