// The file format: what comes back is what was written, and nothing else than what was written is taken.
import { createHash, createSecretKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/sandbox/index.ts'
import { SnapshotError } from '../../../src/sandbox/snapshot/error.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../src/sandbox/snapshot/format.ts'
import type { IntegrityKey } from '../../../src/sandbox/snapshot/seal.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const CONTENTS = {
  identity: { module: digest('module'), policy: digest('policy'), abi: digest('abi') },
  image: Uint8Array.from({ length: 200 }, (_, i) => (i * 7) % 256),
}
const SECRET = new TextEncoder().encode('sixteen bytes at least')
const PAIR = generateKeyPairSync('ed25519')
/** The key to write with, and the one to read with. */
const KEYS: readonly (readonly [name: string, write: IntegrityKey | undefined, read: IntegrityKey | undefined])[] = [
  ['no key', undefined, undefined],
  ['bytes', SECRET, SECRET],
  ['a secret key', createSecretKey(SECRET), SECRET],
  ['a pair', PAIR.privateKey, PAIR.publicKey],
]

const codeOf = (action: () => unknown): string => {
  try {
    action()
    return 'taken'
  } catch (error) {
    if (error instanceof SnapshotError) return error.code
    throw error
  }
}

describe.each(KEYS)('with %s', (_, write, read) => {
  const file = encodeSnapshot(CONTENTS, write)

  it('gives back what was written', () => {
    expect(decodeSnapshot(file, read)).toEqual(CONTENTS)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (image) => {
        expect(decodeSnapshot(encodeSnapshot({ ...CONTENTS, image }, write), read).image).toEqual(image)
      }),
      { numRuns: 20 },
    )
  })

  it('notices every single byte that is changed, in whatever way', () => {
    for (let at = 0; at < file.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const changed = file.slice()
        changed[at]! ^= flip
        expect(
          codeOf(() => decodeSnapshot(changed, read)),
          `byte ${at} ^ ${flip}`,
        ).not.toBe('taken')
      }
    }
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = file.slice()
        changed[at]! ^= flip
        expect(codeOf(() => decodeSnapshot(changed, read))).not.toBe('taken')
      }),
      { numRuns: 500 },
    )
  })

  it('notices every cut and everything that is appended', () => {
    for (let length = 0; length < file.length; length++)
      expect(
        codeOf(() => decodeSnapshot(file.subarray(0, length), read)),
        `${length} bytes`,
      ).toBe('truncated')
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (more) => {
        expect(codeOf(() => decodeSnapshot(Buffer.concat([file, more]), read))).toBe('damaged')
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is wrong is said', () => {
  it('by a code of its own', () => {
    const file = encodeSnapshot(CONTENTS)
    const changed = (at: number, byte: number) => {
      const copy = file.slice()
      copy[at] = byte
      return codeOf(() => decodeSnapshot(copy))
    }
    expect(codeOf(() => decodeSnapshot(new TextEncoder().encode('something else')))).toBe('not-a-snapshot')
    expect(changed(0, 0)).toBe('not-a-snapshot')
    expect(changed(8, 2)).toBe('other-version')
    expect(changed(20, file[20]! ^ 1)).toBe('damaged')
  })

  it('and a length beyond the end allocates nothing', () => {
    const file = encodeSnapshot(CONTENTS)
    new DataView(file.buffer).setUint32(112, 0xffff_ffff, true)
    expect(codeOf(() => decodeSnapshot(file))).toBe('truncated')
  })
})

describe('the seal', () => {
  it('is refused if it was made with another key, is of another kind, is missing, or nobody can check it', () => {
    const other = generateKeyPairSync('ed25519')
    for (const [sealed, key] of [
      [encodeSnapshot(CONTENTS, SECRET), new TextEncoder().encode('another sixteen bytes')],
      [encodeSnapshot(CONTENTS, SECRET), PAIR.publicKey],
      [encodeSnapshot(CONTENTS, SECRET), undefined],
      [encodeSnapshot(CONTENTS, PAIR.privateKey), other.publicKey],
      [encodeSnapshot(CONTENTS, PAIR.privateKey), SECRET],
      [encodeSnapshot(CONTENTS, PAIR.privateKey), undefined],
      [encodeSnapshot(CONTENTS), SECRET],
      [encodeSnapshot(CONTENTS), PAIR.publicKey],
    ] as const) {
      expect(codeOf(() => decodeSnapshot(sealed, key))).toBe('seal')
    }
  })

  it('keeps who can write the file from forging it: a new digest is not enough', () => {
    const sealed = encodeSnapshot(CONTENTS, SECRET)
    const forged = encodeSnapshot(
      { ...CONTENTS, image: CONTENTS.image.map((byte) => byte ^ 1) },
      SECRET.map((byte) => byte ^ 1),
    )
    forged.set(sealed.subarray(-32), forged.length - 32)
    expect(codeOf(() => decodeSnapshot(forged, SECRET))).toBe('seal')
  })

  it('needs a key that can make one', () => {
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const key of [new Uint8Array(15), rsa.privateKey, PAIR.publicKey, 'a text' as never])
      expect(() => encodeSnapshot(CONTENTS, key)).toThrow(UsageError)
  })
})
