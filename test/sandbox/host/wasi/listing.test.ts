// fd_readdir: cookies, cut entries, and directories that change while they are listed.
import { describe, expect, it } from 'vitest'
import { directory, type FileGuest, file, fileGuest, names, OFLAGS, rights, symlink } from '../../support/files.ts'

const [SUCCESS, NOTDIR, NOTCAPABLE] = [0, 54, 76]
const BUFFER = 10_000
const USED = 9000

interface Entry {
  readonly name: string
  readonly type: number
  readonly next: bigint
}

/** Whole entries of one call, and whether the buffer was filled. */
function page(guest: FileGuest, cookie: bigint, room: number, fd = 3): { entries: Entry[]; full: boolean } {
  expect(guest.call('fd_readdir', fd, BUFFER, room, cookie, USED)).toBe(SUCCESS)
  const used = guest.view.getUint32(USED, true)
  const entries: Entry[] = []
  for (let at = BUFFER; at + 24 <= BUFFER + used; ) {
    const length = guest.view.getUint32(at + 16, true)
    if (at + 24 + length > BUFFER + used) break
    const name = Buffer.from(guest.bytes.slice(at + 24, at + 24 + length)).toString()
    entries.push({ name, type: guest.bytes[at + 20]!, next: guest.view.getBigUint64(at, true) })
    at += 24 + length
  }
  return { entries, full: used === room }
}

/** Lists like a C library: page by page, from the last whole entry on. */
function list(guest: FileGuest, room: number, between: (seen: readonly Entry[]) => void = () => {}): string[] {
  const all: Entry[] = []
  for (let cookie = 0n; ; cookie = all.at(-1)!.next) {
    const { entries, full } = page(guest, cookie, room)
    all.push(...entries)
    if (!full) return all.map(({ name }) => name)
    between(entries)
  }
}

const many = Array.from({ length: 50 }, (_, i) => file(`file-${i}`))

describe('fd_readdir', () => {
  it('tells dot and dot-dot first, then names with their types', () => {
    const guest = fileGuest([file('f'), directory('d'), symlink('l', 'f')])
    const { entries, full } = page(guest, 0n, 1000)
    expect(entries.map(({ name, type }) => [name, type])).toEqual([
      ['.', 3],
      ['..', 3],
      ['f', 4],
      ['d', 3],
      ['l', 7],
    ])
    expect(full).toBe(false)
  })

  it('gives as dot-dot of the root the root, and of others the directory above', () => {
    const guest = fileGuest([file('d/f')])
    const inodes = (fd: number) => {
      page(guest, 0n, 1000, fd)
      return [guest.view.getBigUint64(BUFFER + 8, true), guest.view.getBigUint64(BUFFER + 25 + 8, true)]
    }
    expect(inodes(3)).toEqual([1n, 1n])
    expect(inodes(guest.opendir('d'))).toEqual([2n, 1n])
  })

  it.each([30, 31, 64, 100, 1000])('comes to its end with a buffer of %i bytes', (room) => {
    expect(list(fileGuest(many, { quotas: { inodes: 100 } }), Math.max(room, 24 + 7 + 1))).toHaveLength(52)
  })

  it('fills the buffer to the last byte when it cuts an entry', () => {
    const guest = fileGuest(many)
    guest.bytes.fill(0xaa, BUFFER, BUFFER + 100)
    // `.` takes 25 bytes and `..` 26: of the third entry 9 bytes are left.
    expect(page(guest, 0n, 60)).toMatchObject({ entries: [{ name: '.' }, { name: '..' }], full: true })
    expect(guest.bytes[BUFFER + 60]).toBe(0xaa)
    expect(page(guest, 0n, 10)).toEqual({ entries: [], full: true })
    expect(page(guest, 0n, 0)).toEqual({ entries: [], full: true })
  })

  it('sees each name once although all are removed while it lists', () => {
    const guest = fileGuest(many)
    const seen = list(guest, 200, (entries) => {
      for (const { name } of entries) if (name.startsWith('file')) expect(guest.path('path_unlink_file', [3], name)).toBe(SUCCESS)
    })
    expect(new Set(seen).size).toBe(52)
    expect(seen).toHaveLength(52)
  })

  it('ends although names are added while it lists, and starts anew with cookie 0', () => {
    const guest = fileGuest(many, { quotas: { inodes: 1000 } })
    let added = 0
    expect(list(guest, 200, () => guest.call('fd_close', guest.open(`added-${added++}`, { oflags: OFLAGS.creat })))).toHaveLength(
      52,
    )
    expect(names(guest)).toHaveLength(52 + added)
  })

  it('answers any cookie', () => {
    const guest = fileGuest([file('f')])
    for (const cookie of [3n, 4n, 2n ** 31n, 2n ** 63n, -1n])
      expect(page(guest, cookie, 1000)).toEqual({ entries: [], full: false })
    expect(page(guest, 2n, 1000).entries).toMatchObject([{ name: 'f' }])
  })

  it('goes on where it was with many directories at once', () => {
    const guest = fileGuest([file('a'), file('b')])
    const fds = Array.from({ length: 12 }, () => guest.opendir('.'))
    for (const fd of fds) expect(page(guest, 0n, 51, fd).entries).toHaveLength(2)
    for (const fd of fds) expect(page(guest, 2n, 1000, fd).entries.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('needs a directory and the right', () => {
    const guest = fileGuest([file('f')])
    expect([
      names(guest, guest.open('f')),
      names(guest, 1),
      names(guest, guest.opendir('.', { base: rights('path_open') })),
    ]).toEqual([NOTDIR, NOTDIR, NOTCAPABLE])
  })
})
