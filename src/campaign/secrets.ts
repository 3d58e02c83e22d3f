// Secrets that are planted around a guest, and the search for them in what came out, in every form in which they are likely to leak.
import { randomBytes } from 'node:crypto'

/** Letters and digits only, so that no encoder changes it, and long enough that it appears nowhere by chance. */
export const makeSecret = (): string => `canary${randomBytes(15).toString('hex')}`

interface Form {
  readonly name: string
  readonly bytes: Buffer
}

/** Base64 of a secret that stands at any of the three offsets within a longer text: the part of the encoding that does not depend on it. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(`${'.'.repeat(offset)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '')
    // Characters that mix in a neighbour's bits are cut off: the first ones after a foreign prefix, and the last one.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -1)
  })
}

/** The forms in which a secret is looked for. */
export function formsOf(secret: string): Form[] {
  const reversed = [...secret].reverse().join('')
  const hex = Buffer.from(secret).toString('hex')
  return [
    { name: 'as it is', bytes: Buffer.from(secret) },
    ...base64Cores(secret).map((core) => ({ name: 'as base64', bytes: Buffer.from(core) })),
    { name: 'as hex', bytes: Buffer.from(hex) },
    { name: 'as hex', bytes: Buffer.from(hex.toUpperCase()) },
    { name: 'reversed', bytes: Buffer.from(reversed) },
    { name: 'as UTF-16', bytes: Buffer.from(secret, 'utf16le') },
    { name: 'as UTF-16', bytes: Buffer.from(secret, 'utf16le').swap16() },
  ]
}

/** The first form and place in which a secret is seen, as a phrase, or null. `places` are named pieces of output. */
export function findSecret(
  secret: string,
  places: Iterable<readonly [name: string, content: Uint8Array | string]>,
): string | null {
  const forms = formsOf(secret)
  for (const [place, content] of places) {
    const bytes =
      typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    const form = forms.find(({ bytes: needle }) => bytes.includes(needle))
    if (form) return `${form.name} in ${place}`
  }
  return null
}
