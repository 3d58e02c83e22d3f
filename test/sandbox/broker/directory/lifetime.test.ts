// From the first request to the end of the guest: one record for each decision, deadlines, and no descriptor left behind.
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Attributes } from '../../../../src/sandbox/broker/directory/attributes.ts'
import { listing } from '../../../../src/sandbox/broker/directory/listing.ts'
import { openRoot } from '../../../../src/sandbox/broker/directory/node.ts'
import { Turns } from '../../../../src/sandbox/broker/directory/turns.ts'
import { Fields } from '../../../../src/sandbox/broker/fields.ts'
import { bytesOf, CREATE, Live, READ, WRITE } from './live.ts'

const descriptors = () => readdirSync('/proc/self/fd').length

describe('descriptors', () => {
  it('are all closed with the guest, whatever was open', async () => {
    const before = descriptors()
    {
      await using live = await Live.make()
      for (const path of ['file', 'dir', '.', 'to-nested/deep']) await live.handle(path)
      const handle = await live.handle('file', WRITE)
      await live.ask('fs.append', { handle }, bytesOf('x'))
      await live.handle('file', { read: false })
      expect(descriptors()).toBeGreaterThan(before + 6)
    }
    expect(descriptors()).toBe(before)
  })

  it('are held for no longer than a request, whether it succeeds or fails', async () => {
    await using live = await Live.make()
    const path = 'dir/nested/../nested/deep'
    const before = descriptors()
    for (const request of [
      path,
      'to-nested/deep',
      'no/such',
      '../canary',
      'dir/../out-dir/canary',
      'file/x',
      'loop',
      'dir/nested/no',
    ]) {
      await live.ask('fs.statPath', { directory: 0, path: request, follow: true })
      await live.open(request, { ...CREATE, exclusive: true })
      await live.ask('fs.rename', { directory: 0, path: request, to: 0, toPath: `${request}/x` })
      await live.ask('fs.symlink', { directory: 0, path: request, target: '/out' })
    }
    await live.ask('fs.entries', { handle: 0 })
    await live.ask('fs.sync', { handle: 0 })
    // One open() above made a file, and its handle is open.
    expect(descriptors()).toBe(before + 1)
    const handle = await live.handle(path, WRITE)
    await live.ask('fs.append', { handle }, bytesOf('x'))
    await live.ask('fs.close', { handle })
    expect(descriptors()).toBe(before + 1)
  })
})

describe('a long path', () => {
  it('up and down holds only the directories between the start and where it is', async () => {
    await using live = await Live.make()
    const before = descriptors()
    let done = false
    const reading = live.read(`${'dir/../'.repeat(500)}file`).finally(() => {
      done = true
    })
    let most = 0
    while (!done) {
      await new Promise(setImmediate)
      most = Math.max(most, descriptors() - before)
    }
    expect(await reading).toBe('contents')
    // Closing is not waited for, so a few more are on their way out.
    expect(most).toBeLessThan(50)
  })
})

describe('audit', () => {
  it('has one record for each decision, with guest paths, and none for reading on', async () => {
    await using live = await Live.make()
    const handle = await live.handle('dir/new', CREATE)
    await live.ask('fs.stat', { handle })
    await live.ask('fs.write', { handle, offset: '0' }, bytesOf('x'))
    await live.ask('fs.append', { handle }, bytesOf('x'))
    await live.ask('fs.read', { handle, offset: '0', length: 1 })
    await live.ask('fs.setSize', { handle, size: '0' })
    await live.ask('fs.close', { handle })
    await live.read('no')
    await live.ask('fs.rename', { directory: 0, path: 'dir/new', to: 0, toPath: 'moved' })
    await live.ask('fs.entries', { handle: 0 })
    await live.ask('fs.stat', { handle: 0 })
    await live.read('/etc/passwd')
    expect(live.records.map(({ operation, object, decision }) => [operation, object, decision])).toEqual([
      ['fs.open', '"/data/dir/new"', 'allowed'],
      ['fs.write', '"/data/dir/new"', 'allowed'],
      ['fs.append', '"/data/dir/new"', 'allowed'],
      ['fs.setSize', '"/data/dir/new"', 'allowed'],
      ['fs.open', '"/data/no"', 'allowed'],
      ['fs.rename', '"/data/dir/new -> /data/moved"', 'allowed'],
      // A mount is open without a record, so looking at it has one.
      ['fs.entries', '"/data"', 'allowed'],
      ['fs.stat', '"/data"', 'allowed'],
      ['fs.open', '"/etc/passwd"', 'denied'],
    ])
  })

  it('comes before the effect: if it cannot be written, nothing is done', async () => {
    await using live = await Live.make()
    const handle = await live.handle('file', WRITE)
    const before = await live.everything()
    const fail = () => Promise.reject(new Error('disk full'))
    const { signal } = new AbortController()
    for (const [operation, fields] of [
      ['fs.open', { directory: 0, path: 'new', ...READ, ...CREATE }],
      ['fs.open', { directory: 0, path: 'file', ...READ, truncate: true }],
      ['fs.unlink', { directory: 0, path: 'file' }],
      ['fs.rename', { directory: 0, path: 'file', to: 0, toPath: 'moved' }],
    ] as const) {
      const prepared = live.service.operations[operation]!(new Fields(fields), new Uint8Array())
      await expect(prepared.run(signal, fail)).rejects.toThrow('disk full')
    }
    // What is known at once is recorded by the broker, before it runs.
    const written = live.service.operations['fs.write']!(new Fields({ handle, offset: '0' }), bytesOf('x'))
    expect(written.intent).toMatchObject({ capability: 'fs', object: '/data/file', refusal: null })
    expect(await live.everything()).toEqual(before)
  })

  it('events of refusals are told a hundred times in an activation, records every time', async () => {
    await using live = await Live.make()
    for (let i = 0; i < 120; i++) await live.read('/etc/passwd')
    expect(live.records).toHaveLength(120)
    expect(live.events).toHaveLength(100)
    expect(live.events.at(-1)!.message).toContain('Further refusals are not told.')
    live.broker.beginActivation()
    await live.read('/etc/passwd')
    expect(live.events).toHaveLength(101)
  })

  it('a path that would rewrite a terminal is shown neutralised', async () => {
    await using live = await Live.make()
    await live.read('../\u001b[2Jx\u202e')
    expect(live.events[0]!.message).toContain('"/data/../\\u{1b}[2Jx\\u{202e}"')
    expect(live.records[0]!.object).toBe('"/data/../\\u{1b}[2Jx\\u{202e}"')
  })
})

describe('the end', () => {
  it('what is asked after the guest has ended is not begun', async () => {
    await using live = await Live.make()
    const ended = AbortSignal.abort()
    const { run } = live.service.operations['fs.unlink']!(new Fields({ directory: 0, path: 'file' }), new Uint8Array())
    await expect(run(ended, async () => undefined)).rejects.toThrow()
    expect(await live.read('file')).toBe('contents')
    await live.broker.close()
    expect(await live.errno('fs.unlink', { directory: 0, path: 'file' })).toBe('canceled')
  })

  it('a request that ends between its steps opens nothing', async () => {
    await using live = await Live.make()
    const before = descriptors()
    const end = new AbortController()
    const { run } = live.service.operations['fs.open']!(new Fields({ directory: 0, path: 'file', ...READ }), new Uint8Array())
    await expect(run(end.signal, async () => end.abort())).rejects.toThrow()
    expect(descriptors()).toBe(before)
  })

  it.each(['file', 'dir'])(
    'what was being opened (%s) when the guest ended is closed, for nobody has its number',
    async (path) => {
      await using live = await Live.make()
      const before = descriptors()
      const end = new AbortController()
      const { run } = live.service.operations['fs.open']!(new Fields({ directory: 0, path, ...READ }), new Uint8Array())
      // After the promises that are ready: when the system has been asked to open, and before it has answered.
      const decide = async () => process.nextTick(() => end.abort())
      await expect(run(end.signal, decide)).rejects.toThrow(/aborted/)
      expect(descriptors()).toBe(before)
    },
  )

  it('work waits for what outlived its deadline, so that no descriptor is closed beneath it', async () => {
    const turns = new Turns()
    const { signal } = new AbortController()
    const order: string[] = []
    let release = () => {}
    const slow = turns.take(signal, async () => {
      await new Promise<void>((resolve) => {
        release = resolve
      })
      order.push('slow')
    })
    const gaveUp = new AbortController()
    const never = turns.take(gaveUp.signal, async () => void order.push('never'))
    const next = turns.take(signal, async () => void order.push('next'))
    const idle = turns.idle().then(() => order.push('idle'))
    gaveUp.abort()
    await new Promise(setImmediate)
    expect(order).toEqual([])
    release()
    await Promise.all([slow, next, idle])
    await expect(never).rejects.toThrow()
    expect(order).toEqual(['slow', 'next', 'idle'])
  })

  it('a listing that is under way ends when its time is over', async () => {
    await using live = await Live.make()
    const end = new AbortController()
    const node = await openRoot(live.path('root'))
    const mount = { index: 0, at: '/', writable: false, root: node }
    const directory = { kind: 'directory', mount, path: '/', node, depth: 0, parentInode: 0n } as const
    const under = listing(directory, new Attributes(1), end.signal)
    end.abort()
    await expect(under).rejects.toThrow(/aborted/)
    await node.descriptor.close()
  })
})
