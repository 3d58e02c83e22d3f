// A public key as people write it, and whether it is one: a point of the curve with which only one person can sign.
import { createPublicKey } from 'node:crypto'
import { RAW_KEY_BYTES, rawPublicKey } from './ed25519.ts'

/** The field of RFC 8032, 5.1. */
const P = 2n ** 255n - 19n
/** d of the curve: -121665/121666. */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n
/** y of a point of order 8. */
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
/**
 * y of the eight points of small order: 0 and two others for the orders 4 and 8, 1 and -1 for 1 and 2. Under such a key a signature can be made
 * without any secret, for some messages or all; OpenSSL 3.0 accepts those, 3.5 does not (RFC 8032 leaves it open).
 */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, EIGHTH, P - EIGHTH])

/**
 * The 32 bytes of a key in base64, or in a PEM block of SubjectPublicKeyInfo (RFC 8410).
 *
 * @returns null if it is neither; whether the bytes are a usable key says {@link flawOf}
 */
export function readPublicKeyText(text: string): Uint8Array | null {
  const trimmed = text.trim()
  if (/^[A-Za-z0-9+/]{43}=$/.test(trimmed)) {
    const raw = Buffer.from(trimmed, 'base64')
    // The last digit has two bits to spare, which would make four texts of one key.
    return raw.toString('base64') === trimmed ? raw : null
  }
  // Node would also take a certificate, or the public half of a private key, which has no place in a policy.
  if (!/^-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]{1,400}-----END PUBLIC KEY-----$/.test(trimmed)) return null
  try {
    const key = createPublicKey(trimmed)
    return key.asymmetricKeyType === 'ed25519' ? rawPublicKey(key) : null
  } catch {
    return null
  }
}

/** What is wrong with a key, to follow "the key"; null if it can be trusted with a name. */
export function flawOf(raw: Uint8Array): string | null {
  if (raw.length !== RAW_KEY_BYTES) return 'has another length than 32 bytes'
  const encoded = BigInt(`0x${Buffer.from(raw).reverse().toString('hex')}`)
  const y = BigInt.asUintN(255, encoded)
  // Several encodings of one point would be several keys (RFC 8032, 5.1.3, step 1).
  if (y >= P || !isOnCurve(y)) return 'is no point of the Ed25519 curve'
  if (SMALL_ORDER.has(y)) return 'is a point of small order, for which anybody can make signatures'
  return null
}

/** Whether there is an x with x² = (y² - 1) / (d y² + 1): Euler's criterion on the product, which is a square if and only if the quotient is. */
function isOnCurve(y: bigint): boolean {
  const square = (y * y) % P
  const product = (((square - 1n + P) % P) * ((D * square + 1n) % P)) % P
  return product === 0n || power(product, (P - 1n) / 2n) === 1n
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let rest = exponent, factor = base; rest > 0n; rest >>= 1n, factor = (factor * factor) % P)
    if (rest & 1n) result = (result * factor) % P
  return result
}
