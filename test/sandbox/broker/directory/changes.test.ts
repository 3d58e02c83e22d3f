// Changing a live directory: what POSIX and preview 1 expect, what a read-only mount refuses, and what the quotas count.
import { linkSync } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { bytesOf, CREATE, Live, type RequestFields, WRITE } from './live.ts'

const at = (path: string): RequestFields => ({ directory: 0, path })
const two = (path: string, toPath: string): RequestFields => ({ directory: 0, path, to: 0, toPath })

describe('opening', () => {
  it.each<[string, Parameters<Live['open']>[1], string]>([
    ['file', { mustBeDirectory: true }, 'notdir'],
    ['file', { ...CREATE, exclusive: true }, 'exist'],
    ['to-file', { ...CREATE, exclusive: true }, 'exist'],
    ['dangling', { ...CREATE, exclusive: true }, 'exist'],
    ['out-dangling', { ...CREATE, exclusive: true }, 'exist'],
    ['to-file', { follow: false }, 'loop'],
    ['to-nested', { follow: false, mustBeDirectory: true }, 'notdir'],
    ['dir', WRITE, 'isdir'],
    ['dir', { truncate: true }, 'isdir'],
    ['dir', CREATE, 'isdir'],
    ['new/', CREATE, 'isdir'],
    ['new', { ...CREATE, mustBeDirectory: true }, 'inval'],
    ['new', WRITE, 'noent'],
    ['file/new', CREATE, 'notdir'],
  ])('%s with %j is %s', async (path, how, errno) => {
    await using live = await Live.make()
    const before = await live.everything()
    expect((await live.open(path, how)).errno).toBe(errno)
    expect(await live.everything()).toEqual(before)
  })

  it('creates a file for its owner alone, also through a dangling link that stays inside', async () => {
    await using live = await Live.make()
    for (const [path, made] of [
      ['dir/new', 'dir/new'],
      ['dangling', 'nowhere'],
    ] as const) {
      await live.handle(path, CREATE)
      expect((await stat(live.path('root', made))).mode & 0o7777).toBe(0o600)
    }
    expect(await live.errno('fs.createDirectory', at('made/'))).toBe('success')
    expect((await stat(live.path('root', 'made'))).mode & 0o7777).toBe(0o700)
  })

  it('truncates when asked to, with and without writing', async () => {
    await using live = await Live.make()
    await live.handle('file', { truncate: true })
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('')
    expect(await live.read('to-nested/deep', { ...WRITE, truncate: true })).toBe('')
  })

  it('does not open for writing what runs with the rights of its owner', async () => {
    await using live = await Live.make()
    await chmod(live.path('root', 'file'), 0o4755)
    expect((await live.open('file', WRITE)).errno).toBe('acces')
    expect((await live.open('file', { truncate: true })).errno).toBe('acces')
    expect(await live.read('file')).toBe('contents')
  })
})

describe('reading and writing', () => {
  it('reads and writes at offsets, and appends at the end wherever that is by then', async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', WRITE)
    expect((await live.ask('fs.write', { handle, offset: '3' }, bytesOf('TEN'))).fields).toEqual({ written: 3 })
    expect((await live.ask('fs.read', { handle, offset: '2', length: 5 })).text).toBe('nTENt')
    expect((await live.ask('fs.append', { handle }, bytesOf('!'))).fields).toEqual({ written: 1, end: '9' })
    await truncate(live.path('root', 'file'), 1)
    expect((await live.ask('fs.append', { handle }, bytesOf('?'))).fields).toEqual({ written: 1, end: '2' })
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('c?')
    expect((await live.ask('fs.read', { handle, offset: '18446744073709551615', length: 5 })).text).toBe('')
  })

  it('keeps to the access that a handle was opened for', async () => {
    await using live = await Live.make()
    const [reading, writing] = [await live.handle('file'), await live.handle('file', { read: false, write: true })]
    const neither = await live.handle('file', { read: false })
    expect(await live.errno('fs.read', { handle: writing, offset: '0', length: 1 })).toBe('notcapable')
    for (const handle of [reading, neither]) {
      expect(await live.errno('fs.write', { handle, offset: '0' }, bytesOf('x'))).toBe('notcapable')
      expect(await live.errno('fs.append', { handle }, bytesOf('x'))).toBe('notcapable')
      expect(await live.errno('fs.setSize', { handle, size: '0' })).toBe('notcapable')
      expect(await live.errno('fs.allocate', { handle, offset: '0', length: '100' })).toBe('notcapable')
      expect(await live.errno('fs.sync', { handle })).toBe('success')
    }
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('contents')
  })

  it('sizes, with positions that no file has refused and not wrapped', async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', WRITE)
    const size = async () => (await live.ask('fs.stat', { handle })).fields['size']
    await live.ask('fs.allocate', { handle, offset: '0', length: '4' })
    expect(await size()).toBe('8')
    await live.ask('fs.allocate', { handle, offset: '6', length: '10' })
    expect(await size()).toBe('16')
    await live.ask('fs.setSize', { handle, size: '4' })
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('cont')
    for (const big of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(String)) {
      expect(await live.errno('fs.write', { handle, offset: big }, bytesOf('x'))).toBe('fbig')
      expect(await live.errno('fs.setSize', { handle, size: big })).toBe('fbig')
      expect(await live.errno('fs.allocate', { handle, offset: '1', length: big })).toBe('fbig')
    }
    expect(await size()).toBe('4')
  })

  it('a file that was removed is still what its handle reads and writes', async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', WRITE)
    expect(await live.errno('fs.unlink', at('file'))).toBe('success')
    await writeFile(live.path('root', 'file'), 'another')
    await live.ask('fs.append', { handle }, bytesOf('!'))
    expect((await live.ask('fs.read', { handle, offset: '0', length: 20 })).text).toBe('contents!')
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('another')
  })
})

describe('names', () => {
  it.each<[string, RequestFields, string]>([
    ['fs.createDirectory', at('dir'), 'exist'],
    ['fs.createDirectory', at('dir/'), 'exist'],
    ['fs.createDirectory', at('file'), 'exist'],
    ['fs.createDirectory', at('dangling'), 'exist'],
    ['fs.createDirectory', at('.'), 'exist'],
    ['fs.createDirectory', at('no/such'), 'noent'],
    ['fs.removeDirectory', at('dir'), 'notempty'],
    ['fs.removeDirectory', at('file'), 'notdir'],
    ['fs.removeDirectory', at('file/'), 'notdir'],
    ['fs.removeDirectory', at('to-nested'), 'notdir'],
    ['fs.removeDirectory', at('.'), 'inval'],
    ['fs.removeDirectory', at('dir/..'), 'inval'],
    ['fs.removeDirectory', at('no'), 'noent'],
    ['fs.unlink', at('dir'), 'isdir'],
    ['fs.unlink', at('dir/'), 'isdir'],
    ['fs.unlink', at('.'), 'isdir'],
    ['fs.unlink', at('file/'), 'notdir'],
    ['fs.unlink', at('no'), 'noent'],
    ['fs.readLink', at('file'), 'inval'],
    ['fs.readLink', at('dir'), 'inval'],
    ['fs.readLink', at('no'), 'noent'],
    ['fs.symlink', { ...at('new/'), target: 'file' }, 'noent'],
    ['fs.symlink', { ...at('dir/'), target: 'file' }, 'exist'],
    ['fs.symlink', { ...at('file'), target: 'file' }, 'exist'],
    ['fs.symlink', { ...at('file/'), target: 'file' }, 'notdir'],
    ['fs.symlink', { ...at('new'), target: '' }, 'noent'],
    ['fs.symlink', { ...at('new'), target: 'a\0b' }, 'inval'],
    ['fs.symlink', { ...at('new'), target: 'x'.repeat(5000) }, 'nametoolong'],
    ['fs.symlink', { ...at('new'), target: '/etc' }, 'perm'],
    ['fs.symlink', { ...at('new'), target: '..' }, 'perm'],
    ['fs.symlink', { ...at('dir/new'), target: '../../canary' }, 'perm'],
    ['fs.symlink', { ...at('dir/new'), target: 'nested/../../../canary' }, 'perm'],
    ['fs.link', { ...two('dir', 'new'), follow: false }, 'perm'],
    ['fs.link', { ...two('.', 'new'), follow: false }, 'perm'],
    ['fs.link', { ...two('no', 'new'), follow: false }, 'noent'],
    ['fs.link', { ...two('file/', 'new'), follow: false }, 'notdir'],
    ['fs.link', { ...two('file', 'file'), follow: false }, 'exist'],
    ['fs.link', { ...two('file', 'dir'), follow: false }, 'exist'],
    ['fs.link', { ...two('file', 'dangling'), follow: false }, 'exist'],
    ['fs.link', { ...two('file', 'new/'), follow: false }, 'noent'],
    ['fs.link', { ...two('file', 'dangling/'), follow: false }, 'notdir'],
    ['fs.link', { ...two('dangling', 'new'), follow: true }, 'noent'],
    ['fs.rename', two('.', 'new'), 'busy'],
    ['fs.rename', two('dir/..', 'new'), 'busy'],
    ['fs.rename', two('file', '.'), 'busy'],
    ['fs.rename', two('no', 'new'), 'noent'],
    ['fs.rename', two('file/', 'new'), 'notdir'],
    ['fs.rename', two('file', 'new/'), 'notdir'],
    ['fs.rename', two('to-nested/', 'new'), 'notdir'],
    ['fs.rename', two('file', 'dir'), 'isdir'],
    ['fs.rename', two('dir', 'file'), 'notdir'],
    ['fs.rename', two('dir', 'dir/nested/new'), 'inval'],
    ['fs.setTimesPath', { ...at('no'), follow: true, accessed: '1', modified: '1' }, 'noent'],
  ])('%s %j is %s and changes nothing', async (operation, fields, errno) => {
    await using live = await Live.make()
    const before = await live.everything()
    expect(await live.errno(operation, fields)).toBe(errno)
    expect(await live.everything()).toEqual(before)
  })

  it('makes, moves and removes', async () => {
    await using live = await Live.make()
    const done = async (operation: string, fields: RequestFields) =>
      expect([operation, await live.errno(operation, fields)]).toEqual([operation, 'success'])
    await done('fs.createDirectory', at('new'))
    await done('fs.rename', two('new/', 'dir/renamed/'))
    await done('fs.symlink', { ...at('dir/renamed/up'), target: '../../file' })
    expect(await live.read('dir/renamed/up')).toBe('contents')
    await done('fs.link', { ...two('file', 'dir/hard'), follow: false })
    expect((await stat(live.path('root', 'file'))).nlink).toBe(2)
    // Without following, the name of the link itself is doubled (testsuite, path_link).
    await done('fs.link', { ...two('dangling', 'dangling-too'), follow: false })
    expect(await readlink(live.path('root', 'dangling-too'))).toBe('nowhere')
    await done('fs.link', { ...two('to-file', 'followed'), follow: true })
    expect((await stat(live.path('root', 'followed'))).nlink).toBe(3)
    await done('fs.rename', two('to-file', 'dir/nested/deep'))
    expect((await lstat(live.path('root', 'dir/nested/deep'))).isSymbolicLink()).toBe(true)
    await done('fs.unlink', at('dir/renamed/up'))
    await done('fs.removeDirectory', at('dir/renamed/'))
    await expect(stat(live.path('root', 'dir/renamed'))).rejects.toThrow('ENOENT')
  })

  it('a directory that was moved up while it was open is judged by where it is now', async () => {
    await using live = await Live.make()
    const nested = await live.handle('dir/nested', { mustBeDirectory: true })
    await rm(live.path('root', 'dir', 'nested', 'out'))
    expect(await live.errno('fs.symlink', { directory: nested, path: 'before', target: '../../file' })).toBe('success')
    await rm(live.path('root', 'dir', 'nested', 'before'))
    expect(await live.errno('fs.rename', two('dir/nested', 'up'))).toBe('success')
    expect(await live.errno('fs.symlink', { directory: nested, path: 'link', target: '../../vault' })).toBe('perm')
    expect(await live.errno('fs.symlink', { directory: nested, path: 'link', target: '../file' })).toBe('success')
    // The host's, beside the mount: it was inside of what the handle was opened as.
    await symlink('../../vault', live.path('root', 'up', 'theirs'))
    expect(await live.errno('fs.readLink', { directory: nested, path: 'theirs' })).toBe('perm')
    expect(await readdir(live.path('root', 'up'))).toEqual(['deep', 'link', 'theirs'])
  })

  it('a directory is not moved up with a link in it that would lead out from there', async () => {
    await using live = await Live.make()
    for (const path of ['a', 'a/b', 'a/b/c', 'a/b/d']) await live.errno('fs.createDirectory', at(path))
    expect(await live.errno('fs.symlink', { ...at('a/b/c/link'), target: '../../../file' })).toBe('success')
    const move = (path: string, toPath: string) => live.errno('fs.rename', two(path, toPath))
    expect(await move('a/b', 'b')).toBe('perm')
    expect(await move('a/b/c', 'c')).toBe('perm')
    expect(live.events).toMatchObject([{ type: 'file-access', hostCall: 'path_rename', allowed: false }, {}])
    // Sideways, down, and up without such a link.
    expect([await move('a/b/c', 'a/b/e'), await move('a/b/e', 'dir/nested/e'), await move('a/b/d', 'd')]).toEqual([
      'success',
      'success',
      'success',
    ])
    expect(await readlink(live.path('root', 'dir', 'nested', 'e', 'link'))).toBe('../../../file')
  })

  it('a link that stays inside where it is cannot be moved or doubled to where it would lead out', async () => {
    await using live = await Live.make()
    expect(await live.errno('fs.symlink', { ...at('dir/up'), target: '../file' })).toBe('success')
    const before = await live.everything()
    expect(await live.errno('fs.rename', two('dir/up', 'up'))).toBe('perm')
    expect(await live.errno('fs.link', { ...two('dir/up', 'up'), follow: false })).toBe('perm')
    expect(await live.everything()).toEqual(before)
    expect(await live.errno('fs.rename', two('dir/up', 'dir/nested/up'))).toBe('success')
  })
})

describe('rights of mounts', () => {
  const CHANGES: readonly [string, RequestFields][] = [
    [
      'fs.open',
      { ...at('file'), ...WRITE, create: false, exclusive: false, truncate: false, mustBeDirectory: false, follow: true },
    ],
    [
      'fs.open',
      {
        ...at('file'),
        read: true,
        write: false,
        create: false,
        exclusive: false,
        truncate: true,
        mustBeDirectory: false,
        follow: true,
      },
    ],
    [
      'fs.open',
      {
        ...at('file'),
        read: true,
        write: false,
        create: true,
        exclusive: false,
        truncate: false,
        mustBeDirectory: false,
        follow: true,
      },
    ],
    [
      'fs.open',
      {
        ...at('new'),
        read: true,
        write: false,
        create: true,
        exclusive: true,
        truncate: false,
        mustBeDirectory: false,
        follow: true,
      },
    ],
    ['fs.setTimesPath', { ...at('file'), follow: true, accessed: '1', modified: '1' }],
    ['fs.setTimes', { handle: 0, accessed: '1', modified: '1' }],
    ['fs.createDirectory', at('new')],
    ['fs.removeDirectory', at('dir/nested')],
    ['fs.unlink', at('file')],
    ['fs.symlink', { ...at('new'), target: 'file' }],
    ['fs.link', { ...two('file', 'new'), follow: false }],
    ['fs.rename', two('file', 'new')],
  ]

  it.each(CHANGES)('a read-only mount refuses %s %j, and nothing of it changes', async (operation, fields) => {
    await using live = await Live.make({ writable: false })
    const [before, times] = [await live.everything(), await stat(live.path('root', 'file'))]
    expect(await live.errno(operation, fields)).toBe('rofs')
    expect(live.records).toMatchObject([{ operation, decision: 'denied', errno: 'rofs' }])
    expect(live.events).toMatchObject([{ type: 'file-access', allowed: false }])
    expect(await live.everything()).toEqual(before)
    expect(await stat(live.path('root', 'file'))).toMatchObject({ mtimeMs: times.mtimeMs, ctimeMs: times.ctimeMs })
  })

  it('a read-only mount refuses changes through an open file', async () => {
    await using live = await Live.make({ writable: false })
    const handle = await live.handle('file')
    const times = await stat(live.path('root', 'file'))
    for (const [operation, fields, bytes] of [
      ['fs.write', { handle, offset: '0' }, bytesOf('x')],
      ['fs.append', { handle }, bytesOf('x')],
      ['fs.setSize', { handle, size: '0' }],
      ['fs.allocate', { handle, offset: '0', length: '100' }],
      ['fs.setTimes', { handle, accessed: '1', modified: '1' }],
    ] as const)
      expect([operation, await live.errno(operation, fields, bytes)]).toEqual([operation, 'rofs'])
    expect(await stat(live.path('root', 'file'))).toMatchObject({ mtimeMs: times.mtimeMs, ctimeMs: times.ctimeMs, size: 8 })
  })

  it('nothing is linked or moved from one mount to another, in either direction', async () => {
    const mounts = [
      { at: '/read', below: 'root', writable: false },
      { at: '/write', below: 'vault', writable: true },
    ]
    await using live = await Live.make({ mounts })
    const before = await live.everything()
    for (const [directory, path, to] of [
      [0, 'file', 1],
      [1, 'canary', 0],
    ] as const) {
      const fields = { directory, path, to, toPath: 'taken' }
      expect(await live.errno('fs.link', { ...fields, follow: false })).toBe('xdev')
      expect(await live.errno('fs.rename', fields)).toBe('xdev')
    }
    expect(await live.everything()).toEqual(before)
    expect((await stat(live.path('root', 'file'))).nlink).toBe(1)
  })
})

describe('quotas', () => {
  it('bytes are counted when a file grows, holes too, and nothing happens beyond them', async () => {
    await using live = await Live.make({ quotas: { fileBytes: 100 } })
    const handle = await live.handle('file', WRITE)
    const size = async () => (await stat(live.path('root', 'file'))).size
    // Over what is there already is no growth.
    expect(await live.errno('fs.write', { handle, offset: '0' }, bytesOf('CONTENTS'))).toBe('success')
    expect(await live.errno('fs.write', { handle, offset: '108' }, bytesOf('x'))).toBe('dquot')
    expect(await live.errno('fs.setSize', { handle, size: '109' })).toBe('dquot')
    expect(await live.errno('fs.allocate', { handle, offset: '100', length: '9' })).toBe('dquot')
    expect(await live.errno('fs.append', { handle }, new Uint8Array(101))).toBe('dquot')
    expect(await live.errno('fs.setSize', { handle, size: String(2 ** 50) })).toBe('dquot')
    expect(await size()).toBe(8)
    expect(await live.errno('fs.write', { handle, offset: '107' }, bytesOf('x'))).toBe('success')
    expect(await live.errno('fs.append', { handle }, bytesOf('x'))).toBe('dquot')
    expect(await size()).toBe(108)
    // One event for all of them, until the next activation.
    expect(live.events).toMatchObject([{ type: 'quota-exceeded', quota: 'fileBytes', limit: 100 }])
    live.broker.beginActivation()
    expect(await live.errno('fs.append', { handle }, bytesOf('x'))).toBe('dquot')
    expect(live.events).toHaveLength(2)
  })

  it('what is cut off is given back, and what was there before the guest is no credit', async () => {
    await using live = await Live.make({ quotas: { fileBytes: 100 } })
    const handle = await live.handle('file', WRITE)
    expect(await live.errno('fs.setSize', { handle, size: '0' })).toBe('success')
    expect(await live.errno('fs.setSize', { handle, size: '101' })).toBe('dquot')
    expect(await live.errno('fs.setSize', { handle, size: '100' })).toBe('success')
    await live.handle('file', { truncate: true })
    expect(await live.errno('fs.append', { handle }, new Uint8Array(100))).toBe('success')
    expect(await live.errno('fs.append', { handle }, new Uint8Array(1))).toBe('dquot')
  })

  it('names are counted when they are made', async () => {
    await using live = await Live.make({ quotas: { inodes: 4 } })
    // Refused by the system: not counted.
    await mkdir(live.path('root', 'there'))
    linkSync(live.path('root', 'file'), live.path('root', 'there', 'hard'))
    expect(await live.errno('fs.rename', two('dir', 'there'))).toBe('notempty')
    expect(await live.errno('fs.createDirectory', at('one'))).toBe('success')
    expect((await live.open('two', CREATE)).errno).toBe('success')
    expect(await live.errno('fs.symlink', { ...at('three'), target: 'file' })).toBe('success')
    expect(await live.errno('fs.link', { ...two('file', 'four'), follow: false })).toBe('success')
    const before = await live.everything()
    expect(await live.errno('fs.createDirectory', at('five'))).toBe('dquot')
    expect((await live.open('five', CREATE)).errno).toBe('dquot')
    expect(await live.errno('fs.symlink', { ...at('five'), target: 'file' })).toBe('dquot')
    expect(await live.errno('fs.link', { ...two('file', 'five'), follow: false })).toBe('dquot')
    expect(await live.everything()).toEqual(before)
    expect(live.events).toMatchObject([{ type: 'quota-exceeded', quota: 'inodes', limit: 4 }])
    expect((await live.open('two', CREATE)).errno).toBe('success')
  })

  it('handles are capped before anything is opened, or made', async () => {
    await using live = await Live.make({ quotas: { handles: 3 } })
    const handles = [await live.handle('file'), await live.handle('dir'), await live.handle('.')]
    expect((await live.open('file')).errno).toBe('mfile')
    expect((await live.open('new', CREATE)).errno).toBe('mfile')
    expect((await live.open('file', { truncate: true })).errno).toBe('mfile')
    expect(await readFile(live.path('root', 'file'), 'utf8')).toBe('contents')
    await live.ask('fs.close', { handle: handles[1]! })
    expect((await live.open('file')).errno).toBe('success')
  })
})
