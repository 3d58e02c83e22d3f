// Trees in memory, through the calls of a guest: POSIX semantics, quotas, and what is left when names are gone.
import { describe, expect, it } from 'vitest'
import { directory, type FileGuest, file, fileGuest, names, OFLAGS, rights, symlink } from '../../support/files.ts'

const [SUCCESS, BUSY, DQUOT, EXIST, FBIG, INVAL, ISDIR, NAMETOOLONG, NOENT] = [0, 10, 19, 20, 22, 28, 31, 37, 44]
const [NOTDIR, NOTEMPTY, PERM, ROFS, XDEV, NOTCAPABLE] = [54, 55, 63, 69, 75, 76]

function removeAll(guest: FileGuest, path: string): void {
  const fd = guest.opendir(path)
  for (const name of (names(guest, fd) as string[]).slice(2)) {
    const below = `${path}/${name}`
    if (guest.path('path_unlink_file', [3], below) === SUCCESS) continue
    removeAll(guest, below)
    expect(guest.path('path_remove_directory', [3], below)).toBe(SUCCESS)
  }
  guest.call('fd_close', fd)
}

describe('what the embedder lays in', () => {
  it('is there, with the directories above it', () => {
    const guest = fileGuest([file('a/b/c.txt', 'hello'), directory('empty'), symlink('a/link', 'b/c.txt')])
    expect(guest.contents('a/b/c.txt')).toBe('hello')
    expect(guest.contents('a/link')).toBe('hello')
    expect(names(guest)).toEqual(['.', '..', 'a', 'empty'])
  })

  it('is not changed by what the guest writes', () => {
    const bytes = new TextEncoder().encode('original')
    const guest = fileGuest([{ type: 'file', path: 'f', bytes }])
    const fd = guest.open('f')
    expect(guest.write(fd, 'CHANGED!')).toBe(8)
    expect(guest.call('fd_filestat_set_size', fd, 2n)).toBe(SUCCESS)
    expect([guest.contents('f'), Buffer.from(bytes).toString()]).toEqual(['CH', 'original'])
  })

  it('has numbers of the sandbox’s own, the same in every run', () => {
    const inodes = () => {
      const guest = fileGuest([file('a'), file('d/b')])
      return ['a', 'd', 'd/b', '.'].map((path) => (guest.stat(path) as { inode: bigint }).inode)
    }
    expect(inodes()).toEqual([2n, 3n, 4n, 1n])
    expect(inodes()).toEqual(inodes())
  })
})

describe('times', () => {
  it('are of the clock that the guest has', () => {
    const guest = fileGuest([], { grants: { clock: { granularityNs: 3_600_000_000_000 } } })
    guest.open('new', { oflags: OFLAGS.creat })
    const { modified } = guest.stat('new') as { modified: bigint }
    expect(modified > 0n).toBe(true)
    expect(modified % 3_600_000_000_000n).toBe(0n)
  })

  it('are zero without one', () => {
    const guest = fileGuest([], { grants: { clock: null } })
    guest.open('new', { oflags: OFLAGS.creat })
    expect((guest.stat('new') as { modified: bigint }).modified).toBe(0n)
  })
})

describe('names', () => {
  it('are compared byte for byte', () => {
    const guest = fileGuest([file('secret', 'x'), file('caf\u00e9', 'composed')])
    for (const name of ['SECRET', 'Secret', 'secret\u200b', '\ufeffsecret', 'cafe\u0301', 'secret ', 'secret.'])
      expect([name, guest.stat(name)]).toEqual([name, NOENT])
    for (const name of ['__proto__', 'constructor', 'then', 'a\\b', 'C:x', 'new\nline']) {
      expect(guest.open(name, { oflags: OFLAGS.creat | OFLAGS.excl })).toBeGreaterThan(3)
      expect(names(guest)).toContain(name)
    }
  })

  it('may be so long and no longer', () => {
    const guest = fileGuest([], { quotas: { nameBytes: 6, pathBytes: 20 } })
    expect(guest.path('path_create_directory', [3], 'ééé')).toBe(SUCCESS)
    expect(guest.path('path_create_directory', [3], 'éééé')).toBe(NAMETOOLONG)
    expect(guest.path('path_create_directory', [3], '\u{1f600}\u{1f600}')).toBe(NAMETOOLONG)
  })

  it('cannot be nested to paths that no guest could name', () => {
    const guest = fileGuest([], { quotas: { pathBytes: 20 } })
    let fd = 3
    for (let depth = 0; depth < 10; depth++) {
      expect(guest.path('path_create_directory', [fd], 'd')).toBe(SUCCESS)
      const next = guest.opendir('d', { from: fd })
      if (fd !== 3) guest.call('fd_close', fd)
      fd = next
    }
    expect(guest.path('path_create_directory', [fd], 'd')).toBe(NAMETOOLONG)
    expect(guest.open('f', { from: fd, oflags: OFLAGS.creat })).toBe(-NAMETOOLONG)
    expect(guest.paths('path_symlink', 'x', 'l', [0, fd])).toBe(NAMETOOLONG)
    // Nor by moving a tree into another.
    expect(guest.path('path_create_directory', [3], 'top')).toBe(SUCCESS)
    expect(guest.paths('path_rename', 'd', 'top/d')).toBe(NAMETOOLONG)
    expect(guest.paths('path_rename', 'd', 'e')).toBe(SUCCESS)
  })
})

describe('rename', () => {
  const guest = () =>
    fileGuest([file('f', 'F'), file('g', 'G'), directory('empty'), file('full/x', 'X'), directory('d/sub'), symlink('l', 'f')])

  it.each<[string, string, number]>([
    ['f', 'new', SUCCESS],
    ['f', 'g', SUCCESS],
    ['f', 'f', SUCCESS],
    ['f', 'l', SUCCESS],
    ['l', 'g', SUCCESS],
    ['full', 'empty', SUCCESS],
    ['full', 'empty/', SUCCESS],
    ['full/', 'new/', SUCCESS],
    ['d/sub', 'sub', SUCCESS],
    ['f', 'empty', ISDIR],
    ['empty', 'f', NOTDIR],
    ['empty', 'full', NOTEMPTY],
    ['full/x', 'full', ISDIR],
    ['d/sub', 'd', NOTEMPTY],
    ['d', 'd/sub', INVAL],
    ['d', 'd/sub/x', INVAL],
    ['d', 'd', SUCCESS],
    ['f/', 'new', NOTDIR],
    ['f', 'new/', NOTDIR],
    ['no', 'new', NOENT],
    ['f', 'no/new', NOENT],
    ['.', 'new', BUSY],
    ['f', '.', BUSY],
    ['d/..', 'new', BUSY],
    ['f', '', NOENT],
    ['f', '../f', PERM],
    ['/f', 'new', PERM],
  ])('%j to %j is %i', (from, to, errno) => {
    const made = guest()
    const before = [names(made), made.contents('f'), made.contents('g')]
    expect(made.paths('path_rename', from, to)).toBe(errno)
    if (errno !== SUCCESS) expect([names(made), made.contents('f'), made.contents('g')]).toEqual(before)
  })

  it('replaces in one step: the old file lives on for who has it open', () => {
    const made = guest()
    const fd = made.open('g')
    expect(made.paths('path_rename', 'f', 'g')).toBe(SUCCESS)
    expect([made.read(fd, 10), made.contents('g'), made.stat('f')]).toEqual(['G', 'F', NOENT])
  })

  it('takes open directories along', () => {
    const made = guest()
    const fd = made.opendir('d/sub')
    expect(made.paths('path_rename', 'd', 'moved')).toBe(SUCCESS)
    expect(made.open('new', { from: fd, oflags: OFLAGS.creat })).toBeGreaterThan(fd)
    expect(made.stat('moved/sub/new')).toMatchObject({ size: 0n })
  })

  it('moves no link, alone or in a tree, to where it would lead out', () => {
    const made = fileGuest([symlink('a/b/l', '../../f'), directory('c'), file('f', 'F')])
    expect(made.contents('a/b/l')).toBe('F')
    expect(made.paths('path_rename', 'a/b/l', 'l')).toBe(PERM)
    expect(made.paths('path_rename', 'a/b', 'b')).toBe(PERM)
    expect(made.paths('path_link', 'a/b/l', 'l')).toBe(PERM)
    expect(made.paths('path_rename', 'a/b', 'c/b')).toBe(SUCCESS)
    expect(made.contents('c/b/l')).toBe('F')
  })
})

describe('links', () => {
  it('share a file under two names', () => {
    const guest = fileGuest([file('f', 'one'), directory('d')])
    expect(guest.paths('path_link', 'f', 'd/g')).toBe(SUCCESS)
    expect(guest.stat('d/g')).toMatchObject({ links: 2n, inode: (guest.stat('f') as { inode: bigint }).inode })
    guest.write(guest.open('f'), 'two')
    expect(guest.contents('d/g')).toBe('two')
    expect(guest.path('path_unlink_file', [3], 'f')).toBe(SUCCESS)
    expect(guest.stat('d/g')).toMatchObject({ links: 1n, size: 3n })
  })

  it('are not made of directories, or over what is there', () => {
    const guest = fileGuest([file('f'), directory('d'), symlink('l', 'no')])
    const link = (from: string, to: string) => guest.paths('path_link', from, to)
    expect([link('d', 'x'), link('f', 'f'), link('f', 'd'), link('f', 'l'), link('no', 'x'), link('f', 'x/')]).toEqual([
      PERM,
      EXIST,
      EXIST,
      EXIST,
      NOENT,
      NOENT,
    ])
    expect(link('l', 'm')).toBe(SUCCESS)
    expect(guest.call('path_link', 3, 1, 4096, 1, 3, 6144, 1)).not.toBe(SUCCESS)
  })

  it('are refused where they would lead out, as text', () => {
    const guest = fileGuest([directory('a/b')])
    const symlinkAt = (target: string, path: string) => guest.paths('path_symlink', target, path)
    for (const target of ['/', '/etc/passwd', '..', '../x', 'a/../../x', './/..'])
      expect([target, symlinkAt(target, 'l')]).toEqual([target, PERM])
    expect(symlinkAt('../../..', 'a/b/l')).toBe(PERM)
    expect(symlinkAt('../..', 'a/b/l')).toBe(SUCCESS)
    expect(symlinkAt('no/such', 'dangling')).toBe(SUCCESS)
    expect([symlinkAt('x', 'a'), symlinkAt('x', 'new/'), symlinkAt('', 'new')]).toEqual([EXIST, NOENT, NOENT])
  })

  it('that lead out are not followed, wherever they came from', () => {
    // The embedder's own; the guest could not make them.
    const guest = fileGuest([symlink('out', '../secret'), symlink('absolute', '/etc/passwd'), symlink('a/out', '../../x')])
    for (const path of ['out', 'absolute', 'a/out', 'out/x']) {
      expect([path, guest.open(path, { follow: true })]).toEqual([path, -PERM])
      expect(guest.open(path, { follow: true, oflags: OFLAGS.creat, base: rights('fd_write') })).toBe(-PERM)
      expect(guest.stat(path, true)).toBe(PERM)
    }
    expect(guest.events.every(({ type }) => type === 'file-access')).toBe(true)
  })

  it('do not lead out by way of another link', () => {
    const guest = fileGuest([directory('deep/er'), symlink('deep/er/up', '../..')])
    // As text it stays inside; through the link it does not.
    expect(guest.paths('path_symlink', 'deep/er/up/../x', 'l')).toBe(SUCCESS)
    expect(guest.stat('l', true)).toBe(PERM)
  })
})

describe('removing', () => {
  it('files and directories, each by its own call', () => {
    const guest = fileGuest([file('f'), directory('d'), file('full/x'), symlink('toD', 'd')])
    const unlink = (path: string) => guest.path('path_unlink_file', [3], path)
    const rmdir = (path: string) => guest.path('path_remove_directory', [3], path)
    expect([unlink('d'), unlink('d/'), unlink('f/'), unlink('no'), unlink('.'), unlink('toD/')]).toEqual([
      ISDIR,
      ISDIR,
      NOTDIR,
      NOENT,
      ISDIR,
      NOTDIR,
    ])
    expect([rmdir('f'), rmdir('f/'), rmdir('full'), rmdir('no'), rmdir('.'), rmdir('d/..'), rmdir('toD')]).toEqual([
      NOTDIR,
      NOTDIR,
      NOTEMPTY,
      NOENT,
      INVAL,
      INVAL,
      NOTDIR,
    ])
    expect([unlink('f'), rmdir('d/'), unlink('toD'), unlink('full/x'), rmdir('full')]).toEqual([0, 0, 0, 0, 0])
    expect(names(guest)).toEqual(['.', '..'])
  })

  it('leaves a removed directory that is open without a way to put something into it', () => {
    const guest = fileGuest([directory('d')])
    const fd = guest.opendir('d')
    expect(guest.path('path_remove_directory', [3], 'd')).toBe(SUCCESS)
    expect(names(guest, fd)).toEqual(['.', '..'])
    expect(guest.open('x', { from: fd, oflags: OFLAGS.creat })).toBe(-NOENT)
    expect(guest.path('path_create_directory', [fd], 'x')).toBe(NOENT)
    expect(guest.paths('path_rename', 'x', 'x', [fd, fd])).toBe(NOENT)
  })
})

describe('quotas', () => {
  it('count bytes before they are allocated, gaps included', () => {
    const guest = fileGuest([file('given', '12345')], { quotas: { bytes: 100 } })
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    expect(guest.write(fd, 'x'.repeat(95))).toBe(95)
    expect(guest.write(fd, 'y')).toBe(-DQUOT)
    expect(guest.call('fd_filestat_set_size', fd, 10n)).toBe(SUCCESS)
    // The gap alone is too much, and 8 TiB of it were never there.
    for (const offset of [95n, 2n ** 43n, 2n ** 53n - 2n]) expect(guest.pwrite(fd, 'y', offset)).toBe(-DQUOT)
    expect(guest.pwrite(fd, 'y', 2n ** 62n)).toBe(-FBIG)
    expect(guest.call('fd_filestat_set_size', fd, 96n)).toBe(DQUOT)
    expect(guest.call('fd_filestat_set_size', fd, 2n ** 63n - 1n)).toBe(FBIG)
    expect(guest.call('fd_allocate', fd, 90n, 6n)).toBe(DQUOT)
    expect(guest.stat('f')).toMatchObject({ size: 10n })
    expect(guest.pwrite(fd, 'y', 94n)).toBe(1)
    expect(guest.contents('f')).toBe(`${'x'.repeat(10)}${'\0'.repeat(84)}y`)
  })

  it('write what fits in whole pieces and say how much that was', () => {
    const guest = fileGuest([], { quotas: { bytes: 10 } })
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    guest.view.setUint32(1000, 2000, true)
    guest.view.setUint32(1004, 8, true)
    guest.view.setUint32(1008, 2000, true)
    guest.view.setUint32(1012, 8, true)
    expect(guest.call('fd_write', fd, 1000, 2, 3000)).toBe(SUCCESS)
    expect(guest.view.getUint32(3000, true)).toBe(8)
    expect(guest.call('fd_write', fd, 1000, 2, 3000)).toBe(DQUOT)
  })

  it('count files, directories, links and second names', () => {
    const guest = fileGuest([], { quotas: { inodes: 4, bytes: 100 } })
    guest.write(guest.open('f', { oflags: OFLAGS.creat }), 'x'.repeat(20))
    expect(guest.path('path_create_directory', [3], 'd')).toBe(SUCCESS)
    expect(guest.paths('path_symlink', 'f', 'l')).toBe(SUCCESS)
    expect(guest.paths('path_link', 'f', 'g')).toBe(SUCCESS)
    expect(guest.open('h', { oflags: OFLAGS.creat })).toBe(-DQUOT)
    expect(guest.path('path_create_directory', [3], 'e')).toBe(DQUOT)
    expect(guest.path('path_unlink_file', [3], 'l')).toBe(SUCCESS)
    expect(guest.path('path_create_directory', [3], 'e')).toBe(SUCCESS)
    expect(names(guest)).toEqual(['.', '..', 'f', 'd', 'g', 'e'])
  })

  it('count contents once for each name, because each comes back as a file', () => {
    const guest = fileGuest([file('f', 'x'.repeat(40))], { quotas: { bytes: 100 } })
    expect(guest.paths('path_link', 'f', 'g')).toBe(SUCCESS)
    expect(guest.paths('path_link', 'f', 'h')).toBe(DQUOT)
    expect(guest.pwrite(guest.open('f'), 'y'.repeat(11), 40n)).toBe(-DQUOT)
    expect(guest.pwrite(guest.open('f'), 'y'.repeat(10), 40n)).toBe(10)
    expect(guest.path('path_unlink_file', [3], 'g')).toBe(SUCCESS)
    expect(guest.pwrite(guest.open('f'), 'y'.repeat(50), 50n)).toBe(50)
  })

  it('count what was removed as long as it is open', () => {
    const guest = fileGuest([], { quotas: { bytes: 100, inodes: 2 } })
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    guest.write(fd, 'x'.repeat(60))
    expect(guest.path('path_unlink_file', [3], 'f')).toBe(SUCCESS)
    expect([guest.pread(fd, 3, 0n), guest.pwrite(fd, 'abc', 60n)]).toEqual(['xxx', 3])
    const second = guest.open('g', { oflags: OFLAGS.creat })
    expect(guest.write(second, 'y'.repeat(50))).toBe(-DQUOT)
    expect(guest.open('h', { oflags: OFLAGS.creat })).toBe(-DQUOT)
    expect(guest.call('fd_close', fd)).toBe(SUCCESS)
    expect(guest.write(second, 'y'.repeat(100))).toBe(100)
    expect(guest.open('h', { oflags: OFLAGS.creat })).toBeGreaterThan(0)
  })

  it('are as free as at the start when everything is gone, whatever happened before', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const guest = fileGuest([], { quotas: { bytes: 300, inodes: 12 } })
      // Park and Miller's generator.
      let state = seed * 7919
      const pick = (below: number) => {
        state = (state * 48_271) % 2_147_483_647
        return state % below
      }
      const path = () => ['a', 'b', 'c', 'd/a', 'd/b', 'e/a', 'd/e/a'][pick(7)]!
      const place = () => ['d', 'e', 'd/e', 'd/f'][pick(4)]!
      let fds: number[] = []
      const acts: readonly (() => unknown)[] = [
        () => fds.length < 10 && fds.push(guest.open(path(), { oflags: OFLAGS.creat })),
        () => guest.pwrite(fds[pick(10)] ?? 99, 'x'.repeat(pick(60)), BigInt(pick(100))),
        () => guest.call('fd_filestat_set_size', fds[pick(10)] ?? 99, BigInt(pick(150))),
        () => guest.paths('path_link', path(), path()),
        () => guest.paths('path_symlink', 'x'.repeat(1 + pick(20)), path()),
        () => guest.paths('path_rename', path(), path()),
        () => guest.paths('path_rename', place(), place()),
        () => guest.path('path_unlink_file', [3], path()),
        () => guest.path('path_create_directory', [3], place()),
        () => guest.path('path_remove_directory', [3], place()),
        () => fds.length > 0 && guest.call('fd_close', fds.pop()!),
      ]
      for (let i = 0; i < 200; i++) {
        acts[pick(acts.length)]!()
        fds = fds.filter((fd) => fd > 0)
      }
      for (const fd of fds) guest.call('fd_close', fd)
      removeAll(guest, '.')
      const fd = guest.open('f', { oflags: OFLAGS.creat })
      expect([seed, guest.write(fd, 'x'.repeat(301)), guest.write(fd, 'x'.repeat(300))]).toEqual([seed, -DQUOT, 300])
      for (let i = 1; i < 12; i++) expect(guest.path('path_create_directory', [3], `n${i}`)).toBe(SUCCESS)
      expect(guest.path('path_create_directory', [3], 'one-more')).toBe(DQUOT)
    }
  })

  it('are of all mounts together', () => {
    const other = { kind: 'snapshot', at: '/other', writable: true, entries: [file('o', 'x'.repeat(50))] } as const
    const guest = fileGuest([], { quotas: { bytes: 100 }, others: [other] })
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    expect(guest.write(fd, 'x'.repeat(51))).toBe(-DQUOT)
    expect(guest.open('o', { from: 4, oflags: OFLAGS.trunc })).toBeGreaterThan(4)
    expect(guest.write(fd, 'x'.repeat(100))).toBe(100)
  })

  it('are told once each in an activation', () => {
    const guest = fileGuest([], { quotas: { bytes: 1, inodes: 1 } })
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    for (let i = 0; i < 3; i++) {
      guest.write(fd, 'xx')
      guest.path('path_create_directory', [3], 'd')
    }
    const told = () => guest.events.map((event) => (event.type === 'quota-exceeded' ? [event.quota, event.limit] : event.type))
    expect(told()).toEqual([
      ['fileBytes', 1],
      ['inodes', 1],
    ])
    guest.mounts.beginActivation()
    guest.write(fd, 'xx')
    expect(told()).toHaveLength(3)
  })
})

describe('two mounts', () => {
  const other = { kind: 'memory', at: '/data', writable: true, entries: [file('f', 'data')] } as const

  it('are two trees, also where one lies below the other', () => {
    const guest = fileGuest([file('data/f', 'root')], { others: [other] })
    expect(guest.contents('data/f')).toBe('root')
    expect(guest.read(guest.open('f', { from: 4 }), 10)).toBe('data')
    expect(guest.open('../f', { from: 4 })).toBe(-PERM)
  })

  it('exchange nothing by link or rename', () => {
    const guest = fileGuest([file('r')], { others: [other] })
    expect(guest.paths('path_link', 'r', 'x', [3, 4])).toBe(XDEV)
    expect(guest.paths('path_rename', 'f', 'x', [4, 3])).toBe(XDEV)
    expect([names(guest, 3), names(guest, 4)]).toEqual([
      ['.', '..', 'r'],
      ['.', '..', 'f'],
    ])
  })
})

describe('a mount that is read-only', () => {
  const entries = [file('f', 'kept'), directory('d'), symlink('l', 'f')]
  const guest = () => fileGuest(entries, { writable: false })

  it.each<[string, (made: ReturnType<typeof guest>) => number]>([
    ['opening to create', (made) => -made.open('new', { oflags: OFLAGS.creat, base: rights('fd_read') })],
    ['opening to create what is there', (made) => -made.open('f', { oflags: OFLAGS.creat, base: rights('fd_read') })],
    ['opening to truncate', (made) => -made.open('f', { oflags: OFLAGS.trunc, base: rights('fd_read') })],
    ['opening to write', (made) => -made.open('f', { base: rights('fd_write') })],
    ['making a directory', (made) => made.path('path_create_directory', [3], 'new')],
    ['removing a directory', (made) => made.path('path_remove_directory', [3], 'd')],
    ['removing a file', (made) => made.path('path_unlink_file', [3], 'f')],
    ['renaming', (made) => made.paths('path_rename', 'f', 'g')],
    ['linking', (made) => made.paths('path_link', 'f', 'g')],
    ['making a link', (made) => made.paths('path_symlink', 'f', 'g')],
    ['setting times by path', (made) => made.path('path_filestat_set_times', [3, 0], 'f', 0n, 5n, 4)],
    [
      'setting times of a file',
      (made) =>
        made.call('fd_filestat_set_times', made.open('f', { base: rights('fd_read', 'fd_filestat_set_times') }), 0n, 5n, 4),
    ],
    ['setting times of a directory', (made) => made.call('fd_filestat_set_times', 3, 0n, 5n, 4)],
  ])('%s is refused and leaves no trace', (_, act) => {
    const made = guest()
    const before = [names(made), made.stat('f'), made.contents('f')]
    expect(act(made)).toBe(ROFS)
    expect([names(made), made.stat('f'), made.contents('f')]).toEqual(before)
  })

  it('gives no handle that could change a file, whatever rights were asked for', () => {
    const made = guest()
    const fd = made.open('f', { base: rights('fd_read', 'fd_allocate', 'fd_filestat_set_size') })
    expect(made.call('fd_filestat_set_size', fd, 0n)).toBe(NOTCAPABLE)
    expect(made.call('fd_allocate', fd, 0n, 100n)).toBe(NOTCAPABLE)
    expect(made.contents('f')).toBe('kept')
    expect(made.mounts.changes()).toEqual([])
  })
})
