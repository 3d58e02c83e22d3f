// What the embedder learns of a guest's changes.
import { describe, expect, it } from 'vitest'
import { directory, type FileGuest, file, fileGuest, OFLAGS, symlink } from '../../support/files.ts'

/** Changes with texts for bytes. */
const changes = (guest: FileGuest) =>
  guest.mounts
    .changes()
    .map((change) => (change.type === 'file' ? { ...change, bytes: Buffer.from(change.bytes).toString() } : change))
const create = (guest: FileGuest, path: string, text: string) => guest.write(guest.open(path, { oflags: OFLAGS.creat }), text)

describe('changes', () => {
  it('are none before the guest made any, and none twice', () => {
    const guest = fileGuest([file('f', 'x'), directory('d')])
    expect(changes(guest)).toEqual([])
    create(guest, 'g', 'new')
    expect(changes(guest)).toEqual([{ type: 'file', path: '/g', bytes: 'new' }])
    expect(changes(guest)).toEqual([])
  })

  it('tell directories before what is in them, and links', () => {
    const guest = fileGuest()
    guest.path('path_create_directory', [3], 'a')
    guest.path('path_create_directory', [3], 'a/b')
    create(guest, 'a/b/f', 'text')
    guest.paths('path_symlink', 'b/f', 'a/l')
    expect(changes(guest)).toEqual([
      { type: 'directory', path: '/a' },
      { type: 'directory', path: '/a/b' },
      { type: 'symlink', path: '/a/l', target: 'b/f' },
      { type: 'file', path: '/a/b/f', bytes: 'text' },
    ])
  })

  it('tell a file that was written, cut or replaced, and not one that was only read or touched', () => {
    const guest = fileGuest([
      file('read', 'r'),
      file('written', 'old'),
      file('cut', 'long'),
      file('replaced', 'a'),
      file('by', 'b'),
    ])
    guest.contents('read')
    guest.path('path_filestat_set_times', [3, 0], 'read', 0n, 5n, 4)
    guest.pwrite(guest.open('written'), 'N', 0n)
    guest.open('cut', { oflags: OFLAGS.trunc })
    guest.paths('path_rename', 'by', 'replaced')
    expect(changes(guest)).toEqual([
      { type: 'removed', path: '/by' },
      { type: 'file', path: '/written', bytes: 'Nld' },
      { type: 'file', path: '/cut', bytes: '' },
      { type: 'file', path: '/replaced', bytes: 'b' },
    ])
  })

  it('tell of a removed directory only itself, and first what a new entry takes the place of', () => {
    const guest = fileGuest([file('d/e/f'), file('x')])
    guest.path('path_unlink_file', [3], 'd/e/f')
    guest.path('path_remove_directory', [3], 'd/e')
    guest.path('path_remove_directory', [3], 'd')
    guest.path('path_unlink_file', [3], 'x')
    guest.path('path_create_directory', [3], 'x')
    expect(changes(guest)).toEqual([
      { type: 'removed', path: '/d' },
      { type: 'removed', path: '/x' },
      { type: 'directory', path: '/x' },
    ])
  })

  it('are of all writable mounts, each below its own path', () => {
    const guest = fileGuest([], { others: [{ kind: 'snapshot', at: '/data/in', writable: true, entries: [symlink('l', 'x')] }] })
    create(guest, 'f', '1')
    guest.write(guest.open('g', { from: 4, oflags: OFLAGS.creat }), '2')
    guest.path('path_unlink_file', [4], 'l')
    expect(changes(guest)).toEqual([
      { type: 'file', path: '/f', bytes: '1' },
      { type: 'removed', path: '/data/in/l' },
      { type: 'file', path: '/data/in/g', bytes: '2' },
    ])
  })

  it('leave out what was made and removed again', () => {
    const guest = fileGuest()
    create(guest, 'f', 'x')
    guest.path('path_unlink_file', [3], 'f')
    expect(changes(guest)).toEqual([])
  })

  it('are copies', () => {
    const guest = fileGuest()
    const fd = guest.open('f', { oflags: OFLAGS.creat })
    guest.write(fd, 'before')
    const [change] = guest.mounts.changes()
    guest.pwrite(fd, 'AFTER!', 0n)
    expect(change?.type === 'file' && Buffer.from(change.bytes).toString()).toBe('before')
  })
})
