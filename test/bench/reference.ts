// The kernels of bench/kernels once more, in TypeScript and without WebAssembly: what a round of each has to give.
import { createHash } from 'node:crypto'

/** The generator that the kernels take their input from. */
function generator(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state
  }
}

/** The bits of an array as one number: FNV-1a by words. */
function bits(array: Float64Array | Int32Array | Uint32Array): number {
  let sum = 2166136261
  for (const word of new Uint32Array(array.buffer)) sum = Math.imul(sum ^ word, 16777619)
  return sum >>> 0
}

type Index = (i: number, j: number) => number
const square =
  (n: number): Index =>
  (i, j) =>
    i * n + j

function filled(n: number, value: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => value(Math.floor(at / n), at % n))
}

function gemm(): number {
  const n = 96
  const at = square(n)
  const a = filled(n, (i, j) => ((i * (j + 1)) % n) / n)
  const b = filled(n, (i, j) => ((i * (j + 2)) % n) / n)
  const c = filled(n, (i, j) => (((i * j + 1) % n) / n) * 1.2)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) c[at(i, j)]! += 1.5 * a[at(i, k)]! * b[at(k, j)]!
  return bits(c)
}

function twoProducts(): number {
  const n = 80
  const at = square(n)
  const a = filled(n, (i, j) => ((i * j + 1) % n) / n)
  const b = filled(n, (i, j) => ((i * (j + 1)) % n) / n)
  const c = filled(n, (i, j) => ((i * (j + 3) + 1) % n) / n)
  const d = filled(n, (i, j) => ((i * (j + 2)) % n) / n)
  const product = (left: Float64Array, right: Float64Array, scale: number, from: (i: number, j: number) => number) =>
    filled(n, (i, j) => {
      let sum = from(i, j)
      for (let k = 0; k < n; k++) sum += scale * left[at(i, k)]! * right[at(k, j)]!
      return sum
    })
  const t = product(a, b, 1.5, () => 0)
  return bits(product(t, c, 1, (i, j) => d[at(i, j)]! * 1.2))
}

function jacobi(): number {
  const n = 128
  const at = square(n)
  let from = filled(n, (i, j) => (i * (j + 2) + 2) / n)
  for (let step = 0; step < 20; step++) {
    const to = from.slice()
    for (let i = 1; i < n - 1; i++) {
      for (let j = 1; j < n - 1; j++) {
        const sum = from[at(i, j)]! + from[at(i, j - 1)]! + from[at(i, j + 1)]! + from[at(i + 1, j)]! + from[at(i - 1, j)]!
        to[at(i, j)] = 0.2 * sum
      }
    }
    from = to
  }
  return bits(from)
}

function floydWarshall(): number {
  const n = 110
  const at = square(n)
  const path = Int32Array.from({ length: n * n }, (_, place) => {
    const [i, j] = [Math.floor(place / n), place % n]
    const sum = i + j
    return sum % 13 === 0 || sum % 7 === 0 || sum % 11 === 0 ? 999 : ((i * j) % 7) + 1
  })
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) path[at(i, j)] = Math.min(path[at(i, j)]!, path[at(i, k)]! + path[at(k, j)]!)
  return bits(path)
}

function nussinov(): number {
  const n = 180
  const at = square(n)
  const next = generator()
  const base = Array.from({ length: n }, () => next() >>> 30)
  const best = new Int32Array(n * n)
  const get = (i: number, j: number) => (i < n && j >= i ? best[at(i, j)]! : 0)
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) {
      const pair = i + 1 < j && base[i]! + base[j]! === 3 ? 1 : 0
      let most = Math.max(get(i, j - 1), get(i + 1, j), get(i + 1, j - 1) + pair)
      for (let k = i + 1; k < j; k++) most = Math.max(most, get(i, k) + get(k + 1, j))
      best[at(i, j)] = most
    }
  }
  return bits(best)
}

function fib(): number {
  let [a, b] = [0, 1]
  for (let i = 0; i < 27; i++) [a, b] = [b, a + b]
  return a
}

function tak(x: number, y: number, z: number): number {
  return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z
}

function sha256(): number {
  const next = generator()
  const message = Uint8Array.from({ length: 65_536 }, () => next() >>> 24)
  return createHash('sha256').update(message).digest().readUInt32BE()
}

/** The size of the packed text; that it unpacks to the same is checked by the kernel itself. */
function lz(): number {
  const next = generator()
  const size = 65_536
  const text = new Uint8Array(size)
  for (let at = 0; at < size; ) {
    const word = next() >>> 24
    const letters = 2 + (word & 7)
    for (let i = 0; i < letters && at < size; i++) text[at++] = 97 + ((word * 7 + i * i) % 26)
    if (at < size) text[at++] = 32
  }
  const seen = new Map<number, number>()
  let packed = 0
  for (let at = 0; at < size; ) {
    let length = 0
    if (at + 4 <= size) {
      const key = text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16)
      const slot = Math.imul(key, 2654435761) >>> 20
      const from = seen.get(slot)
      seen.set(slot, at)
      if (from !== undefined) while (length < 255 && at + length < size && text[from + length] === text[at + length]) length++
    }
    packed += length >= 5 ? 4 : 1
    at += length >= 5 ? length : 1
  }
  return packed
}

function primes(): number {
  const crossed = new Uint8Array(1_000_000)
  let count = 0
  for (let i = 2; i < crossed.length; i++) {
    if (crossed[i]) continue
    count++
    for (let j = i * i; j < crossed.length; j += i) crossed[j] = 1
  }
  return count
}

function sorted(): number {
  const next = generator()
  return bits(Int32Array.from({ length: 20_000 }, () => next() >>> 1).sort())
}

function dispatch(): number {
  const next = generator()
  const memory = Uint32Array.from({ length: 256 }, next)
  let mixed = 0
  let factor = 3
  for (let turn = 0; turn < 200; turn++) {
    for (let place = 255; place > 0; place--) {
      mixed = Math.imul(memory[place]! + memory[place - 1]!, factor) >>> 0
      const shifted = mixed >>> 7
      mixed = (mixed ^ shifted) >>> 0
      memory[place] = mixed
      factor = (factor + (mixed < shifted ? 1 : 0) + 1) >>> 0
    }
  }
  return (mixed ^ bits(memory)) >>> 0
}

/** By the kernel's name. */
export const REFERENCE: ReadonlyMap<string, () => number> = new Map([
  ['gemm', gemm],
  ['2mm', twoProducts],
  ['jacobi-2d', jacobi],
  ['floyd-warshall', floydWarshall],
  ['nussinov', nussinov],
  ['fib', fib],
  // Ackermann's function of 3 and n is known: 2^(n + 3) - 3.
  ['ackermann', () => 2 ** 9 - 3],
  ['tak', () => tak(18, 12, 6)],
  ['sha256', sha256],
  ['lz', lz],
  ['sieve', primes],
  ['sort', sorted],
  ['dispatch', dispatch],
])
