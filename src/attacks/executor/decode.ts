// From any bytes to a program. Half of the calls are what an honest guest would make, because most defects lie behind calls that succeed; in the
// others, each argument may be anything.
import type { AbiParameter, HandleKind, Meaning } from '../../sandbox/host/abi/index.ts'
import { LAYOUT_BYTES } from '../../sandbox/host/abi/index.ts'
import { switchedOn } from './families.ts'
import { literalsFor } from './literals.ts'
import { EXECUTOR_CALLS, MAX_PAGES, PAGE, RECORDS } from './module.ts'
import { type LiteralPool, NO_LITERALS, nextLiteral } from './pool.ts'
import {
  type Argument,
  type Call,
  entryOf,
  type Fill,
  fillBytes,
  fits,
  type Manner,
  type Program,
  resultBytes,
  value,
} from './program.ts'
import { Source } from './source.ts'

const MAX_CALLS = 12
const MAX_VECTORS = 4

// The memory below the records, by what honest pointers are for: results of each call apart from the others', bytes that are put there before
// a call, and room that calls fill.
const RESULTS = 0x100
const RESULTS_OF_A_CALL = 0x100
const RESULT = 0x40
const FILLS = 0x1000
const ROOM = 0x6000
const MOST_ROOM = RECORDS - ROOM - 0x100

type Pointer = Extract<Meaning, { kind: 'pointer' }>

/** Addresses at which checks go wrong, relative to the size of the memory (MEM-01, MEM-02). */
const edges = (size: number) => [
  0,
  1,
  size - 64,
  size - 8,
  size - 4,
  size - 1,
  size,
  size + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 64,
  2 ** 32 - 1,
]
const LENGTHS = [0, 1, 2, 3, 4, 8, 16, 64, 1023, 1024, 1025, 65_535, 65_536, 65_537, 2 ** 28, 2 ** 31, 2 ** 32 - 1]
/** Off by one, which way ever. */
const AROUND = [1, 0, -1]
const LONGS = [0n, 1n, 8n, 4096n, 2n ** 20n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]
const RIGHTS = [2n ** 30n - 1n, 2n ** 29n - 1n, 0n, 2n, 2n ** 6n, 2n ** 30n, 2n ** 64n - 1n]
/** As bits: 0, 1, -1.5, the smallest, the largest, the infinities, NaN, a NaN with a payload, -0 (MEM-16). */
const DOUBLES = [
  0n,
  0x3ff0_0000_0000_0000n,
  0xbff8_0000_0000_0000n,
  1n,
  0x7fef_ffff_ffff_ffffn,
  0x7ff0_0000_0000_0000n,
  0xfff0_0000_0000_0000n,
  0x7ff8_0000_0000_0000n,
  0x7ff0_0000_dead_beefn,
  0x8000_0000_0000_0000n,
]

/** How often in one activation: twice, as often as the harness's quotas allow, and beyond them. */
const TIMES = [2, 6, 7, 40]
/** Beyond what a host tells of one by one. */
const VERY_OFTEN = 600
/** How deep: entered once more, and at several places where the stack is about to end. */
const DEPTHS = [1, 500, 4000, 8000, 10_000, 12_000]
/** The bit of the swarm switches behind those of the families: calls are made in other manners than once and at once. */
const IN_MANNERS = 0x80

/**
 * The program that some bytes stand for. Every byte string is one.
 *
 * @param size of the guest's memory at first, in bytes
 * @param pool literals of the host under attack
 */
export function decodeProgram(input: Uint8Array, size: number, pool: LiteralPool = NO_LITERALS): Program {
  const source = new Source(input)
  const calls: Call[] = []
  const seed = source.u8()
  const bits = source.u8()
  const on = switchedOn(bits)
  let now = size
  let open = 0
  while (!source.empty && calls.length < MAX_CALLS) {
    const index = nextCall(source, on, open)
    const manner = (bits & IN_MANNERS) === 0 ? {} : mannerOf(source)
    const grown = now + (manner.grow ?? 0) * PAGE
    if (grown <= MAX_PAGES * PAGE) now = grown
    calls.push({ ...new CallDecoder(source, now, calls, pool).decode(index), ...manner })
    open |= OPENS[index]!
  }
  return { seed, calls }
}

/** Seldom, and the dearest least of all: a call that is made 600 times takes as long as a hundred programs. */
function mannerOf(source: Source): Manner {
  const selector = source.u8()
  if (selector < 220) return {}
  if (selector < 236) return { times: source.pick(TIMES) }
  if (selector < 242) return { depth: source.pick(DEPTHS) }
  if (selector < 253) return { grow: 1 }
  return selector < 255 ? { grow: 1, depth: source.pick(DEPTHS), times: source.pick(TIMES) } : { times: VERY_OFTEN }
}

const HANDLE_KINDS: readonly HandleKind[] = ['stream', 'file', 'directory', 'socket', 'response', 'key']
const maskOf = (kinds: readonly HandleKind[]) => kinds.reduce((mask, kind) => mask | (1 << HANDLE_KINDS.indexOf(kind)), 0)

/** What path_open opens may be a directory; sock_accept never opens anything, because no capability lets a guest listen. */
const OPENED_KINDS: readonly (readonly HandleKind[])[] = EXECUTOR_CALLS.map(({ name, parameters }) => {
  if (name === 'sock_accept') return []
  const kinds = parameters.flatMap(({ meaning }) => (meaning.kind === 'pointer' && meaning.yields ? [meaning.yields] : []))
  return kinds.includes('file') ? [...kinds, 'directory'] : kinds
})
/** Kinds that a call opens, and kinds that it is made on, by its index, as bits. */
const OPENS = OPENED_KINDS.map(maskOf)
const USES = EXECUTOR_CALLS.map(({ parameters }) =>
  maskOf(parameters.flatMap(({ meaning }) => (meaning.kind === 'fd' ? meaning.of : []))),
)

/** Calls that open something and calls on what was opened come oftener than by chance: alone they say only that there is no such handle. */
function nextCall(source: Source, on: readonly number[], open: number): number {
  const selector = source.u8()
  const fitting =
    selector < 64
      ? on.filter((index) => OPENS[index] !== 0)
      : selector < 144
        ? on.filter((index) => (USES[index]! & open) !== 0)
        : []
  return source.pick(fitting.length > 0 ? fitting : on)
}

class CallDecoder {
  readonly #source: Source
  readonly #size: number
  readonly #earlier: readonly Call[]
  readonly #pool: LiteralPool
  readonly #hostile: boolean
  readonly #fills: Fill[] = []
  /** Lengths that belong to pointers which have been chosen already, by parameter. */
  readonly #lengths = new Map<string, number>()
  #free = FILLS

  constructor(source: Source, size: number, earlier: readonly Call[], pool: LiteralPool) {
    this.#source = source
    this.#size = size
    this.#earlier = earlier
    this.#pool = pool
    this.#hostile = source.u8() >= 128
  }

  decode(index: number): Call {
    const args = EXECUTOR_CALLS[index]!.parameters.map((parameter, at) => this.#argument(parameter, at))
    return { fills: this.#fills, index, args }
  }

  /** Whether the next choice is to be one that an honest guest would not make. */
  #strays(): boolean {
    return this.#hostile && this.#source.u8() >= 216
  }

  #argument(parameter: AbiParameter, at: number): Argument {
    const { meaning, type, name } = parameter
    switch (meaning.kind) {
      case 'pointer':
        if (this.#strays()) return value(this.#astray(meaning))
        return value(meaning.direction === 'in' ? this.#input(parameter, meaning) : this.#output(meaning, at))
      case 'length':
        return this.#length(name)
      case 'fd':
        return this.#handle(meaning.of)
      case 'enum':
        return value(this.#strays() ? this.#number() : this.#source.u8() % meaning.values.length)
      case 'flags':
        return type === 'i64' ? this.#rights() : this.#flags(meaning.bits)
      case 'value':
        return type === 'f64' ? this.#double() : type === 'i64' ? this.#long() : this.#scalar()
    }
  }

  /** An address at which checks go wrong; often the one from which just so many bytes, or one too many, are left (MEM-02). */
  #edge(extent: number): number {
    const selector = this.#source.u8()
    if (selector < 32) return this.#source.u16() % this.#size
    if (selector < 128) return this.#size - extent + this.#source.pick(AROUND)
    return selector < 250 ? this.#source.pick(edges(this.#size)) : this.#source.u32()
  }

  /** A bad pointer; where its length is another parameter, often as long as what is left behind it, or one too long. */
  #astray(meaning: Pointer): number {
    const { count, to } = meaning
    if (typeof count === 'number') return this.#edge(count * LAYOUT_BYTES[to])
    const pointer = this.#edge(LAYOUT_BYTES[to])
    const left = Math.floor((this.#size - pointer) / LAYOUT_BYTES[to]) + this.#source.pick(AROUND)
    if (left >= 0) this.#plan(meaning, left)
    return pointer
  }

  #number(): number {
    const selector = this.#source.u8()
    if (selector < 96) return this.#source.pick(LENGTHS)
    return selector < 176 ? Number(BigInt.asUintN(32, this.#literal())) : this.#source.u32()
  }

  /** A number of the host's, or just beside it. */
  #literal(): bigint {
    const number = nextLiteral(this.#pool.numbers, this.#source.u16()) ?? 0n
    return BigInt.asUintN(64, number + BigInt(this.#source.pick(AROUND)))
  }

  /** Puts bytes into memory; where they do not fit, there is nothing, and the pointer is as good as any. */
  #put(fill: Fill): number {
    const { length } = fillBytes(fill)
    if (!fits(fill, length)) return fill.at
    if (length > 0) this.#fills.push(fill)
    this.#free += (length + 7) & ~7
    return fill.at
  }

  #input(parameter: AbiParameter, meaning: Pointer): number {
    if (meaning.to === 'iovec') {
      const vectors = Array.from({ length: 1 + (this.#source.u8() % MAX_VECTORS) }, () => this.#vector())
      this.#plan(meaning, vectors.length)
      return this.#put({ kind: 'vectors', at: this.#free, vectors })
    }
    const bytes = meaning.to === 'subscription' ? this.#subscriptions() : this.#bytesFor(parameter, meaning)
    this.#plan(meaning, bytes.length / LAYOUT_BYTES[meaning.to])
    return this.#put({ kind: 'bytes', at: this.#free, bytes })
  }

  #plan({ count }: Pointer, length: number): void {
    if (typeof count === 'string') this.#lengths.set(count, length)
  }

  #bytesFor(parameter: AbiParameter, { content }: Pointer): Uint8Array {
    const { usual, odd } = literalsFor(parameter)
    if (content === 'bytes') return this.#source.take(this.#source.u8() % 24)
    if (this.#strays()) {
      const selector = this.#source.u8()
      if (selector < 96) return this.#source.pick(odd)
      const text = selector < 176 ? nextLiteral(this.#pool.texts, this.#source.u16()) : undefined
      return text ?? this.#source.take(this.#source.u8() % 24)
    }
    return this.#source.early(usual)
  }

  /** Into the room that calls fill, onto the vectors themselves (MEM-09), or wherever. */
  #vector(): readonly [number, number] {
    if (this.#strays()) {
      const length = this.#source.pick(LENGTHS)
      return [this.#edge(length) >>> 0, length]
    }
    const selector = this.#source.u8()
    if (selector < 208) return [ROOM + 16 * (selector % 16), this.#source.u8() % 64]
    return [this.#free + (selector % 24), this.#source.u8() % 32]
  }

  #subscriptions(): Uint8Array {
    const count = 1 + (this.#source.u8() % 3)
    const view = new DataView(new ArrayBuffer(48 * count))
    for (let at = 0; at < view.byteLength; at += 48) {
      const tag = this.#strays() ? this.#source.u8() : this.#source.u8() % 3
      view.setBigUint64(at, BigInt(at), true)
      view.setUint8(at + 8, tag)
      if (tag === 0) {
        view.setUint32(at + 16, this.#source.u8() % 5, true)
        view.setBigUint64(at + 24, this.#source.pick(LONGS), true)
        view.setUint16(at + 40, this.#source.u8() % 3, true)
      } else view.setUint32(at + 16, this.#source.u8() % 12, true)
    }
    return new Uint8Array(view.buffer)
  }

  #output(meaning: Pointer, at: number): number {
    if (typeof meaning.count === 'number') return RESULTS + RESULTS_OF_A_CALL * this.#earlier.length + RESULT * (at % 4)
    return ROOM + 16 * (this.#source.u8() % 16)
  }

  #length(name: string): Argument {
    if (this.#strays()) return value(this.#number())
    const planned = this.#lengths.get(name)
    if (planned !== undefined) return value(planned)
    const selector = this.#source.u8()
    if (selector < 128) return value(MOST_ROOM)
    return selector < 192 ? value(selector % 64) : this.#earlierResult()
  }

  /** Something that is open and of the right kind, if a call before opened one; otherwise what is open from the start. */
  #handle(of: Extract<Meaning, { kind: 'fd' }>['of']): Argument {
    const opened = this.#opened()
    if (this.#strays()) {
      const selector = this.#source.u8()
      if (selector < 96) return value(selector % 12)
      if (selector < 224 && opened.length > 0) return opened[selector % opened.length]!.argument
      return value(selector % 2 === 0 ? 2 ** 32 - 1 : this.#source.u32())
    }
    const selector = this.#source.u8()
    // Standard streams are 0 to 2, then come the harness's mounts, of which the first can be written to.
    const first = of.includes('directory') ? (selector % 2 === 0 ? 3 : 3 + (selector % 3)) : selector % 3
    const right = opened.filter(({ kinds }) => kinds.some((kind) => of.includes(kind)))
    return right.length > 0 && (selector < 80 || !of.includes('directory'))
      ? right[selector % right.length]!.argument
      : value(first)
  }

  #opened(): { readonly kinds: readonly HandleKind[]; readonly argument: Argument }[] {
    return this.#earlier.flatMap(({ index }, call) => {
      const kinds = OPENED_KINDS[index]!
      const place = EXECUTOR_CALLS[index]!.parameters.find(({ meaning }) => meaning.kind === 'pointer' && meaning.yields)
      return place && kinds.length > 0 ? [{ kinds, argument: { kind: 'result' as const, call, parameter: place.name } }] : []
    })
  }

  /** A number that a call before answered, such as a size. */
  #earlierResult(): Argument {
    const results = this.#earlier.flatMap((call, index) =>
      entryOf(call).parameters.flatMap((parameter): Argument[] =>
        resultBytes(parameter) === null ? [] : [{ kind: 'result', call: index, parameter: parameter.name }],
      ),
    )
    return results.length > 0 ? this.#source.pick(results) : value(0)
  }

  #scalar(): Argument {
    if (this.#strays()) return value(this.#number())
    const selector = this.#source.u8()
    return selector < 224 ? value(selector) : this.#earlierResult()
  }

  /** None, one, any of those that there are, any. */
  #flags(bits: number): Argument {
    if (this.#strays()) return value(this.#number())
    const selector = this.#source.u8()
    if (selector < 208) return value(0)
    return value(selector < 240 ? 1 << (selector % bits) : selector & (2 ** Math.min(bits, 8) - 1))
  }

  #rights(): Argument {
    if (this.#strays()) return value(this.#source.u64())
    return value(this.#source.early(RIGHTS))
  }

  #long(): Argument {
    if (this.#strays()) {
      const selector = this.#source.u8()
      if (selector < 96) return value(this.#source.pick(LONGS))
      return value(selector < 176 ? this.#literal() : this.#source.u64())
    }
    const selector = this.#source.u8()
    return selector < 224 ? value(selector % 32) : this.#earlierResult()
  }

  #double(): Argument {
    return value(this.#strays() ? this.#source.u64() : this.#source.early(DOUBLES))
  }
}
