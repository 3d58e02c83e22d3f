// A second signature of one key over one message: Ed25519 (RFC 8032, 5.1.6) with another nonce than the prescribed one, which no verifier can tell. Node
// only makes the prescribed one. For attacks: slow, and nothing about it is secret.
import { createHash } from 'node:crypto'

const P = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const mod = (a: bigint, m = P) => ((a % m) + m) % m

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, e = exponent; e > 0n; e >>= 1n, square = mod(square * square)) if (e & 1n) result = mod(result * square)
  return result
}
const inverse = (a: bigint) => power(mod(a), P - 2n)
const D = mod(-121665n * inverse(121666n))

type Point = readonly [x: bigint, y: bigint]
const BASE: Point = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n,
]

/** Affine: some inversions more, some lines less. */
function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const k = mod(D * mod(x1 * x2) * mod(y1 * y2))
  return [mod((x1 * y2 + y1 * x2) * inverse(1n + k)), mod((y1 * y2 + x1 * x2) * inverse(1n - k))]
}

function times(scalar: bigint): Point {
  let result: Point = [0n, 1n]
  for (let doubled = BASE, e = scalar; e > 0n; e >>= 1n, doubled = add(doubled, doubled))
    if (e & 1n) result = add(result, doubled)
  return result
}

function littleEndian(value: bigint): Buffer {
  return Buffer.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed())
}
const encode = ([x, y]: Point) => littleEndian(y | ((x & 1n) << 255n))
const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`)
const hash = (...parts: readonly Uint8Array[]) => parts.reduce((sha, part) => sha.update(part), createHash('sha512')).digest()

/** @param seed the secret key, 32 bytes @param nonce anything but 0 */
export function anotherSignature(seed: Uint8Array, message: Uint8Array, nonce: bigint): Uint8Array {
  const half = hash(seed).subarray(0, 32)
  half[0]! &= 248
  half[31] = (half[31]! & 127) | 64
  const secret = number(half)
  const [open, commitment] = [encode(times(mod(secret, L))), encode(times(mod(nonce, L)))]
  const challenge = mod(number(hash(commitment, open, message)), L)
  return Buffer.concat([commitment, littleEndian(mod(nonce + challenge * secret, L))])
}
