// What a guest is shown of live files: numbers that are not the host's, times that are no better clock than its own, and listings.
import { execFileSync } from 'node:child_process'
import { link, mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Live, WRITE } from './live.ts'

const statPath = (live: Live, path: string, follow = true) => live.ask('fs.statPath', { directory: 0, path, follow })

describe('numbers', () => {
  it('tell files apart and stay the same, but are never the host’s', async () => {
    await using live = await Live.make()
    await link(live.path('root', 'file'), live.path('root', 'hard'))
    const real = await stat(live.path('root', 'file'), { bigint: true })
    const { fields } = await statPath(live, 'file')
    expect(fields).toMatchObject({ device: '1', type: 4, links: '2', size: '8' })
    expect(fields['inode']).not.toBe(String(real.ino))
    const same = [
      await statPath(live, 'hard'),
      await statPath(live, 'to-file'),
      await live.ask('fs.stat', { handle: await live.handle('file') }),
    ]
    for (const other of same) expect(other.fields['inode']).toBe(fields['inode'])
    for (const path of ['dir', 'to-nested/deep', '.'])
      expect((await statPath(live, path)).fields['inode']).not.toBe(fields['inode'])
    expect((await statPath(live, 'to-file', false)).fields).toMatchObject({ type: 7 })
    await using another = await Live.make({
      mounts: [{ at: '/x', below: `../${live.top.split('/').at(-1)}/root`, writable: false }],
    })
    expect((await statPath(another, 'file')).fields['inode']).not.toBe(fields['inode'])
  })
})

describe('times', () => {
  const set = (live: Live, path: string, accessed: string, modified: string, follow = true) =>
    live.errno('fs.setTimesPath', { directory: 0, path, follow, accessed, modified })
  const times = async (live: Live, path: string, follow = true) => {
    const { fields } = await statPath(live, path, follow)
    return [fields['accessed'], fields['modified']]
  }

  it('are kept to the nanosecond, although Node sets them as floating-point seconds', async () => {
    await using live = await Live.make()
    expect(await set(live, 'file', '1700000000123456789', '1700000000987654321')).toBe('success')
    expect(await times(live, 'file')).toEqual(['1700000000123456789', '1700000000987654321'])
    expect((await stat(live.path('root', 'file'))).mtimeMs).toBeCloseTo(1700000000987.65, 1)
    const handle = await live.handle('file', WRITE)
    expect(await live.errno('fs.setTimes', { handle, accessed: '', modified: '5' })).toBe('success')
    expect(await times(live, 'file')).toEqual(['1700000000123456789', '5'])
    // Another writer's change is seen.
    await utimes(live.path('root', 'file'), 7, 7)
    expect(await times(live, 'file')).toEqual(['7000000000', '7000000000'])
  })

  it('of a link are its own where it is not followed', async () => {
    await using live = await Live.make()
    const before = await times(live, 'file')
    expect(await set(live, 'to-file', '1', '2', false)).toBe('success')
    expect(await times(live, 'to-file', false)).toEqual(['1', '2'])
    expect(await times(live, 'file')).toEqual(before)
    expect(await set(live, 'out-file', '1', '2', false)).toBe('success')
  })

  it('before 1970 stay on the disk when only the other is set, and are shown as zero', async () => {
    await using live = await Live.make()
    execFileSync('touch', ['-d', '@-1000.5', live.path('root', 'file')])
    expect(await set(live, 'file', '5000000000', '')).toBe('success')
    expect((await stat(live.path('root', 'file'))).mtimeMs).toBeCloseTo(-1000500, 0)
    expect(await times(live, 'file')).toEqual(['5000000000', '0'])
  })

  it.each(['18446744073709551615', '9223372036854775808'])(
    'beyond all file systems (%s) are an error or a bound, and end in no exception',
    async (time) => {
      await using live = await Live.make()
      const errno = await set(live, 'file', time, time)
      if (errno === 'success') expect(BigInt((await times(live, 'file'))[1] as string)).toBeLessThanOrEqual(BigInt(time))
      else expect(errno).toBe('inval')
    },
  )

  it('are as coarse as the guest’s clock', async () => {
    await using live = await Live.make({ granularityNs: 1_000_000_000 })
    await utimes(live.path('root', 'file'), 1700000000.75, 1700000001.25)
    expect(await times(live, 'file')).toEqual(['1700000000000000000', '1700000001000000000'])
    expect(await set(live, 'file', 'now', 'now')).toBe('success')
    for (const time of await times(live, 'file')) expect(BigInt(time as string) % 1_000_000_000n).toBe(0n)
    expect((await stat(live.path('root', 'file'))).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
  })

  it('tell nothing of the present to a guest without a clock', async () => {
    await using live = await Live.make({ granularityNs: null })
    await utimes(live.path('root', 'file'), 1700000000, 1700000000)
    expect(await times(live, 'file')).toEqual(['1700000000000000000', '1700000000000000000'])
    const shown = async (path: string) => {
      const { fields } = await statPath(live, path)
      return [fields['accessed'], fields['modified'], fields['changed']]
    }
    await writeFile(live.path('root', 'one'), '')
    await utimes(live.path('root', 'one'), Date.now() / 1000 + 5, Date.now() / 1000 + 5)
    await writeFile(live.path('root', 'two'), '')
    await utimes(live.path('root', 'two'), Date.now() / 1000 + 9, Date.now() / 1000 + 9)
    expect(new Set([...(await shown('one')), ...(await shown('two'))]).size).toBe(1)
  })
})

describe('listings', () => {
  interface Entry {
    readonly inode: bigint
    readonly type: number
    readonly name: string
  }
  async function list(live: Live, handle = 0): Promise<Entry[]> {
    const { errno, body } = await live.ask('fs.entries', { handle })
    expect(errno).toBe('success')
    const bytes = Buffer.from(body)
    const entries: Entry[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt16LE(at + 9)
      entries.push({
        inode: bytes.readBigUInt64LE(at),
        type: bytes[at + 8]!,
        name: bytes.toString('utf8', at + 11, at + 11 + length),
      })
      at += 11 + length
    }
    return entries
  }

  it('have every name once, sorted, with the numbers that stat tells', async () => {
    await using live = await Live.make()
    await writeFile(live.path('root', 'é and more\n'), '')
    const entries = await list(live)
    expect(entries.map(({ name }) => name)).toEqual([
      ...['.', '..', 'dangling', 'dir', 'file', 'loop', 'out-absolute', 'out-chain', 'out-dangling', 'out-dir', 'out-file'],
      ...['to-file', 'to-nested', 'é and more\n'],
    ])
    for (const { name, inode, type } of entries) {
      if (name === '..') continue
      const { fields } = await statPath(live, name, false)
      expect([name, String(inode), type]).toEqual([name, fields['inode'], fields['type']])
    }
  })

  it('show nothing above the root, and the parent of any other directory', async () => {
    await using live = await Live.make()
    const inodes = async (handle: number) => (await list(live, handle)).slice(0, 2).map(({ inode }) => inode)
    const [root, parent] = await inodes(0)
    expect(parent).toBe(root)
    const dir = await live.handle('dir')
    const [own, above] = await inodes(dir)
    expect([own === root, above === root]).toEqual([false, true])
    expect(await inodes(await live.handle('nested', {}, dir))).toEqual([expect.anything(), own])
    expect(await inodes(await live.handle('.', {}, dir))).toEqual([own, root])
    expect(await inodes(await live.handle('nested/..', {}, dir))).toEqual([own, root])
    expect(await inodes(await live.handle('dir/..'))).toEqual([root, root])
    expect(await inodes(await live.handle('to-nested/.'))).toEqual([expect.anything(), own])
  })

  it('leave out names that are not UTF-8', async () => {
    await using live = await Live.make()
    await writeFile(Buffer.concat([Buffer.from(live.path('root', 'bad')), Buffer.from([0xff])]), '')
    expect((await list(live)).filter(({ name }) => name.startsWith('bad'))).toEqual([])
  })

  it('are of the directory that was opened, wherever it is now', async () => {
    await using live = await Live.make()
    const handle = await live.handle('dir')
    await rename(live.path('root', 'dir'), live.path('moved'))
    await mkdir(live.path('root', 'dir'))
    expect((await list(live, handle)).map(({ name }) => name)).toEqual(['.', '..', 'nested'])
  })
})
