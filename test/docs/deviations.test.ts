// Every deviation from preview 1 that docs/abi.md tells of is what the call really does.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { ERRNO, type ErrnoName, errnoName } from '../../src/sandbox/host/errno.ts'
import { Live } from '../sandbox/broker/directory/live.ts'
import { type CallHarness, harness } from '../sandbox/support/calls.ts'

const ALL = 2n ** 30n - 1n
const OFLAG = { creat: 1, directory: 2 } as const
const FDFLAG = { append: 1, dsync: 2, rsync: 8, sync: 16 } as const
const SYNCHRONISING = [FDFLAG.dsync, FDFLAG.rsync, FDFLAG.sync]
const CPU_CLOCKS = [2, 3]
/** The first mount, and the second. */
const [FIRST, SECOND] = [3, 4]
/** Where answers go, beyond the texts and vectors of these tests. */
const OUT = 4096

const mounts = (['/', '/b'] as const).map((at) => ({ kind: 'memory', at, writable: true, entries: [] }) as const)
const { quotas } = harness().context.grants.fs!
const withFiles = (grants: Parameters<typeof harness>[0] = {}) => harness({ fs: { mounts, quotas }, ...grants })

const answer = (made: CallHarness, name: string, ...values: (number | bigint)[]): ErrnoName =>
  errnoName(made.call(name, ...values))!

/** Puts text into memory. */
function text(made: CallHarness, content: string, at = 0): [number, number] {
  const bytes = new TextEncoder().encode(content)
  made.bytes.set(bytes, at)
  return [at, bytes.length]
}

/** One vector, and where it is. */
function vector(made: CallHarness, at: number, length: number): [number, number] {
  made.view.setUint32(1024, at, true)
  made.view.setUint32(1028, length, true)
  return [1024, 1]
}

const openAs = (made: CallHarness, path: string, oflags: number, fdflags: number) =>
  answer(made, 'path_open', FIRST, 0, ...text(made, path), oflags, ALL, ALL, fdflags, OUT)

function newFile(made: CallHarness, path = 'file', fdflags = 0): number {
  expect(openAs(made, path, OFLAG.creat, fdflags)).toBe('success')
  return made.view.getUint32(OUT, true)
}

function write(made: CallHarness, fd: number, content: string): void {
  expect(answer(made, 'fd_write', fd, ...vector(made, ...text(made, content)), OUT)).toBe('success')
}

interface Attributes {
  readonly accessed: bigint
  readonly modified: bigint
}
function attributes(made: CallHarness, fd: number): Attributes {
  expect(answer(made, 'fd_filestat_get', fd, OUT)).toBe('success')
  return { accessed: made.view.getBigUint64(OUT + 40, true), modified: made.view.getBigUint64(OUT + 48, true) }
}

/** Two mounts do not mix, and a link goes nowhere from where it would lead out. */
function staysInside(made: CallHarness, move: (from: string, toFd: number, to: string) => ErrnoName): void {
  newFile(made)
  expect(move('file', SECOND, 'file')).toBe('xdev')
  expect(answer(made, 'path_create_directory', FIRST, ...text(made, 'd'))).toBe('success')
  expect(answer(made, 'path_symlink', ...text(made, '../file'), FIRST, ...text(made, 'd/link', 64))).toBe('success')
  expect(move('d/link', FIRST, 'link')).toBe('perm')
}

/** The present time, set by a call. */
function setsRoundedTimes(set: (made: CallHarness, fd: number) => ErrnoName): void {
  for (const [clock, check] of [
    [{ granularityNs: 1_000_000_000 }, (time: bigint) => time > 0n && time % 1_000_000_000n === 0n],
    [null, (time: bigint) => time === 0n],
  ] as const) {
    const made = withFiles({ clock })
    const fd = newFile(made)
    expect(set(made, fd)).toBe('success')
    const { accessed, modified } = attributes(made, fd)
    expect(check(accessed)).toBe(true)
    expect(check(modified)).toBe(true)
  }
}

async function showsTheBeginning(): Promise<void> {
  await using live = await Live.make({ granularityNs: null })
  const begun = BigInt(Date.now()) * 1_000_000n
  const handle = await live.handle('file')
  await new Promise((later) => setTimeout(later, 20))
  expect(await live.errno('fs.setTimes', { handle, accessed: 'now', modified: 'now' })).toBe('success')
  const modified = BigInt((await live.ask('fs.stat', { handle })).fields['modified'] as string)
  expect(modified).toBeGreaterThan(0n)
  expect(modified).toBeLessThanOrEqual(begun)
}

function hidesTheHost(stat: (made: CallHarness, fd: number) => ErrnoName): void {
  const made = withFiles({ clock: { granularityNs: 1_000_000_000 } })
  const fd = newFile(made)
  write(made, fd, 'content')
  expect(answer(made, 'fd_filestat_set_times', fd, 5n, 5n, 1 | 4)).toBe('success')
  expect(answer(made, 'fd_pread', fd, ...vector(made, 0, 4), 0n, OUT)).toBe('success')
  expect(stat(made, fd)).toBe('success')
  expect(made.view.getBigUint64(OUT, true)).toBe(1n)
  expect(made.view.getBigUint64(OUT + 8, true)).toBeLessThan(10n)
  expect(made.view.getBigUint64(OUT + 40, true)).toBe(5n)
}

/** A subscription to a clock or to a descriptor, at `in`. */
function subscribe(made: CallHarness, type: 'clock' | 'read' | 'write', subject: number, timeout = 0n): number {
  const at = 2048
  made.bytes.fill(0, at, at + 48)
  made.view.setUint8(at + 8, { clock: 0, read: 1, write: 2 }[type])
  made.view.setUint32(at + 16, subject, true)
  if (type === 'clock') made.view.setBigUint64(at + 24, timeout, true)
  return at
}

const CHECKS: Readonly<Record<string, () => void | Promise<void>>> = {
  clock_res_get: () => {
    const made = harness({ clock: { granularityNs: 123_456 } })
    expect(answer(made, 'clock_res_get', 1, OUT)).toBe('success')
    expect(made.view.getBigUint64(OUT, true)).toBe(123_456n)
    for (const clock of CPU_CLOCKS) expect(answer(made, 'clock_res_get', clock, OUT)).toBe('notsup')
  },
  clock_time_get: () => {
    const made = harness({ clock: { granularityNs: 1_000_000_000 } })
    expect(answer(made, 'clock_time_get', 0, 1n, OUT)).toBe('success')
    expect(made.view.getBigUint64(OUT, true) % 1_000_000_000n).toBe(0n)
    for (const clock of CPU_CLOCKS) expect(answer(made, 'clock_time_get', clock, 0n, OUT)).toBe('notsup')
  },
  fd_advise: () => {
    const made = withFiles()
    const fd = newFile(made)
    expect(answer(made, 'fd_advise', fd, 0n, 100n, 3)).toBe('success')
    expect(made.requests).toEqual([])
  },
  fd_allocate: async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', { write: true })
    expect(await live.errno('fs.allocate', { handle, offset: '0', length: String(2 ** 20) })).toBe('success')
    const stat = execFileSync('stat', ['-c', '%s %b', live.path('root', 'file')], { encoding: 'utf8' })
    const [size, blocks] = stat.trim().split(' ').map(Number)
    expect(size).toBe(2 ** 20)
    expect(blocks! * 512).toBeLessThan(2 ** 20)
  },
  fd_close: () => {
    const made = withFiles()
    const response = made.context.handles.open({ kind: 'response', id: 1, status: 200, headers: new Uint8Array() })
    const key = made.context.handles.open({ kind: 'key', id: 1 })
    for (const fd of [response, key]) expect(answer(made, 'fd_close', fd)).toBe('badf')
  },
  fd_datasync: () => {
    const made = withFiles()
    expect(answer(made, 'fd_datasync', newFile(made))).toBe('success')
    expect(made.requests).toEqual([])
  },
  fd_sync: () => {
    const made = withFiles()
    expect(answer(made, 'fd_sync', newFile(made))).toBe('success')
    expect(made.requests).toEqual([])
  },
  fd_fdstat_set_flags: () => {
    const made = withFiles()
    const fd = newFile(made)
    for (const flag of SYNCHRONISING) expect(answer(made, 'fd_fdstat_set_flags', fd, flag)).toBe('inval')
    expect(answer(made, 'fd_fdstat_set_flags', fd, FDFLAG.append)).toBe('success')
    expect(answer(made, 'fd_fdstat_set_flags', FIRST, FDFLAG.append)).toBe('notcapable')
  },
  fd_filestat_get: () => {
    hidesTheHost((made, fd) => answer(made, 'fd_filestat_get', fd, OUT))
    const made = harness()
    made.bytes.fill(0xff, OUT, OUT + 64)
    expect(answer(made, 'fd_filestat_get', 1, OUT)).toBe('success')
    const stat = made.bytes.slice(OUT, OUT + 64)
    expect(stat[16]).toBe(2)
    stat[16] = 0
    expect(stat.every((byte) => byte === 0)).toBe(true)
  },
  path_filestat_get: () => hidesTheHost((made) => answer(made, 'path_filestat_get', FIRST, 0, ...text(made, 'file'), OUT)),
  fd_filestat_set_times: async () => {
    setsRoundedTimes((made, fd) => answer(made, 'fd_filestat_set_times', fd, 0n, 0n, 2 | 8))
    await showsTheBeginning()
  },
  path_filestat_set_times: async () => {
    setsRoundedTimes((made) => answer(made, 'path_filestat_set_times', FIRST, 0, ...text(made, 'file'), 0n, 0n, 2 | 8))
    await showsTheBeginning()
  },
  fd_pwrite: () => {
    const made = withFiles()
    const fd = newFile(made, 'file', FDFLAG.append)
    write(made, fd, 'abc')
    expect(answer(made, 'fd_pwrite', fd, ...vector(made, ...text(made, 'X')), 0n, OUT)).toBe('success')
    expect(answer(made, 'fd_pread', fd, ...vector(made, OUT, 10), 0n, 1032)).toBe('success')
    expect(Buffer.from(made.bytes.subarray(OUT, OUT + 4)).toString()).toBe('abcX')
  },
  fd_readdir: async () => {
    const made = withFiles()
    newFile(made, 'one')
    const list = (cookie: bigint) => {
      expect(answer(made, 'fd_readdir', FIRST, OUT, 1000, cookie, 1032)).toBe('success')
      return Buffer.from(made.bytes.subarray(OUT, OUT + made.view.getUint32(1032, true))).toString('latin1')
    }
    list(0n)
    newFile(made, 'two')
    expect(list(2n)).toContain('one')
    expect(list(2n)).not.toContain('two')
    expect(list(0n)).toContain('two')
    await using live = await Live.make()
    execFileSync('mkfifo', [join(live.top, 'root', 'a-pipe')])
    const { text: names } = await live.ask('fs.entries', { handle: 0 })
    expect(names).toContain('to-file')
    expect(names).not.toContain('a-pipe')
  },
  path_link: () => {
    const made = withFiles()
    staysInside(made, (from, toFd, to) => answer(made, 'path_link', FIRST, 0, ...text(made, from), toFd, ...text(made, to, 64)))
  },
  path_rename: () => {
    const made = withFiles()
    staysInside(made, (from, toFd, to) => answer(made, 'path_rename', FIRST, ...text(made, from), toFd, ...text(made, to, 64)))
  },
  path_open: async () => {
    const made = withFiles()
    for (const flag of SYNCHRONISING) expect(openAs(made, 'file', OFLAG.creat, flag)).toBe('notsup')
    expect(openAs(made, 'file', OFLAG.creat | OFLAG.directory, 0)).toBe('inval')
    await using live = await Live.make()
    execFileSync('mkfifo', [join(live.top, 'root', 'a-pipe')])
    expect((await live.open('a-pipe')).errno).toBe('notsup')
  },
  path_readlink: async () => {
    await using live = await Live.make()
    expect(await live.errno('fs.readLink', { directory: 0, path: 'to-file' })).toBe('success')
    expect(await live.errno('fs.readLink', { directory: 0, path: 'out-file' })).toBe('perm')
  },
  path_symlink: () => {
    const made = withFiles()
    for (const target of ['/etc/passwd', '../up', 'a/../../up'])
      expect(answer(made, 'path_symlink', ...text(made, target), FIRST, ...text(made, 'link', 64))).toBe('perm')
    expect(answer(made, 'path_symlink', ...text(made, 'inside'), FIRST, ...text(made, 'link', 64))).toBe('success')
  },
  poll_oneoff: () => {
    const made = withFiles({ clock: null })
    expect(answer(made, 'poll_oneoff', 0, 0, 4097, OUT)).not.toBe('success')
    expect(answer(made, 'poll_oneoff', subscribe(made, 'clock', 1), OUT, 1, 1032)).toBe('success')
    expect(made.view.getUint16(OUT + 8, true)).toBe(ERRNO.notcapable)
    expect(answer(made, 'poll_oneoff', subscribe(made, 'write', 1), OUT, 1, 1032)).toBe('success')
    expect(made.view.getBigUint64(OUT + 16, true)).toBe(BigInt(made.context.grants.outputBytes))
    expect(answer(made, 'poll_oneoff', subscribe(made, 'read', newFile(made)), OUT, 1, 1032)).toBe('success')
    expect(made.view.getUint16(OUT + 8, true)).toBe(0)
    const roomy = harness({}, { pages: 8 })
    expect(answer(roomy, 'poll_oneoff', 0, 0, 4097, OUT)).toBe('inval')
  },
  proc_raise: () => {
    for (const signal of [0, 9, 30]) expect(answer(harness(), 'proc_raise', signal)).toBe('notsup')
  },
  random_get: () => {
    const bytes = () => {
      const made = harness({ random: { seed: 42 } })
      expect(answer(made, 'random_get', OUT, 32)).toBe('success')
      return Buffer.from(made.bytes.subarray(OUT, OUT + 32)).toString('hex')
    }
    expect(bytes()).toBe(bytes())
  },
  sched_yield: () => expect(answer(harness(), 'sched_yield')).toBe('success'),
  sock_accept: () => {
    const made = harness()
    const fd = made.context.handles.open({ kind: 'socket', id: 1, rights: { base: ALL, inheriting: 0n }, flags: 0 })
    expect(answer(made, 'sock_accept', fd, 0, OUT)).toBe('notsup')
    expect(answer(made, 'sock_accept', 1, 0, OUT)).toBe('notsock')
  },
  sock_recv: () => {
    const made = harness({}, { pages: 40 })
    made.broker = ({ fields }) => ({ body: new Uint8Array(Number(fields['max'])) })
    const fd = made.context.handles.open({ kind: 'socket', id: 1, rights: { base: ALL, inheriting: 0n }, flags: 0 })
    expect(answer(made, 'sock_recv', fd, ...vector(made, 8192, 2 ** 21), 1, OUT, OUT + 4)).toBe('success')
    expect(made.view.getUint32(OUT, true)).toBe(2 ** 20)
  },
}

describe('deviations from preview 1', () => {
  const told = ABI.filter(({ deviation }) => deviation !== undefined).map(({ name }) => name)

  it('are all checked here, and nothing is checked that is not told', () => {
    expect(Object.keys(CHECKS).sort()).toEqual([...told].sort())
  })

  it.each(told)('%s does what the page says', (name) => CHECKS[name]!())
})
