// fd_* on files and directories: transfers, positions, sizes, rights, flags, and numbers that are closed, moved or extreme.
import { describe, expect, it } from 'vitest'
import { RIGHTS } from '../../../../src/sandbox/host/rights.ts'
import { ALL_RIGHTS, directory, type FileGuest, file, fileGuest, OFLAGS, rights } from '../../support/files.ts'

const [SUCCESS, BADF, FAULT, FBIG, INVAL, ISDIR, NAMETOOLONG, OVERFLOW, SPIPE, NOTCAPABLE] = [
  0, 8, 21, 22, 28, 31, 37, 61, 70, 76,
]
const [APPEND, NONBLOCK] = [1, 4]
const [SET, CUR, END] = [0, 1, 2]
const MAX = 2n ** 63n - 1n

const entries = [file('f', '0123456789'), directory('d')]

describe('fd_read and fd_write on a file', () => {
  it('move its position, each handle its own', () => {
    const guest = fileGuest(entries)
    const [a, b] = [guest.open('f'), guest.open('f')]
    expect([guest.read(a, 4), guest.read(a, 4), guest.read(a, 4), guest.read(a, 4)]).toEqual(['0123', '4567', '89', ''])
    expect([guest.write(a, 'ab'), guest.read(b, 20)]).toEqual([2, '0123456789ab'])
    expect(guest.seek(a, 0n, CUR)).toBe(12n)
  })

  it('fill and drain vectors in order', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    for (const [i, value] of [1000, 3, 2000, 0, 3000, 4, 3500, 9].entries()) guest.view.setUint32(100 + i * 4, value, true)
    expect(guest.call('fd_read', fd, 100, 4, 200)).toBe(SUCCESS)
    expect(guest.view.getUint32(200, true)).toBe(10)
    const text = (at: number, length: number) => Buffer.from(guest.bytes.slice(at, at + length)).toString()
    expect([text(1000, 3), text(3000, 4), text(3500, 3)]).toEqual(['012', '3456', '789'])
    expect(guest.call('fd_pwrite', fd, 100, 3, 0n, 200)).toBe(SUCCESS)
    guest.bytes.set(new TextEncoder().encode('AB'), 3500)
    expect(guest.call('fd_pwrite', fd, 100, 4, 8n, 200)).toBe(SUCCESS)
    expect(guest.contents('f')).toBe('012345670123456AB9\0\0\0\0\0\0')
  })

  it('use the vectors as they were, also when what is read lies over them', () => {
    const guest = fileGuest([file('f', '\xff'.repeat(8))])
    const fd = guest.open('f')
    for (const [i, value] of [100, 16, 1000, 4].entries()) guest.view.setUint32(100 + i * 4, value, true)
    expect(guest.call('fd_read', fd, 100, 2, 200)).toBe(SUCCESS)
    expect(guest.view.getUint32(200, true)).toBe(16)
  })

  it('move nothing when any vector is out of bounds', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    for (const [i, value] of [1000, 4, 65_535, 2].entries()) guest.view.setUint32(100 + i * 4, value, true)
    for (const name of ['fd_read', 'fd_write']) expect(guest.call(name, fd, 100, 2, 200)).toBe(FAULT)
    for (const name of ['fd_pread', 'fd_pwrite']) expect(guest.call(name, fd, 100, 2, 0n, 200)).toBe(FAULT)
    expect([guest.seek(fd, 0n, CUR), guest.contents('f'), guest.view.getUint32(1000, true)]).toEqual([0n, '0123456789', 0])
  })

  it('need their rights', () => {
    const guest = fileGuest(entries)
    const [reader, writer] = [guest.open('f', { base: rights('fd_read') }), guest.open('f', { base: rights('fd_write') })]
    expect([guest.read(reader, 1), guest.write(reader, 'x')]).toEqual(['0', -NOTCAPABLE])
    expect([guest.read(writer, 1), guest.write(writer, 'x')]).toEqual([NOTCAPABLE, 1])
    // At an offset they need the right to seek too.
    expect([guest.pread(reader, 1, 0n), guest.pwrite(writer, 'x', 0n)]).toEqual([NOTCAPABLE, -NOTCAPABLE])
  })

  it('are nothing for directories', () => {
    const guest = fileGuest(entries)
    expect([guest.read(3, 1), guest.write(3, 'x'), guest.pread(3, 1, 0n), guest.pwrite(3, 'x', 0n)]).toEqual([
      ISDIR,
      -ISDIR,
      ISDIR,
      -ISDIR,
    ])
  })

  it('at an offset leave the position alone', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    expect([guest.pread(fd, 3, 5n), guest.pread(fd, 9, 8n), guest.pread(fd, 9, 10n), guest.pread(fd, 9, MAX)]).toEqual([
      '567',
      '89',
      '',
      '',
    ])
    expect([guest.pwrite(fd, 'X', 2n), guest.seek(fd, 0n, CUR), guest.contents('f')]).toEqual([1, 0n, '01X3456789'])
  })

  it('refuse offsets that are negative, and writes that no file could hold', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    for (const offset of [-1n, 2n ** 63n, -(2n ** 63n)])
      expect([guest.pread(fd, 1, offset), guest.pwrite(fd, 'x', offset)]).toEqual([INVAL, -INVAL])
    expect(guest.pwrite(fd, 'x', MAX)).toBe(-FBIG)
    expect(guest.seek(fd, MAX, SET)).toBe(MAX)
    expect([guest.read(fd, 1), guest.write(fd, 'x')]).toEqual(['', -FBIG])
    expect([guest.seek(fd, 0n, CUR), guest.contents('f')]).toEqual([MAX, '0123456789'])
  })
})

describe('append', () => {
  it('writes at the end wherever the position is, and never before it, at an offset neither', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f', { fdflags: APPEND })
    expect([guest.seek(fd, 2n, SET), guest.write(fd, 'ab'), guest.seek(fd, 0n, CUR)]).toEqual([2n, 2, 12n])
    expect([guest.pwrite(fd, 'cd', 0n), guest.seek(fd, 0n, CUR), guest.contents('f')]).toEqual([2, 12n, '0123456789abcd'])
  })

  it('is taken back only by a handle that may set flags', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f', { fdflags: APPEND | NONBLOCK, base: ALL_RIGHTS & ~RIGHTS.fd_fdstat_set_flags })
    expect(guest.call('fd_fdstat_set_flags', fd, 0)).toBe(NOTCAPABLE)
    guest.call('fd_fdstat_get', fd, 1000)
    expect(guest.view.getUint16(1002, true)).toBe(APPEND | NONBLOCK)
    const free = guest.open('f', { fdflags: APPEND })
    expect(guest.call('fd_fdstat_set_flags', free, 0)).toBe(SUCCESS)
    expect([guest.write(free, 'XY'), guest.contents('f')]).toEqual([2, 'XY23456789'])
  })
})

describe('fd_seek and fd_tell', () => {
  it.each<[bigint, number, bigint | number]>([
    [0n, END, 10n],
    [-3n, END, 7n],
    [-11n, END, INVAL],
    [-5n, CUR, INVAL],
    [5n, CUR, 9n],
    [100n, SET, 100n],
    [-1n, SET, INVAL],
    [MAX, SET, MAX],
    [MAX, CUR, OVERFLOW],
    [MAX, END, OVERFLOW],
    [-(2n ** 63n), SET, INVAL],
    [-(2n ** 63n), END, INVAL],
    [0n, 3, INVAL],
    [0n, 255, INVAL],
  ])('by %s from %i: %s', (offset, whence, result) => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    guest.read(fd, 4)
    expect(guest.seek(fd, offset, whence)).toBe(result)
    expect(guest.call('fd_tell', fd, 1000)).toBe(SUCCESS)
    expect(guest.view.getBigUint64(1000, true)).toBe(typeof result === 'bigint' ? result : 4n)
  })

  it('need their rights; one who may tell may seek nowhere', () => {
    const guest = fileGuest(entries)
    const teller = guest.open('f', { base: rights('fd_tell') })
    expect([guest.seek(teller, 0n, CUR), guest.seek(teller, 1n, CUR), guest.seek(teller, 0n, SET)]).toEqual([
      0n,
      NOTCAPABLE,
      NOTCAPABLE,
    ])
    const seeker = guest.open('f', { base: rights('fd_seek') })
    expect([guest.seek(seeker, 0n, CUR), guest.call('fd_tell', seeker, 1000)]).toEqual([0n, NOTCAPABLE])
  })

  it('are nothing for directories and streams', () => {
    const guest = fileGuest(entries)
    expect([guest.seek(3, 0n, CUR), guest.call('fd_tell', 3, 1000), guest.seek(0, 0n, CUR)]).toEqual([ISDIR, ISDIR, SPIPE])
  })
})

describe('sizes', () => {
  it('are set, cut and allocated', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    const size = () => (guest.stat('f') as { size: bigint }).size
    expect([guest.call('fd_filestat_set_size', fd, 4n), size()]).toEqual([SUCCESS, 4n])
    expect([guest.call('fd_filestat_set_size', fd, 6n), guest.contents('f')]).toEqual([SUCCESS, '0123\0\0'])
    expect([guest.call('fd_allocate', fd, 2n, 2n), size()]).toEqual([SUCCESS, 6n])
    expect([guest.call('fd_allocate', fd, 2n, 10n), size()]).toEqual([SUCCESS, 12n])
  })

  it('show nothing again that was cut off', () => {
    const guest = fileGuest()
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    guest.write(fd, 'secret-secret')
    guest.call('fd_filestat_set_size', fd, 8n)
    // In the room that there still is, and in new room.
    guest.call('fd_filestat_set_size', fd, 12n)
    expect(guest.contents('f')).toBe('secret-s\0\0\0\0')
    guest.call('fd_filestat_set_size', fd, 1n)
    guest.pwrite(fd, 'end', 10n)
    expect(guest.contents('f')).toBe('s\0\0\0\0\0\0\0\0\0end')
  })

  it('out of range are refused', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    const allocate = (offset: bigint, length: bigint) => guest.call('fd_allocate', fd, offset, length)
    expect([allocate(0n, 0n), allocate(-1n, 1n), allocate(0n, -1n), allocate(MAX, 1n), allocate(1n, MAX)]).toEqual([
      INVAL,
      INVAL,
      INVAL,
      FBIG,
      FBIG,
    ])
    expect([guest.call('fd_filestat_set_size', fd, -1n), guest.call('fd_filestat_set_size', fd, 2n ** 63n)]).toEqual([
      INVAL,
      INVAL,
    ])
    expect(guest.contents('f')).toBe('0123456789')
  })
})

describe('what only promises something', () => {
  it('fd_advise takes every advice there is', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    for (const advice of [0, 1, 2, 3, 4, 5]) expect(guest.call('fd_advise', fd, 0n, 100n, advice)).toBe(SUCCESS)
    for (const advice of [6, 255, -1]) expect(guest.call('fd_advise', fd, 0n, 100n, advice)).toBe(INVAL)
    expect([guest.call('fd_advise', fd, -1n, 0n, 0), guest.call('fd_advise', fd, 0n, -1n, 0)]).toEqual([INVAL, INVAL])
    expect([guest.call('fd_advise', 3, 0n, 0n, 0), guest.call('fd_advise', 1, 0n, 0n, 0)]).toEqual([ISDIR, SPIPE])
  })

  it('fd_sync and fd_datasync succeed on what is in memory', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    const all = (call: string) => [fd, 3, 1, 99].map((number) => guest.call(call, number))
    expect([all('fd_sync'), all('fd_datasync')]).toEqual([
      [SUCCESS, SUCCESS, SPIPE, BADF],
      [SUCCESS, ISDIR, SPIPE, BADF],
    ])
  })
})

describe('rights', () => {
  it('go and never come back', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f', { base: rights('fd_read', 'fd_write', 'fd_seek') })
    const set = (base: bigint, inheriting = 0n) => guest.call('fd_fdstat_set_rights', fd, base, inheriting)
    expect(set(rights('fd_read', 'fd_seek'))).toBe(SUCCESS)
    for (const more of [rights('fd_read', 'fd_write'), ALL_RIGHTS, -1n, 1n << 40n])
      expect([set(more), set(0n | rights('fd_read'), more)]).toEqual([NOTCAPABLE, NOTCAPABLE])
    expect([guest.read(fd, 1), guest.write(fd, 'x')]).toEqual(['0', -NOTCAPABLE])
  })

  it.each<[keyof typeof RIGHTS, (guest: FileGuest, fd: number) => number]>([
    ['fd_filestat_get', (guest, fd) => guest.call('fd_filestat_get', fd, 1000)],
    ['fd_filestat_set_size', (guest, fd) => guest.call('fd_filestat_set_size', fd, 0n)],
    ['fd_filestat_set_times', (guest, fd) => guest.call('fd_filestat_set_times', fd, 0n, 0n, 0)],
    ['fd_allocate', (guest, fd) => guest.call('fd_allocate', fd, 0n, 1n)],
    ['fd_advise', (guest, fd) => guest.call('fd_advise', fd, 0n, 0n, 0)],
    ['fd_sync', (guest, fd) => guest.call('fd_sync', fd)],
    ['fd_datasync', (guest, fd) => guest.call('fd_datasync', fd)],
    ['fd_fdstat_set_flags', (guest, fd) => guest.call('fd_fdstat_set_flags', fd, 0)],
  ])('%s is asked for', (right, call) => {
    const guest = fileGuest(entries)
    expect(call(guest, guest.open('f'))).toBe(SUCCESS)
    expect(call(guest, guest.open('f', { base: ALL_RIGHTS & ~RIGHTS[right] }))).toBe(NOTCAPABLE)
  })
})

describe('numbers', () => {
  it('that are closed are nothing, and closing a mount leaves what was opened from it', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f')
    expect([guest.call('fd_close', 3), guest.call('fd_close', 3), guest.open('f')]).toEqual([SUCCESS, BADF, -BADF])
    expect([guest.read(fd, 2), guest.call('fd_close', fd), guest.read(fd, 1)]).toEqual(['01', SUCCESS, BADF])
  })

  it('are moved by fd_renumber, which closes what was there', () => {
    const guest = fileGuest(entries)
    const [a, b] = [guest.open('f'), guest.open('new', { oflags: OFLAGS.creat })]
    guest.read(a, 3)
    expect([guest.call('fd_renumber', a, b), guest.read(b, 2), guest.read(a, 1)]).toEqual([SUCCESS, '34', BADF])
    expect([guest.call('fd_renumber', a, b), guest.call('fd_renumber', b, a), guest.call('fd_renumber', b, 99)]).toEqual([
      BADF,
      BADF,
      BADF,
    ])
    expect([guest.call('fd_renumber', b, b), guest.read(b, 1)]).toEqual([SUCCESS, '5'])
    // A file that has no name is gone with its last number.
    guest.path('path_unlink_file', [3], 'new')
  })

  it('of mounts may be given to something else, which is no mount then', () => {
    const guest = fileGuest(entries)
    expect(guest.call('fd_renumber', guest.opendir('d'), 3)).toBe(SUCCESS)
    expect([guest.call('fd_prestat_get', 3, 1000), guest.open('f'), guest.open('../f')]).toEqual([BADF, -44, -63])
  })

  it('of responses and keys are none that an fd_* call knows', () => {
    const guest = fileGuest(entries)
    const key = guest.context.handles.open({ kind: 'key', id: 1 })
    const response = guest.context.handles.open({ kind: 'response', id: 1, status: 200, headers: new Uint8Array() })
    for (const fd of [key, response]) {
      expect(guest.call('fd_close', fd)).toBe(BADF)
      expect([guest.call('fd_renumber', fd, 3), guest.call('fd_renumber', 3, fd)]).toEqual([BADF, BADF])
      expect([guest.read(fd, 1), guest.call('fd_fdstat_get', fd, 1000), guest.open('f', { from: fd })]).toEqual([
        BADF,
        BADF,
        -BADF,
      ])
    }
    expect(guest.context.handles.get(key).kind).toBe('key')
  })

  it('of sockets are told to the broker when they are closed or replaced', () => {
    const guest = fileGuest(entries)
    guest.broker = () => ({})
    const socket = () =>
      guest.context.handles.open({ kind: 'socket', id: 7, rights: { base: ALL_RIGHTS, inheriting: 0n }, flags: 0 })
    expect(guest.call('fd_close', socket())).toBe(SUCCESS)
    expect(guest.call('fd_renumber', guest.open('f'), socket())).toBe(SUCCESS)
    expect(guest.requests).toEqual([
      { operation: 'net.close', fields: { socket: 7 } },
      { operation: 'net.close', fields: { socket: 7 } },
    ])
  })
})

describe('fd_prestat_get and fd_prestat_dir_name', () => {
  it('tell the mounts from 3 on, and only those', () => {
    const guest = fileGuest([], { others: [{ kind: 'memory', at: '/dåta', writable: false, entries: [] }] })
    const name = (fd: number) => {
      const errno = guest.call('fd_prestat_get', fd, 1000)
      if (errno !== SUCCESS) return errno
      expect(guest.view.getUint32(1000, true)).toBe(0)
      const length = guest.view.getUint32(1004, true)
      expect(guest.call('fd_prestat_dir_name', fd, 2000, length)).toBe(SUCCESS)
      return Buffer.from(guest.bytes.slice(2000, 2000 + length)).toString()
    }
    expect([2, 3, 4, 5, 99].map(name)).toEqual([BADF, '/', '/dåta', BADF, BADF])
    expect(guest.call('fd_prestat_dir_name', 4, 2000, 5)).toBe(NAMETOOLONG)
    expect(name(guest.opendir('.'))).toBe(BADF)
  })
})

describe('fd_fdstat_get and fd_filestat_get', () => {
  it('describe files and directories, every byte written', () => {
    const guest = fileGuest(entries)
    const fd = guest.open('f', { base: rights('fd_read', 'fd_filestat_get') })
    guest.bytes.fill(0xaa, 1000, 1100)
    expect(guest.call('fd_fdstat_get', fd, 1000)).toBe(SUCCESS)
    expect([...guest.bytes.slice(1000, 1008)]).toEqual([4, 0, 0, 0, 0, 0, 0, 0])
    expect(guest.view.getBigUint64(1008, true)).toBe(rights('fd_read', 'fd_filestat_get'))
    guest.bytes.fill(0xaa, 1000, 1100)
    expect(guest.call('fd_filestat_get', fd, 1000)).toBe(SUCCESS)
    expect([
      guest.view.getBigUint64(1000, true),
      guest.view.getBigUint64(1016, true),
      guest.view.getBigUint64(1032, true),
    ]).toEqual([1n, 4n, 10n])
    expect([guest.bytes[999], guest.bytes[1064]]).toEqual([0, 0xaa])
    guest.call('fd_fdstat_get', 3, 1000)
    expect(guest.bytes[1000]).toBe(3)
  })
})
