// The cell's half of a live directory, over a real broker in another thread: every method, and what it answers.
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeReply, encodeRequest } from '../../../../src/sandbox/broker/message.ts'
import type { Channel } from '../../../../src/sandbox/host/channel.ts'
import { errnoName, GuestFault } from '../../../../src/sandbox/host/errno.ts'
import { openBrokerMount } from '../../../../src/sandbox/host/fs/broker-directory.ts'
import type { OpenDirectory, OpenFile, OpenHow } from '../../../../src/sandbox/host/fs/file-system.ts'

const READ: OpenHow = {
  create: false,
  exclusive: false,
  truncate: false,
  directory: false,
  follow: true,
  read: true,
  write: false,
}
const CREATE: OpenHow = { ...READ, create: true, write: true }

let top: string
let root: OpenDirectory
let readOnly: OpenDirectory
let end: () => Promise<void>

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'cell-'))
  for (const name of ['one', 'two']) await mkdir(join(top, name))
  await writeFile(join(top, 'one', 'file'), 'contents')
  await symlink('file', join(top, 'one', 'link'))
  await symlink('../two', join(top, 'one', 'out'))
  const { port1, port2 } = new MessageChannel()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const mounts = [
    { kind: 'directory', at: '/one', source: join(top, 'one'), writable: true },
    { kind: 'directory', at: '/two', source: join(top, 'two'), writable: false },
  ]
  const worker = new Worker(new URL('./broker-thread.ts', import.meta.url), {
    workerData: { port: port2, bell, mounts },
    transferList: [port2],
  })
  const channel: Channel = {
    call: (request) => {
      const heard = Atomics.load(bell, 0)
      port1.postMessage(encodeRequest(request))
      if (Atomics.wait(bell, 0, heard, 20_000) === 'timed-out') throw new Error('the broker does not answer')
      const { message } = receiveMessageOnPort(port1)!
      if (message === null) throw new Error('the jail is ended')
      return decodeReply(message)
    },
  }
  root = openBrokerMount(channel, 0, true)
  readOnly = openBrokerMount(channel, 1, false)
  end = async () => {
    const exited = once(worker, 'exit')
    port1.postMessage(null)
    await exited
  }
})
afterEach(async () => {
  await end()
  await rm(top, { recursive: true, force: true })
})

const file = (path: string, how = READ): OpenFile => {
  const open = root.open(path, how)
  if (open.kind !== 'file') throw new Error(`${path} is no file`)
  return open
}
const directory = (path: string): OpenDirectory => {
  const open = root.open(path, { ...READ, directory: true })
  if (open.kind !== 'directory') throw new Error(`${path} is no directory`)
  return open
}
const errnoOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof GuestFault) return errnoName(error.errno)!
    throw error
  }
  return 'success'
}
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (text: string) => new TextEncoder().encode(text)

describe('a file behind the broker', () => {
  it('reads, writes, appends, and knows its size', async () => {
    const open = file('new', CREATE)
    expect(open.write(2n, bytes('abc'))).toBe(3)
    expect(open.append(bytes('de'))).toEqual({ end: 7n, written: 2 })
    expect(text(open.read(0n, 100))).toBe('\0\0abcde')
    expect(text(open.read(5n, 1))).toBe('d')
    expect(open.read(2n ** 63n, 1)).toHaveLength(0)
    open.setSize(4n)
    open.allocate(0n, 6n)
    expect(open.stat()).toMatchObject({ type: 4, size: 6n, links: 1n })
    open.sync()
    open.close()
    expect(await readFile(join(top, 'one', 'new'), 'utf8')).toBe('\0\0ab\0\0')
  })

  it('moves at most a mebibyte in one request, and says how much it was', async () => {
    const open = file('large', CREATE)
    const large = new Uint8Array(2 ** 20 + 10).fill(7)
    expect(open.write(0n, large)).toBe(2 ** 20)
    expect(open.append(large)).toEqual({ end: 2n ** 21n, written: 2 ** 20 })
    expect(open.read(0n, 2 ** 32)).toHaveLength(2 ** 20)
    expect(open.read(2n ** 20n + 1n, 2 ** 32)).toHaveLength(2 ** 20 - 1)
  })

  it('is not reached any more once it is closed', () => {
    const open = file('file')
    open.close()
    expect(() => open.stat()).toThrow('the jail is ended')
  })
})

describe('a directory behind the broker', () => {
  it('makes, lists, moves and removes names', () => {
    root.createDirectory('dir')
    root.symlink('../file', 'dir/up')
    expect(root.readLink('dir/up')).toBe('../file')
    const dir = directory('dir')
    root.link('file', false, dir, 'hard')
    expect(dir.entries().map(({ name, type }) => [name, type])).toEqual([
      ['.', 3],
      ['..', 3],
      ['hard', 4],
      ['up', 7],
    ])
    expect(dir.entries()[1]!.inode).toBe(root.stat().inode)
    expect(dir.statPath('hard', true).inode).toBe(root.statPath('file', true).inode)
    expect(root.statPath('link', true).type).toBe(4)
    expect(root.statPath('link', false).type).toBe(7)
    dir.rename('hard', root, 'moved')
    root.unlink('moved')
    dir.unlink('up')
    dir.sync()
    dir.close()
    root.removeDirectory('dir')
    expect(root.entries().map(({ name }) => name)).toEqual(['.', '..', 'file', 'link', 'out'])
  })

  it('sets times, or leaves them', () => {
    root.setTimesPath('file', true, { accessed: 11n, modified: 1_700_000_000_123_456_789n })
    expect(root.statPath('file', true)).toMatchObject({ accessed: 11n, modified: 1_700_000_000_123_456_789n })
    const open = file('file')
    open.setTimes({ accessed: null, modified: 5n })
    expect(open.stat()).toMatchObject({ accessed: 11n, modified: 5n })
    root.setTimes({ accessed: 'now', modified: null })
    expect(root.stat().accessed).toBeGreaterThan(1_700_000_000_000_000_000n)
  })

  it('answers the errno of the broker', () => {
    expect(errnoOf(() => root.open('no', READ))).toBe('noent')
    expect(errnoOf(() => root.open('out', READ))).toBe('perm')
    expect(errnoOf(() => root.readLink('out'))).toBe('perm')
    expect(errnoOf(() => root.open('../two', READ))).toBe('perm')
    expect(errnoOf(() => root.open('file', { ...CREATE, exclusive: true }))).toBe('exist')
    expect(errnoOf(() => root.open('file', { ...READ, directory: true }))).toBe('notdir')
    expect(errnoOf(() => root.open('link', { ...READ, follow: false }))).toBe('loop')
    expect(errnoOf(() => readOnly.open('new', CREATE))).toBe('rofs')
    expect([root.writable, readOnly.writable, directory('.').writable]).toEqual([true, false, true])
  })

  it('is of its mount only: links and moves to another one, or to memory, are xdev', () => {
    const memory = { kind: 'directory' } as OpenDirectory
    for (const to of [readOnly, memory]) {
      expect(errnoOf(() => root.link('file', false, to, 'taken'))).toBe('xdev')
      expect(errnoOf(() => root.rename('file', to, 'taken'))).toBe('xdev')
    }
  })

  it('a mount outlives its handle: the broker keeps it', () => {
    root.close()
    expect(root.statPath('file', true).size).toBe(8n)
  })
})
