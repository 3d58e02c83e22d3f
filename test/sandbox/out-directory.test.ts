// Changes of a guest go below the new directory and nowhere else, whatever their paths.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkOutDirectory, type TreeChange, writeChanges } from '../../src/sandbox/index.ts'

let dir: string
let out: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-out-'))
  out = join(dir, 'out')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const file = (path: string, text = 'x'): TreeChange => ({ type: 'file', path, bytes: new TextEncoder().encode(text) })
const everything = (root: string): string[] => (readdirSync(root, { recursive: true }) as string[]).sort()

describe('writeChanges', () => {
  it('writes files and directories under their guest paths', async () => {
    const notes = await writeChanges(out, [
      file('/data/a/b.txt', 'b'),
      { type: 'directory', path: '/data/empty' },
      file('/data/c', ''),
      file('/top', 't'),
    ])
    expect(notes).toEqual([])
    expect(everything(out)).toEqual(['data', 'data/a', 'data/a/b.txt', 'data/c', 'data/empty', 'top'])
    expect(readFileSync(join(out, 'data/a/b.txt'), 'utf8')).toBe('b')
    expect(statSync(join(out, 'top')).mode & 0o777).toBe(0o600)
    expect(statSync(out).mode & 0o777).toBe(0o700)
  })

  it('tells what it does not write: removals, and links that could lead out', async () => {
    const notes = await writeChanges(out, [
      { type: 'removed', path: '/data/old\u001b[2J' },
      { type: 'symlink', path: '/data/link', target: '../../../etc/passwd' },
      file('/data/link/x'),
    ])
    expect(notes).toEqual([
      '"/data/old\\u{1b}[2J" was removed.',
      '"/data/link" was not written: it is a link to "../../../etc/passwd".',
    ])
    expect(everything(out)).toEqual(['data', 'data/link', 'data/link/x'])
  })

  it.each(['/../escaped', '/a/../../escaped', '/a/./b', '//a', 'relative', '/a/', '/nul\0x', '/lone\ud800', ''])(
    'writes nothing for the path %j',
    async (path) => {
      const [note] = await writeChanges(out, [file(path)])
      expect(note).toMatch(/it is no path that this system can have/)
      expect(everything(dir)).toEqual(['out'])
    },
  )

  it('tells what this system cannot hold, and writes the rest', async () => {
    const [long, name] = [file(`/${'d'.repeat(200)}`.repeat(25)), file(`/${'n'.repeat(300)}`)]
    const notes = await writeChanges(out, [long, name, file('/after')])
    expect(notes).toEqual([
      expect.stringMatching(/^"\/ddd.* was not written: it is no path that this system can have\.$/),
      expect.stringMatching(/^"\/nnn.* was not written: it is no path that this system can have\.$/),
    ])
    expect(existsSync(join(out, 'after'))).toBe(true)
  })

  it('takes time for each change, not for each directory above it', async () => {
    const deep = '/d'.repeat(1500)
    const began = performance.now()
    const files = Array.from({ length: 500 }, (_, i) => file(`${deep}/${i}`))
    expect(await writeChanges(out, [{ type: 'directory', path: deep }, ...files])).toEqual([])
    // With a look at every directory above for each it is twenty seconds.
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('does not write over what it wrote', async () => {
    const notes = await writeChanges(out, [
      file('/a', '1'),
      file('/a', '2'),
      file('/a/b', '3'),
      { type: 'directory', path: '/a' },
    ])
    expect(notes).toEqual([1, 2, 3].map((n) => expect.stringContaining(n === 2 ? '"/a/b" was not' : '"/a" was not')))
    expect(readFileSync(join(out, 'a'), 'utf8')).toBe('1')
  })
})

describe('the directory', () => {
  it.each<[string, () => void, RegExp]>([
    ['has something in it', () => mkdirSync(join(out, 'mine'), { recursive: true }), /is not empty/],
    ['is a file', () => writeFileSync(out, 'mine'), /is no directory/],
    ['is a link to a directory', () => symlinkSync(tmpdir(), out), /is no directory/],
  ])('is refused if it %s', async (_, make, message) => {
    make()
    const before = readdirSync(dir)
    await expect(checkOutDirectory(out)).rejects.toThrow(message)
    await expect(writeChanges(out, [file('/a')])).rejects.toThrow(message)
    expect(readdirSync(dir)).toEqual(before)
    expect(existsSync(join(out, 'a'))).toBe(false)
  })

  it('may be there if it is empty, and is not made before there is something to do', async () => {
    await checkOutDirectory(out)
    expect(existsSync(out)).toBe(false)
    mkdirSync(out)
    await writeChanges(out, [file('/a')])
    expect(everything(out)).toEqual(['a'])
  })
})
