// Nothing beside the mount is read, changed, or told of, whatever the path says and whatever lies in the directory.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openMounts } from '../../../../src/sandbox/broker/directory/service.ts'
import { BadRequest, Fields } from '../../../../src/sandbox/broker/fields.ts'
import { CANARY, CREATE, Live, READ, type RequestFields, WRITE } from './live.ts'

/** Every operation that takes a path, with fields that would make it work on an honest one. */
const PATH_OPERATIONS: readonly [string, (path: string) => RequestFields][] = [
  ['fs.open', (path) => openFields(path)],
  ['fs.open', (path) => ({ ...openFields(path), ...WRITE })],
  ['fs.open', (path) => ({ ...openFields(path), ...CREATE })],
  ['fs.open', (path) => ({ ...openFields(path), ...CREATE, truncate: true })],
  ['fs.statPath', (path) => ({ directory: 0, path, follow: true })],
  ['fs.setTimesPath', (path) => ({ directory: 0, path, follow: true, accessed: '1', modified: '1' })],
  ['fs.createDirectory', (path) => ({ directory: 0, path })],
  ['fs.removeDirectory', (path) => ({ directory: 0, path })],
  ['fs.unlink', (path) => ({ directory: 0, path })],
  ['fs.readLink', (path) => ({ directory: 0, path })],
  ['fs.symlink', (path) => ({ target: 'file', directory: 0, path })],
  ['fs.link', (path) => ({ directory: 0, path, follow: true, to: 0, toPath: 'made' })],
  ['fs.link', (path) => ({ directory: 0, path: 'file', follow: false, to: 0, toPath: path })],
  ['fs.rename', (path) => ({ directory: 0, path, to: 0, toPath: 'made' })],
  ['fs.rename', (path) => ({ directory: 0, path: 'file', to: 0, toPath: path })],
]
const openFields = (path: string): RequestFields => ({
  directory: 0,
  path,
  create: false,
  exclusive: false,
  truncate: false,
  mustBeDirectory: false,
  follow: true,
  read: true,
  write: false,
})

describe('paths that lead out', () => {
  it.each([
    '..',
    '../canary',
    './../canary',
    'dir/../../canary',
    'dir/nested/../../../canary',
    'dir//nested/.././../..//canary',
    '../root/file',
    'to-nested/../../../canary',
    '/etc/passwd',
    '//canary',
    '/',
    '/data/file',
    'out-dir/canary',
    'out-dir/..',
    'out-dir/../root/file',
    'dir/nested/out/canary',
    'out-chain/canary',
    'to-nested/out/canary',
  ])('%s is perm for every operation, told, and changes nothing', async (path) => {
    await using live = await Live.make()
    const before = await live.everything()
    for (const [operation, fields] of PATH_OPERATIONS) {
      live.events.length = 0
      live.records.length = 0
      expect([operation, await live.errno(operation, fields(path))]).toEqual([operation, 'perm'])
      expect(live.events).toMatchObject([{ type: 'file-access', severity: 'high', allowed: false }])
      expect(live.records).toMatchObject([{ operation, capability: 'fs', decision: 'denied', errno: 'perm' }])
      expect(JSON.stringify([live.events, live.records])).not.toContain(live.top)
    }
    expect(await live.everything()).toEqual(before)
  })

  it.each(['out-file', 'out-absolute', 'out-dangling', 'out-dir'])('a link %s that leads out is never followed', async (path) => {
    await using live = await Live.make()
    const before = await live.everything()
    const outside = await stat(live.path('canary'))
    for (const how of [{}, WRITE, CREATE, { ...CREATE, truncate: true }]) expect(await live.read(path, how)).toBe('perm')
    expect(await live.errno('fs.statPath', { directory: 0, path, follow: true })).toBe('perm')
    expect(await live.errno('fs.setTimesPath', { directory: 0, path, follow: true, accessed: '1', modified: '1' })).toBe('perm')
    expect(await live.errno('fs.link', { directory: 0, path, follow: true, to: 0, toPath: 'made' })).toBe('perm')
    expect(await live.everything()).toEqual(before)
    expect((await stat(live.path('canary'))).mtimeMs).toBe(outside.mtimeMs)
  })

  it.each(['out-dir/', 'out-dir/.', 'out-chain/'])(
    'the suffix of %s follows the link, and so is refused, without following asked for',
    async (path) => {
      await using live = await Live.make()
      expect(await live.errno('fs.statPath', { directory: 0, path, follow: false })).toBe('perm')
      expect(await live.read(path, { follow: false })).toBe('perm')
    },
  )

  it('the target of a link that leads out is withheld', async () => {
    await using live = await Live.make()
    for (const path of ['out-file', 'out-dir', 'out-absolute', 'dir/nested/out']) {
      const reply = await live.ask('fs.readLink', { directory: 0, path })
      expect([path, reply.errno, reply.text]).toEqual([path, 'perm', ''])
    }
    expect((await live.ask('fs.readLink', { directory: 0, path: 'to-nested' })).text).toBe('dir/nested')
  })

  it('says the same of what exists outside and what does not', async () => {
    await using live = await Live.make()
    expect(await live.read('../canary')).toBe(await live.read('../no-such-thing'))
    expect(await live.read('out-dir/canary')).toBe(await live.read('out-dir/no-such-thing'))
  })

  it('a directory handle leads nowhere above itself', async () => {
    await using live = await Live.make()
    const nested = await live.handle('dir/nested')
    expect(await live.read('deep', {}, nested)).toBe('deep')
    for (const path of ['..', '../nested/deep', '../../file', 'out/canary'])
      expect([path, await live.read(path, {}, nested)]).toEqual([path, 'perm'])
  })

  it('a directory that is moved out while it is open is still only itself', async () => {
    await using live = await Live.make()
    const dir = await live.handle('dir')
    await rename(live.path('root', 'dir'), live.path('moved'))
    expect(await live.read('nested/deep', {}, dir)).toBe('deep')
    for (const path of ['../canary', 'nested/../../canary', 'nested/out/canary'])
      expect(await live.read(path, {}, dir)).toBe('perm')
  })

  it('the mount stays the directory that it was when its path comes to mean another', async () => {
    await using live = await Live.make()
    await rename(live.path('root'), live.path('elsewhere'))
    await symlink('vault', live.path('root'))
    expect(await live.read('file')).toBe('contents')
    expect(await live.read('canary')).toBe('noent')
  })
})

describe('paths that stay', () => {
  it.each([
    ['file', 'contents'],
    ['./file', 'contents'],
    ['dir/../file', 'contents'],
    ['dir/.//nested/../../dir/nested/../nested///./deep', 'deep'],
    ['to-file', 'contents'],
    ['to-nested/deep', 'deep'],
    // The parent of what a link leads to, not of the link (FSX-06).
    ['to-nested/../nested/deep', 'deep'],
    ['to-nested/../file', 'noent'],
    ['file/', 'notdir'],
    ['file/.', 'notdir'],
    ['to-file/', 'notdir'],
    ['file/..', 'notdir'],
    ['dangling', 'noent'],
    ['loop', 'loop'],
    ['', 'noent'],
    ['fi\0le', 'inval'],
    ['x'.repeat(256), 'nametoolong'],
    ['dir/'.repeat(2000), 'nametoolong'],
    ['no/such', 'noent'],
  ])('%j gives %s', async (path, expected) => {
    await using live = await Live.make()
    expect(await live.read(path)).toBe(expected)
  })

  it('a path up and down many times holds few descriptors, and a deep one is refused before it holds too many', async () => {
    await using live = await Live.make()
    expect(await live.read(`${'dir/../'.repeat(500)}file`)).toBe('contents')
    await mkdir(live.path('root', ...Array<string>(250).fill('d')), { recursive: true })
    const errno = (path: string) => live.errno('fs.statPath', { directory: 0, path, follow: true })
    expect(await errno('d/'.repeat(150))).toBe('success')
    expect(await errno('d/'.repeat(250))).toBe('nametoolong')
  })
})

describe('races', () => {
  it('a second writer who swaps a directory for a link never gets the canary read or changed', { timeout: 30_000 }, async () => {
    await using live = await Live.make()
    await mkdir(live.path('root', 'swapped'))
    await writeFile(live.path('root', 'swapped', 'canary'), 'inside')
    await symlink('../vault', live.path('root', 'lure'))
    const swapper = startSwapper(live.path('root'))
    const seen = new Map<string, number>()
    try {
      // Until both states were met often, so that the race was really run; and for a second at least.
      const [least, most] = [performance.now() + 1000, performance.now() + 20_000]
      const met = () => Math.min(seen.get('inside') ?? 0, seen.get('perm') ?? 0)
      while (performance.now() < least || (met() < 50 && performance.now() < most)) {
        const results = [
          await live.read('swapped/canary'),
          await live.read('swapped/canary', WRITE),
          await live.read('swapped/new', CREATE),
          (await live.ask('fs.readLink', { directory: 0, path: 'swapped' })).text,
        ]
        for (const result of results) seen.set(result, (seen.get(result) ?? 0) + 1)
      }
    } finally {
      await swapper.stop()
    }
    expect([...seen.keys()]).not.toContain(CANARY)
    expect([...seen.keys()].filter((result) => result.includes('vault'))).toEqual([])
    expect(seen.get('inside')).toBeGreaterThan(20)
    expect(seen.get('perm')).toBeGreaterThan(20)
    const { vault, ...rest } = await live.everything()
    expect(vault).toBe('/')
    expect(Object.keys(rest).filter((path) => path.startsWith('vault/'))).toEqual(['vault/canary'])
    expect(rest['vault/canary']).toBe(CANARY)
  })

  it('a swap between any two steps of a walk leads nowhere else', async () => {
    await using live = await Live.make()
    await mkdir(live.path('root', 'swapped', 'sub'), { recursive: true })
    await writeFile(live.path('root', 'swapped', 'sub', 'canary'), 'inside')
    await mkdir(live.path('vault', 'sub'))
    await writeFile(live.path('vault', 'sub', 'canary'), CANARY)
    const results = new Set<string>()
    for (const place of ['swapped', 'swapped/sub', 'swapped/sub/canary']) {
      for (let moment = 1; moment < 100; moment++) {
        let steps = 0
        const swap = () => {
          if (++steps !== moment) return
          renameSync(live.path('root', place), live.path('aside'))
          symlinkSync(live.path('vault', place.replace(/^swapped/, '.')), live.path('root', place))
        }
        const signal = { throwIfAborted: swap, aborted: false } as unknown as AbortSignal
        const fields = new Fields({ directory: 0, path: 'swapped/sub/canary', ...READ })
        const { run } = live.service.operations['fs.open']!(fields, new Uint8Array())
        const handle = await Promise.resolve(run(signal, async () => {})).then(
          (opened) => opened.fields!['handle'] as number,
          () => null,
        )
        if (handle === null) results.add('refused')
        else {
          results.add((await live.ask('fs.read', { handle, offset: '0', length: 100 })).text)
          await live.ask('fs.close', { handle })
        }
        if (steps < moment) break
        unlinkSync(live.path('root', place))
        renameSync(live.path('aside'), live.path('root', place))
      }
    }
    expect([...results].sort()).toEqual(['inside', 'refused'])
  })
})

/** Another process that puts the link in the directory's place and back again, without pause. */
function startSwapper(root: string) {
  const swap = `
    const { renameSync } = require('node:fs')
    process.chdir(process.argv[1])
    for (;;) {
      renameSync('swapped', 'aside')
      renameSync('lure', 'swapped')
      renameSync('swapped', 'lure')
      renameSync('aside', 'swapped')
    }`
  const child = spawn(process.execPath, ['--eval', swap, root], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  return {
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

describe('what is no file', () => {
  it('a pipe, a socket and a device are refused by every operation, at once, and are not listed', async () => {
    await using live = await Live.make()
    execFileSync('mkfifo', [live.path('root', 'pipe')])
    const server = createServer().listen(live.path('root', 'socket'))
    await once(server, 'listening')
    const names = ['pipe', 'socket']
    // Only root can make a device.
    if (process.getuid?.() === 0) {
      execFileSync('mknod', [live.path('root', 'device'), 'c', '1', '5'])
      names.push('device')
    }
    try {
      for (const name of names) {
        for (const [operation, fields] of PATH_OPERATIONS) {
          const reply = await live.errno(operation, fields(name))
          expect([name, operation, reply]).toEqual([name, operation, 'notsup'])
        }
        expect(live.events.at(-1)).toMatchObject({ type: 'file-access', allowed: false })
      }
      const { body } = await live.ask('fs.entries', { handle: 0 })
      for (const name of names) expect(Buffer.from(body).includes(name)).toBe(false)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('a file system of the kernel’s cannot be mounted, nor reached from a mount of everything', async () => {
    for (const source of ['/proc', '/proc/self'])
      await expect(openMounts([{ kind: 'directory', at: '/', source, writable: false }])).rejects.toThrow(
        /file system of the kernel/,
      )
    await using live = await Live.make({ mounts: [{ at: '/', below: '../'.repeat(20), writable: false }] })
    for (const path of ['proc/self/environ', 'proc/self/root/etc/passwd', 'proc/self/fd', 'proc/', 'proc']) {
      const errno = await live.errno('fs.statPath', { directory: 0, path, follow: false })
      expect([path, errno]).toEqual([path, 'notcapable'])
    }
    expect(await live.errno('fs.statPath', { directory: 0, path: 'etc', follow: true })).toBe('success')
  })

  it('a mount of nothing, or of a file, is an error with its reason', async () => {
    await using live = await Live.make()
    for (const [below, code] of [
      ['missing', 'ENOENT'],
      ['canary', 'ENOTDIR'],
    ] as const)
      await expect(openMounts([{ kind: 'directory', at: '/x', source: live.path(below), writable: false }])).rejects.toThrow(
        new RegExp(`for the mount /x could not be opened \\(${code}\\)`),
      )
  })
})

describe('requests that no cell sends', () => {
  it.each<[string, RequestFields]>([
    ['fs.stat', { handle: 1 }],
    ['fs.stat', { handle: 100 }],
    ['fs.stat', { handle: -1 }],
    ['fs.stat', { handle: 0.5 }],
    ['fs.stat', { handle: '0' }],
    ['fs.stat', {}],
    ['fs.stat', { handle: 0, path: 'file' }],
    ['fs.close', { handle: 0 }],
    ['fs.read', { handle: 0, offset: '0', length: 1 }],
    ['fs.write', { handle: 0, offset: '0' }],
    ['fs.statPath', { directory: 0, path: 1, follow: true }],
    ['fs.statPath', { directory: 0, path: '\ud800', follow: true }],
    ['fs.statPath', { directory: 0, path: 'x'.repeat(65_537), follow: true }],
    ['fs.statPath', { directory: 0, path: 'file', follow: 1 }],
    ['fs.setTimes', { handle: 0, accessed: '-1', modified: '' }],
    ['fs.setTimes', { handle: 0, accessed: 'then', modified: '' }],
    ['fs.setTimes', { handle: 0, accessed: '18446744073709551616', modified: '' }],
    ['fs.root', { source: '/etc' }],
    ['fs.open', { directory: 0, path: 'file' }],
  ])('%s %j ends the jail', async (operation, fields) => {
    await using live = await Live.make()
    await expect(live.ask(operation, fields)).rejects.toThrow(BadRequest)
  })

  it('pieces beyond the cap end the jail', async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', WRITE)
    await expect(live.ask('fs.read', { handle, offset: '0', length: 2 ** 20 + 1 })).rejects.toThrow(BadRequest)
    await expect(live.ask('fs.write', { handle, offset: '0' }, new Uint8Array(2 ** 20 + 1))).rejects.toThrow(BadRequest)
    await expect(live.ask('fs.append', { handle }, new Uint8Array(2 ** 20 + 1))).rejects.toThrow(BadRequest)
  })

  it('a handle of another guest, and one that was closed, mean nothing', async () => {
    await using mine = await Live.make()
    await using other = await Live.make()
    await other.handle('file')
    const theirs = await other.handle('file')
    const own = await mine.handle('file')
    expect(theirs).not.toBe(own)
    await expect(mine.ask('fs.read', { handle: theirs, offset: '0', length: 1 })).rejects.toThrow(BadRequest)
    await mine.ask('fs.close', { handle: own })
    expect(await mine.handle('file')).not.toBe(own)
    await expect(mine.ask('fs.stat', { handle: own })).rejects.toThrow(BadRequest)
  })
})
