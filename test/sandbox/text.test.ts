// Guest text in the host's sentences: inert, and its end is where it seems to be (attack classes OUT-01 to OUT-04).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimText, quoteGuestText } from '../../src/sandbox/text.ts'

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
// Any UTF-16 string, lone surrogates included, with the characters that matter more often than chance would bring them.
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.integer({ min: 0x10000, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
      fc.constantFrom(
        '"',
        '\\',
        '\u001b[2J',
        '\u202e',
        '\u2066',
        '\ufeff',
        '\u{e0041}',
        '\n',
        '\u2028',
        '\0',
        '\u200b',
        '\u00ad',
        'u{',
        '…',
      ),
    ),
    { maxLength: 120 },
  )
  .map((parts) => parts.join(''))

/** Reads a quotation back: what stands between the first quotation mark and the first one that is not escaped, and what follows. */
function unquote(quoted: string): { text: string; rest: string } {
  const match = /^"((?:[^"\\]|\\.)*)"/s.exec(quoted)
  if (!match) throw new Error('not a quotation')
  const text = match[1]!.replace(/\\(?:u\{([0-9a-f]+)\}|(["\\]))/g, (_, code: string | undefined, mark: string) =>
    code === undefined ? mark : String.fromCodePoint(Number.parseInt(code, 16)),
  )
  return { text, rest: quoted.slice(match[0].length) }
}

describe('quoteGuestText', () => {
  it('never lets a hidden character through', () => {
    fc.assert(fc.property(anyText, fc.integer({ min: 0, max: 200 }), (text, max) => !HIDDEN.test(quoteGuestText(text, max))))
  })

  it('writes every hidden character of Unicode as its number, and only those', () => {
    const wrong: string[] = []
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point)
      const expected = HIDDEN.test(character)
        ? `"\\u{${point.toString(16)}}"`
        : /["\\]/.test(character)
          ? `"\\${character}"`
          : `"${character}"`
      if (quoteGuestText(character) !== expected) wrong.push(point.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it('can be read back exactly, so no two texts look the same and the end is unambiguous', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 200 }), (text, max) => {
        const { text: back, rest } = unquote(quoteGuestText(text, max))
        expect(back).toBe(text.slice(0, max))
        expect(rest).toBe(text.length > max ? `… (${text.length} characters)` : '')
      }),
    )
  })

  it('is not longer than ten characters for each of the guest’s and the note on the cut', () => {
    fc.assert(fc.property(anyText, (text) => quoteGuestText(text, 20).length <= 20 * 10 + 40))
  })

  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\u001b[31mred', '"\\u{1b}[31mred"'],
    ['a\u202eb', '"a\\u{202e}b"'],
    ['\ud83d', '"\\u{d83d}"'],
    ['😀 é 中', '"😀 é 中"'],
    ['\u{e0041}', '"\\u{e0041}"'],
    ['\\u{1b}', '"\\\\u{1b}"'],
  ])('%j becomes %s', (text, quoted) => {
    expect(quoteGuestText(text)).toBe(quoted)
  })

  it('cuts after the given number of characters and says so', () => {
    expect(quoteGuestText('abcdef', 3)).toBe('"abc"… (6 characters)')
    expect(quoteGuestText('abc', 3)).toBe('"abc"')
    // A cut through a surrogate pair leaves half of one, which is shown as such.
    expect(quoteGuestText('😀', 1)).toBe('"\\u{d83d}"… (2 characters)')
  })
})

describe('claimText', () => {
  it.each([
    ['plain words', 'To check the site.', '"To check the site."'],
    ['a run of spaces', `a${' '.repeat(500)}b`, '"a b"'],
    ['a space that is none', 'a\u00a0b\u3000c', '"a\\u{a0}b\\u{3000}c"'],
    ['marks that are piled up', 'a\u0301\u0302\u0303\u0304', '"a\u0301\u0302\\u{303}\\u{304}"'],
    ['lines', 'a\n\nb', '"a\\u{a}\\u{a}b"'],
    [
      'a Latin word with Cyrillic letters',
      'Trust p\u0430ypal',
      '"Trust p\u0430ypal" [one word mixes Latin and Cyrillic letters]',
    ],
    ['a Greek letter in a Latin word', 'Micr\u03bfsoft', '"Micr\u03bfsoft" [one word mixes Latin and Greek letters]'],
    ['words of two scripts', 'Привет world', '"Привет world"'],
    ['Japanese', 'ファイルを読む', '"ファイルを読む"'],
  ])('shows %s', (_, text, shown) => expect(claimText(text)).toBe(shown))

  it('cuts, and says how much there was', () => expect(claimText('abcdef', 3)).toBe('"abc"… (6 characters)'))

  it('is one line of visible characters whatever the text', () => {
    fc.assert(fc.property(anyText, (text) => !HIDDEN.test(claimText(text)) && !/(?! )\p{Zs}/u.test(claimText(text))))
  })
})
