// A secret is found in every form in which it is likely to leak, and not where it is not.
import { describe, expect, it } from 'vitest'
import { findSecret, makeSecret } from '../../src/campaign/secrets.ts'

const secret = makeSecret()
const found = (content: string | Uint8Array): string | null => findSecret(secret, [['stdout', content]])

describe('findSecret', () => {
  it.each<[string, string | Uint8Array]>([
    ['as it is', `before ${secret} after`],
    ['as bytes', Buffer.from(secret)],
    ['in a part of a larger buffer', Buffer.from(`xx${secret}yy`).subarray(2)],
    ['hex', Buffer.from(secret).toString('hex')],
    ['hex in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
    ['reversed', [...secret].reverse().join('')],
    ['UTF-16, little end first', Buffer.from(secret, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(secret, 'utf16le').swap16()],
    ...[0, 1, 2, 3, 4].map((offset): [string, string] => [
      `base64 at offset ${offset}`,
      Buffer.from(`${'#'.repeat(offset)}${secret}!!`).toString('base64'),
    ]),
    ['base64 for addresses', Buffer.from(`a=${secret}`).toString('base64url')],
  ])('finds it: %s', (_name, content) => expect(found(content)).toContain('in stdout'))

  it.each([
    ['nothing', ''],
    ['another secret', makeSecret()],
    ['its beginning', secret.slice(0, -1)],
    ['its beginning in hex', Buffer.from(secret.slice(0, -1)).toString('hex')],
  ])('does not find it in %s', (_name, content) => expect(found(content)).toBeNull())

  it('names form and place', () => {
    expect(
      findSecret(secret, [
        ['stdout', ''],
        ['a message', Buffer.from(secret).toString('hex')],
      ]),
    ).toBe('as hex in a message')
  })
  it('makes another one every time', () => expect(makeSecret()).not.toBe(makeSecret()))
})
