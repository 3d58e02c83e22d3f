// What a guest writes reaches a file untouched and a terminal inert.
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { inert, type Output, passThrough } from '../../src/cli/terminal.ts'

function collector(isTTY: boolean): { output: Output; written: Buffer[] } {
  const written: Buffer[] = []
  const write = (piece: string | Uint8Array) => {
    written.push(Buffer.from(piece as Uint8Array))
    return true
  }
  return { output: { isTTY, write, once: () => undefined } as unknown as Output, written }
}
/** Code points that a terminal could act on or a reader could not see, line feed and tab left out. */
const controls = (value: string) =>
  [...value].filter((character) => /[\p{Cc}\p{Cf}]/u.test(character) && !'\n\t'.includes(character))
const text = (value: string) => new TextEncoder().encode(value)

describe('passThrough', () => {
  it('leaves every byte as it is on its way into a file or pipe', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const { output, written } = collector(false)
    await passThrough(output, bytes)
    expect([...Buffer.concat(written)]).toEqual([...bytes])
  })

  it('lets nothing but text, line feeds and tabs onto a terminal', async () => {
    const { output, written } = collector(true)
    await passThrough(
      output,
      Uint8Array.from({ length: 256 }, (_, index) => index),
    )
    const shown = Buffer.concat(written).toString('utf8')
    expect(controls(shown)).toEqual([])
    expect(shown).toContain('ABC')
  })

  it('writes nothing for nothing', async () => {
    const { output, written } = collector(true)
    await passThrough(output, new Uint8Array())
    expect(written).toEqual([])
  })

  it('waits for a reader that is slower', async () => {
    let accept: (() => void) | null = null
    const output = new Writable({
      highWaterMark: 1,
      write: (_piece, _encoding, done) => {
        accept = done
      },
    }) as unknown as Output
    let done = false
    const passing = passThrough(output, text('xyz')).then(() => {
      done = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(false)
    accept!()
    await passing
    expect(done).toBe(true)
  })
})

describe('inert', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m'],
    ['a title', '\u001b]0;owned\u0007'],
    ['a C1 sequence', '\u009b2J'],
    ['a return to the start of the line', 'safe\rrm -rf'],
    ['a backspace', 'a\b'],
    ['a change of direction', 'a\u202eb'],
    ['a zero-width space', 'a\u200bb'],
    ['a tag character', 'a\u{e0041}b'],
  ])('spells out %s', (_, value) => {
    expect(controls(inert(text(value)))).toEqual([])
    expect(inert(text(value))).toContain('U+')
  })

  it('keeps lines, tabs and every script', () => {
    const value = 'Grüße\t日本語\nعربي 🎉\n'
    expect(inert(text(value))).toBe(value)
    expect(inert(text('one\r\ntwo\r\n'))).toBe('one\ntwo\n')
  })
})
