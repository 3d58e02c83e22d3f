// Guest text and guest places for an editor: text stays text, and only files inside the workspace are places.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { containLocation, guestHtml, guestMarkdown } from '../../../src/sandbox/index.ts'

let base = ''
beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'editor-')))
  mkdirSync(join(base, 'workspace', 'src'), { recursive: true })
  mkdirSync(join(base, 'workspace2'))
  writeFileSync(join(base, 'workspace', 'src', 'main.c'), 'int main;')
  writeFileSync(join(base, 'workspace', '..names'), 'an honest name')
  writeFileSync(join(base, 'workspace2', 'secret.txt'), 'secret')
  symlinkSync('main.c', join(base, 'workspace', 'src', 'inside'))
  symlinkSync('../workspace2', join(base, 'workspace', 'out'))
  symlinkSync('loop', join(base, 'workspace', 'loop'))
  symlinkSync('workspace', join(base, 'link'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

describe('containLocation', () => {
  test('finds files inside, links followed, also where the root is a link', async () => {
    const main = join(base, 'workspace', 'src', 'main.c')
    expect(await containLocation(join(base, 'workspace'), 'src/main.c')).toBe(main)
    expect(await containLocation(join(base, 'workspace'), 'src/inside')).toBe(main)
    expect(await containLocation(join(base, 'link'), 'src/main.c')).toBe(main)
    expect(await containLocation(join(base, 'workspace'), '..names')).toBe(join(base, 'workspace', '..names'))
  })

  test.each([
    ...['', '.', '..', '/', 'src', 'src/', 'none', 'loop', 'out/secret.txt', '../workspace2/secret.txt', 'src/../src/main.c'],
    ...[
      '//host/share',
      '\\\\host\\share',
      'C:\\x',
      'src/main.c:1',
      'file:///etc/passwd',
      'src/main.c\0',
      'src/main.c\n',
      'src/\u202emain.c',
    ],
    ...['~/x', 'NUL', 'src/con.txt', 'src/main.c.', 'src/main.c ', `${'a/'.repeat(3000)}a`],
  ])('takes %j for no place', async (reported) => {
    expect(await containLocation(join(base, 'workspace'), reported)).toBeNull()
  })

  test('says so when the workspace itself is not there', async () => {
    await expect(containLocation(join(base, 'nowhere'), 'src/main.c')).rejects.toThrow('ENOENT')
  })
})

describe('text for a view', () => {
  test('is one code span of Markdown, whatever backticks are in it', () => {
    expect(guestMarkdown('plain')).toBe('` plain `')
    expect(guestMarkdown('a ` b `` c')).toBe('``` a ` b `` c ```')
    expect(guestMarkdown('`')).toBe('`` ` ``')
    expect(guestMarkdown('\n\n[x](command:y)')).toBe('` \\u{a}\\u{a}[x](command:y) `')
  })

  test('is text in HTML, for elements and for attributes', () => {
    expect(guestHtml(`<b a="1" b='2'>&amp;\`\u202e`)).toBe('&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;&#96;\\u{202e}')
  })

  test('is cut, and says how long it was', () => {
    expect(guestMarkdown('a'.repeat(50), 5)).toBe('` aaaaa… (50 characters) `')
    expect(guestHtml('<'.repeat(50), 2)).toBe('&lt;&lt;… (50 characters)')
  })
})
