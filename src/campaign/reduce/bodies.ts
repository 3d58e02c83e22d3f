// Smaller versions of one function body: cut off, with instructions left out or replaced by plainer ones, without locals. The biggest steps first.
// Nothing here knows types: most candidates are not valid, which an engine says in microseconds.
import { decoderOfBody, leb128, type WasmModule, writer } from '../../wasm/index.ts'

interface Step {
  readonly from: number
  readonly to: number
  readonly key: number
}

/** What an instruction does to the nesting of blocks. */
const OPENS: ReadonlySet<number> = new Set([0x02, 0x03, 0x04, 0x06, 0x1f])
const CLOSES: ReadonlySet<number> = new Set([0x0b, 0x18])
const DIVIDES: ReadonlySet<number> = new Set([0x05, 0x07, 0x19])

type Bytes = readonly number[] | Uint8Array

const UNREACHABLE = writer.instruction.unreachable
/** `i32.const 0`, `i64.const 0`, `f32.const 0`, `f64.const 0`, `ref.null func`, `ref.null extern`: one of them fits where any value is wanted. */
const ZEROS: readonly Uint8Array[] = [
  writer.instruction.i32Const(0),
  writer.instruction.i64Const(0),
  writer.instruction.f32Const(0),
  writer.instruction.f64Const(0),
  Uint8Array.of(0xd0, 0x70),
  Uint8Array.of(0xd0, 0x6f),
]
/** Longer chunks of instructions are tried in halves only. */
const EVERY_LENGTH_UP_TO = 8
const IF = 0x04
const I32_CONST = 0x41
const I64_CONST = 0x42

/** The code section's payload with one body replaced by `contents`: local declarations and instructions. */
export function withBody(bytes: Uint8Array, module: WasmModule, index: number, contents: Uint8Array): Uint8Array {
  return writer.vec(
    module.bodies.map(({ offset, size }, i) => {
      const body = i === index ? contents : bytes.subarray(offset, offset + size)
      return writer.bytes(writer.u32(body.length), body)
    }),
  )
}

/** Contents for body `index`, each smaller than it is. */
export function* smallerBodies(bytes: Uint8Array, module: WasmModule, index: number): Generator<Uint8Array> {
  const { offset, size, codeOffset, declaredLocals } = module.bodies[index]!
  const locals = bytes.subarray(offset, codeOffset)
  const steps = stepsOf(bytes, module, index)
  const piece = (from: number, to: number): Uint8Array => bytes.subarray(from, to)
  const end = offset + size
  if (declaredLocals > 0) yield writer.bytes(0, piece(codeOffset, end))
  for (const kept of cuts(steps.length)) {
    for (const filler of [[], UNREACHABLE])
      yield writer.bytes(locals, piece(codeOffset, steps[kept]!.from), ends(steps, kept, filler))
  }
  for (const [first, behind] of balancedRanges(steps)) {
    const [from, to] = [steps[first]!.from, steps[behind - 1]!.to]
    const replaced = (by: Uint8Array): Uint8Array => writer.bytes(locals, piece(codeOffset, from), by, piece(to, end))
    yield replaced(new Uint8Array(0))
    for (const by of [UNREACHABLE, writer.instruction.drop, ...ZEROS]) if (by.length < to - from) yield replaced(by)
  }
  for (const { open, from, to, close } of arms(steps)) {
    // The condition of an `if` is on the stack: without the block it has to go.
    const before = steps[open]!.key === IF ? writer.instruction.drop : []
    const inner = piece(steps[from]!.from, steps[to]!.from)
    yield writer.bytes(locals, piece(codeOffset, steps[open]!.from), before, inner, piece(steps[close]!.to, end))
  }
  for (const { from, to, key } of steps) {
    const plain = key === I32_CONST || key === I64_CONST
    if (plain && to - from > 2) yield writer.bytes(locals, piece(codeOffset, from), key, leb128.encodeSigned(0), piece(to, end))
  }
}

/** All instructions but the last `end`. */
function stepsOf(bytes: Uint8Array, module: WasmModule, index: number): Step[] {
  const decoder = decoderOfBody(bytes, module, index)
  const steps: Step[] = []
  while (decoder.open) {
    decoder.next()
    steps.push({ from: decoder.offset, to: decoder.end, key: decoder.info.key })
  }
  return steps.slice(0, -1)
}

/** How many instructions to keep of `count` before all is cut off: none, then ever more. */
function* cuts(count: number): Generator<number> {
  for (let kept = 0; kept < count; kept = kept * 2 + 1) yield kept
  if (count > 1) yield count - 1
}

/** Ends every block that is open behind the first `kept` instructions, and the body; with `unreachable` before each `end`, that fits every type. */
function ends(steps: readonly Step[], kept: number, filler: Bytes): Uint8Array {
  let open = 1
  for (const { key } of steps.slice(0, kept)) open += OPENS.has(key) ? 1 : CLOSES.has(key) ? -1 : 0
  return writer.concat(Array.from({ length: open }, () => writer.bytes(filler, writer.END)))
}

/** Ranges of instructions that hold whole blocks only: halves, quarters and so on, then every short range. */
function* balancedRanges(steps: readonly Step[]): Generator<readonly [number, number]> {
  for (let length = Math.floor(steps.length / 2); length > EVERY_LENGTH_UP_TO; length = Math.floor(length / 2)) {
    for (let first = 0; first + length <= steps.length; first += length) {
      const behind = balancedEnd(steps, first, length)
      if (behind !== null) yield [first, behind]
    }
  }
  // A block with all that is in it, however long.
  for (let first = 0; first < steps.length; first++) {
    if (!OPENS.has(steps[first]!.key)) continue
    const behind = balancedEnd(steps, first, 1)
    if (behind !== null && behind - first > EVERY_LENGTH_UP_TO) yield [first, behind]
  }
  for (let length = Math.min(EVERY_LENGTH_UP_TO, steps.length); length >= 1; length--) {
    for (let first = 0; first + length <= steps.length; first++)
      if (balancedEnd(steps, first, length) === first + length) yield [first, first + length]
  }
}

/** The end of the shortest range from `first` with at least `length` instructions that holds whole blocks only; null if there is none. */
function balancedEnd(steps: readonly Step[], first: number, length: number): number | null {
  let depth = 0
  for (let at = first; at < steps.length; at++) {
    const { key } = steps[at]!
    if (OPENS.has(key)) depth++
    else if (CLOSES.has(key)) depth--
    if (depth < 0 || (depth === 0 && DIVIDES.has(key))) return null
    if (depth === 0 && at - first + 1 >= length) return at + 1
  }
  return null
}

/** One part of a block: instructions from `from` up to `to`, of the block that `open` and `close` enclose. */
interface Arm {
  readonly open: number
  readonly from: number
  readonly to: number
  readonly close: number
}

/** What stands in blocks, each part of an `if` by itself; not what catches exceptions. */
function* arms(steps: readonly Step[]): Generator<Arm> {
  const open: { at: number; dividers: number[] }[] = []
  for (const [at, { key }] of steps.entries()) {
    if (OPENS.has(key)) open.push({ at, dividers: [] })
    else if (DIVIDES.has(key)) open.at(-1)?.dividers.push(at)
    else if (CLOSES.has(key)) {
      const block = open.pop()
      if (!block) return
      const bounds = [block.at, ...(steps[block.at]!.key === IF ? block.dividers : block.dividers.slice(0, 1)), at]
      const parts = steps[block.at]!.key === IF ? bounds.length - 1 : 1
      for (let part = 0; part < parts; part++) yield { open: block.at, from: bounds[part]! + 1, to: bounds[part + 1]!, close: at }
    }
  }
}
