// Texts of host calls: valid UTF-8 without NUL, exactly as the guest wrote it, or an errno (attack classes MEM-17, MEM-19).
import { describe, expect, it } from 'vitest'
import { GuestFault } from '../../../src/sandbox/host/errno.ts'
import { readText } from '../../../src/sandbox/host/guest-text.ts'
import type { Arguments } from '../../../src/sandbox/host/handler.ts'
import { harness } from '../support/calls.ts'
import { place } from '../support/native.ts'

function read(content: string | Uint8Array): string | number {
  const made = harness()
  const [at, length] = place(made, 100, content)
  const args = { i32: (name: string) => (name === 'text' ? at : length) } as Arguments
  try {
    return readText(made.context, args, 'text')
  } catch (error) {
    if (error instanceof GuestFault) return error.errno
    throw error
  }
}

describe('readText', () => {
  it.each(['', 'plain', 'é ü 漢 𝄞', '\ufeffbyte order mark', 'a\ufeffb', '__proto__', '\r\n\t\u001b[2J', '\ufffd'])(
    'gives %j as it is',
    (text) => {
      expect(read(text)).toBe(text)
    },
  )

  it.each([
    ['a lone continuation byte', [0x80]],
    ['a sequence that is cut off', [0x61, 0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['what lies beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['Latin 1', [0x66, 0xfc, 0x72]],
  ])('answers ilseq to %s', (_, bytes) => {
    expect(read(new Uint8Array(bytes))).toBe(25)
  })

  it.each(['\0', 'ok.txt\0../../x', 'end\0'])('answers inval to %j', (text) => {
    expect(read(text)).toBe(28)
  })
})
