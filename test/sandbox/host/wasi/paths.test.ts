// path_*: rights, flags, texts, and what the embedder is told; the trees behind them are tested in host/fs.
import { describe, expect, it } from 'vitest'
import { RIGHTS, type RightName } from '../../../../src/sandbox/host/rights.ts'
import { ALL_RIGHTS, directory, type FileGuest, file, fileGuest, names, OFLAGS, rights, symlink } from '../../support/files.ts'

const [SUCCESS, BADF, EXIST, ILSEQ, INVAL, ISDIR, LOOP, MFILE, NAMETOOLONG, NOENT] = [0, 8, 20, 25, 28, 31, 32, 33, 37, 44]
const [NOTDIR, NOTSUP, PERM, NOTCAPABLE] = [54, 58, 63, 76]

const entries = [file('f', 'text'), directory('d'), symlink('l', 'f'), symlink('toD', 'd'), symlink('dangling', 'new')]

/** Each call with the rights that it needs of the directory. */
const CALLS: readonly (readonly [string, readonly RightName[], (guest: FileGuest, fd: number, path: string) => number])[] = [
  ['path_create_directory', ['path_create_directory'], (guest, fd, path) => guest.path('path_create_directory', [fd], path)],
  ['path_filestat_get', ['path_filestat_get'], (guest, fd, path) => guest.path('path_filestat_get', [fd, 0], path, 2000)],
  [
    'path_filestat_set_times',
    ['path_filestat_set_times'],
    (guest, fd, path) => guest.path('path_filestat_set_times', [fd, 0], path, 0n, 0n, 0),
  ],
  ['path_link', ['path_link_source', 'path_link_target'], (guest, fd, path) => guest.paths('path_link', path, 'x', [fd, fd])],
  ['path_open', ['path_open'], (guest, fd, path) => -Math.min(0, guest.open(path, { from: fd, base: 0n }))],
  ['path_readlink', ['path_readlink'], (guest, fd, path) => guest.path('path_readlink', [fd], path, 2000, 100, 2200)],
  ['path_remove_directory', ['path_remove_directory'], (guest, fd, path) => guest.path('path_remove_directory', [fd], path)],
  [
    'path_rename',
    ['path_rename_source', 'path_rename_target'],
    (guest, fd, path) => guest.paths('path_rename', path, 'x', [fd, fd]),
  ],
  ['path_symlink', ['path_symlink'], (guest, fd, path) => guest.paths('path_symlink', 'f', path, [fd, fd])],
  ['path_unlink_file', ['path_unlink_file'], (guest, fd, path) => guest.path('path_unlink_file', [fd], path)],
]

describe.each(CALLS)('%s', (name, needed, call) => {
  it('refuses paths that lead out, before and whatever is there', () => {
    const guest = fileGuest(entries)
    for (const path of ['..', '../x', '/f', '//f', 'd/../../x', './../f', 'd/../..'])
      expect([path, call(guest, 3, path)]).toEqual([path, PERM])
    expect(guest.events).toHaveLength(7)
    expect(guest.events[1]).toMatchObject({ type: 'file-access', severity: 'high', hostCall: name, allowed: false })
    expect(guest.events[1]).toHaveProperty('object', expect.stringContaining('"../x"'))
  })

  it('takes text that is UTF-8 without NUL, and no other', () => {
    const guest = fileGuest(entries)
    expect(call(guest, 3, 'f\0')).toBe(INVAL)
    expect(call(guest, 3, 'f\0../../x')).toBe(INVAL)
    expect(call(guest, 3, '')).toBe(NOENT)
    expect(call(guest, 3, 'x'.repeat(256))).toBe(NAMETOOLONG)
    expect(guest.events).toEqual([])
  })

  it('needs a directory that has the right', () => {
    const guest = fileGuest(entries)
    const fileFd = guest.open('f')
    expect([call(guest, 99, 'f'), call(guest, 1, 'f'), call(guest, fileFd, 'f')]).toEqual([BADF, NOTDIR, NOTDIR])
    for (const right of needed) {
      const fd = guest.opendir('.')
      expect(guest.call('fd_fdstat_set_rights', fd, ALL_RIGHTS & ~RIGHTS[right] & ~RIGHTS.fd_write, 0n)).toBe(NOTCAPABLE)
      const poor = guest.opendir('.', { base: ALL_RIGHTS & ~RIGHTS[right] & ~RIGHTS.fd_write })
      expect([right, call(guest, poor, 'f')]).toEqual([right, NOTCAPABLE])
    }
    const enough = guest.opendir('.', { base: rights(...needed) })
    expect(call(guest, enough, 'no/such')).toBe(NOENT)
  })
})

describe('text that is not UTF-8', () => {
  it('is ilseq', () => {
    const guest = fileGuest()
    guest.bytes.set([0x61, 0xff], 100)
    guest.bytes.set([0xed, 0xa0, 0x80], 200)
    expect(guest.call('path_create_directory', 3, 100, 2)).toBe(ILSEQ)
    expect(guest.call('path_create_directory', 3, 200, 3)).toBe(ILSEQ)
    expect(names(guest)).toEqual(['.', '..'])
  })
})

describe('what the embedder is told of escapes', () => {
  it('is neutralised', () => {
    const guest = fileGuest()
    guest.stat('../\u001b[2J\u202e')
    expect(guest.events[0]).toHaveProperty('object', '"../\\u{1b}[2J\\u{202e}"')
  })

  it('ends after 100', () => {
    const guest = fileGuest()
    for (let i = 0; i < 150; i++) expect(guest.stat('..')).toBe(PERM)
    expect(guest.events).toHaveLength(100)
  })
})

describe('path_open', () => {
  it.each<[string, number, Parameters<FileGuest['open']>[1]]>([
    ['f', SUCCESS, {}],
    ['f', EXIST, { oflags: OFLAGS.creat | OFLAGS.excl }],
    ['f', NOTDIR, { oflags: OFLAGS.directory }],
    ['f', INVAL, { oflags: OFLAGS.directory | OFLAGS.creat }],
    ['new', INVAL, { oflags: OFLAGS.directory | OFLAGS.creat }],
    ['f', INVAL, { oflags: 16 }],
    ['f', INVAL, { fdflags: 32 }],
    ['f', NOTSUP, { fdflags: 2 }],
    ['f', NOTSUP, { fdflags: 8 }],
    ['f', NOTSUP, { fdflags: 16 }],
    ['new', NOENT, {}],
    ['new', NOENT, { oflags: OFLAGS.trunc }],
    ['new/', ISDIR, { oflags: OFLAGS.creat }],
    ['l', LOOP, {}],
    ['l', LOOP, { oflags: OFLAGS.creat }],
    ['l', SUCCESS, { follow: true }],
    ['l', EXIST, { follow: true, oflags: OFLAGS.creat | OFLAGS.excl }],
    ['dangling', EXIST, { follow: true, oflags: OFLAGS.creat | OFLAGS.excl }],
    ['dangling', NOENT, { follow: true }],
    ['dangling', SUCCESS, { follow: true, oflags: OFLAGS.creat }],
    ['d', ISDIR, {}],
    ['d', ISDIR, { base: 0n, oflags: OFLAGS.trunc }],
    ['d', ISDIR, { base: 0n, oflags: OFLAGS.creat }],
    ['d', SUCCESS, { base: 0n }],
    ['toD', NOTDIR, { base: 0n, oflags: OFLAGS.directory }],
    ['toD/', SUCCESS, { base: 0n, oflags: OFLAGS.directory }],
    ['toD', SUCCESS, { base: 0n, oflags: OFLAGS.directory, follow: true }],
  ])('%s is %i with %o', (path, errno, options) => {
    const guest = fileGuest(entries)
    const fd = guest.open(path, options)
    expect(fd < 0 ? -fd : 0).toBe(errno)
    expect(guest.contents('f')).toBe('text')
  })

  it('knows no other flag for looking up than to follow', () => {
    const guest = fileGuest(entries)
    guest.bytes.set(new TextEncoder().encode('f'), 100)
    for (const flags of [2, 3, -1]) expect(guest.call('path_open', 3, flags, 100, 1, 0, 0n, 0n, 0, 200)).toBe(INVAL)
    for (const flags of [2, 3, -1]) expect(guest.call('path_filestat_get', 3, flags, 100, 1, 200)).toBe(INVAL)
  })

  it('creates through a dangling link what the link names', () => {
    const guest = fileGuest(entries)
    guest.write(guest.open('dangling', { follow: true, oflags: OFLAGS.creat }), 'there')
    expect([guest.contents('new'), guest.path('path_readlink', [3], 'dangling', 2000, 100, 2200)]).toEqual(['there', SUCCESS])
  })

  it('gives no right that the directory could not pass on', () => {
    const guest = fileGuest(entries)
    const inheriting = rights('fd_read', 'fd_seek')
    const poor = guest.opendir('.', { inheriting })
    const fd = guest.open('f', { from: poor })
    guest.call('fd_fdstat_get', fd, 1000)
    expect(guest.view.getBigUint64(1008, true)).toBe(inheriting)
    expect([guest.read(fd, 4), guest.write(fd, 'x')]).toEqual(['text', -NOTCAPABLE])
    // Nor through a directory in between.
    const child = guest.opendir('d', { from: poor })
    guest.call('fd_fdstat_get', child, 1000)
    expect([guest.view.getBigUint64(1008, true), guest.view.getBigUint64(1016, true)]).toEqual([0n, inheriting])
  })

  it('gives only rights that mean something for what was opened', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    guest.call('fd_fdstat_get', fd, 1000)
    const base = guest.view.getBigUint64(1008, true)
    expect([base & rights('path_open', 'fd_readdir', 'sock_shutdown'), base & rights('fd_write')]).toEqual([
      0n,
      rights('fd_write'),
    ])
    guest.call('fd_fdstat_get', guest.opendir('d'), 1000)
    expect(guest.view.getBigUint64(1008, true) & rights('fd_read', 'fd_seek', 'fd_filestat_set_size')).toBe(0n)
  })

  it('needs the directory’s own rights to create and to truncate, whatever the new handle is for', () => {
    const guest = fileGuest(entries)
    const poor = guest.opendir('.', { base: rights('path_open') })
    expect(guest.open('new', { from: poor, oflags: OFLAGS.creat, base: 0n })).toBe(-NOTCAPABLE)
    expect(guest.open('f', { from: poor, oflags: OFLAGS.trunc })).toBe(-NOTCAPABLE)
    expect([guest.stat('new'), guest.contents('f')]).toEqual([NOENT, 'text'])
    expect(guest.open('f', { oflags: OFLAGS.trunc, base: 0n })).toBeGreaterThan(3)
    expect(guest.contents('f')).toBe('')
  })

  it('makes and cuts nothing that it then has no number for', () => {
    const guest = fileGuest(entries, { grants: { handles: 4 } })
    // The streams and the mount are all that there is room for.
    expect(guest.open('new', { oflags: OFLAGS.creat })).toBe(-MFILE)
    expect(guest.open('f', { oflags: OFLAGS.trunc })).toBe(-MFILE)
    expect([guest.stat('new'), (guest.stat('f') as { size: bigint }).size]).toEqual([NOENT, 4n])
  })
})

describe('path_readlink', () => {
  it('writes as much as there is room for, and no terminator', () => {
    const guest = fileGuest([symlink('l', 'target')])
    for (const [room, text] of [
      [0, ''],
      [3, 'tar'],
      [6, 'target'],
      [10, 'target'],
    ] as const) {
      guest.bytes.fill(0xaa, 2000, 2020)
      expect(guest.path('path_readlink', [3], 'l', 2000, room, 2200)).toBe(SUCCESS)
      expect(guest.view.getUint32(2200, true)).toBe(text.length)
      expect(Buffer.from(guest.bytes.slice(2000, 2000 + text.length)).toString()).toBe(text)
      expect(guest.bytes[2000 + text.length]).toBe(0xaa)
    }
  })

  it('reads links only', () => {
    const guest = fileGuest(entries)
    const readlink = (path: string) => guest.path('path_readlink', [3], path, 2000, 10, 2200)
    expect([readlink('f'), readlink('d'), readlink('no'), readlink('toD/')]).toEqual([INVAL, INVAL, NOENT, INVAL])
  })
})

describe('path_filestat_get and path_filestat_set_times', () => {
  it('tell and set those of a link or of what it names', () => {
    const guest = fileGuest(entries)
    const set = (follow: number, time: bigint) => guest.path('path_filestat_set_times', [3, follow], 'l', 0n, time, 4)
    expect([set(0, 5n), set(1, 7n)]).toEqual([SUCCESS, SUCCESS])
    expect(guest.stat('l')).toMatchObject({ type: 7, size: 1n, modified: 5n })
    expect(guest.stat('l', true)).toMatchObject({ type: 4, size: 4n, modified: 7n })
  })

  it.each([
    [3, INVAL],
    [12, INVAL],
    [15, INVAL],
    [16, INVAL],
    [5, SUCCESS],
    [10, SUCCESS],
    [0, SUCCESS],
  ])('flags %i: %i', (flags, errno) => {
    const guest = fileGuest(entries)
    const before = guest.stat('f')
    expect(guest.path('path_filestat_set_times', [3, 0], 'f', 2n ** 64n - 1n, 2n ** 64n - 1n, flags)).toBe(errno)
    if (flags === 5) expect(guest.stat('f')).toMatchObject({ modified: 2n ** 64n - 1n })
    else if (flags !== 10) expect(guest.stat('f')).toEqual(before)
  })
})
