// Weakened rewriters, one by one: what the rewriter wrote, with one of its insertions left out, moved, or made smaller.
import type { Step } from '../../../../src/sandbox/metering/check-decode.ts'
import { METERING_EXPORTS } from '../../../../src/sandbox/metering/names.ts'
import { functionTypeOfBody, readModule, replaceSections, type WasmModule, writer as w } from '../../../../src/wasm/index.ts'
import { decodeBody } from './decode.ts'

export interface Mutant {
  /** What was done to which kind of insertion. */
  readonly what: string
  readonly bytes: Uint8Array
}

const KEY = {
  loop: 0x03,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64LtS: 0x53,
  i64Add: 0x7c,
  i64Sub: 0x7d,
} as const
/** All mutants of a metered module. @param guest the module before */
export function* mutantsOf(guest: WasmModule, written: Uint8Array): Generator<Mutant> {
  const module = readModule(written)
  for (const index of guest.bodies.keys()) yield* new BodyMutants(guest, module, written, index).all()
}

class BodyMutants {
  readonly #module: WasmModule
  readonly #written: Uint8Array
  readonly #index: number
  readonly #steps: readonly Step[]
  readonly #guestFunctions: number
  readonly #guestLocals: number
  readonly #fuel: number
  readonly #depth: number

  constructor(guest: WasmModule, module: WasmModule, written: Uint8Array, index: number) {
    this.#module = module
    this.#written = written
    this.#index = index
    this.#steps = decodeBody(written, module, index)
    this.#guestFunctions = guest.functionTypeIndices.length
    this.#guestLocals = functionTypeOfBody(guest, index).params.length + guest.bodies[index]!.declaredLocals
    const indexOf = (name: string) => module.exports.find((entry) => entry.name === name)?.index ?? -1
    this.#fuel = indexOf(METERING_EXPORTS.fuel)
    this.#depth = indexOf(METERING_EXPORTS.depth)
  }

  *all(): Generator<Mutant> {
    for (let at = 0; at < this.#steps.length; at++) {
      yield* this.#charge(at)
      yield* this.#check(at)
      yield* this.#move(at)
      yield* this.#addedCall(at)
      yield* this.#depthCode(at)
    }
  }

  *#charge(at: number): Generator<Mutant> {
    const [first, amount, minus, last] = this.#steps.slice(at, at + 4)
    if (!this.#readsFuel(first) || amount?.key !== KEY.i64Const || minus?.key !== KEY.i64Sub || !last) return
    yield { what: 'a charge is left out', bytes: this.#without(at, 4) }
    for (const [what, units] of [
      ['a charge is halved', Math.floor(amount.a / 2)],
      ['a charge is one unit short', amount.a - 1],
      ['a charge is negative', -amount.a],
    ] as const)
      yield { what, bytes: this.#replaced(amount.offset, amount.end, w.instruction.i64Const(units)) }
    const charge = this.#written.slice(first!.offset, last.end)
    const end = this.#steps.at(-1)!.offset
    const late = w.bytes(this.#written.subarray(last.end, end), charge)
    yield { what: 'a charge comes at the end', bytes: this.#replaced(first!.offset, end, late) }
    const before = this.#steps[at - 1]
    // A loop without a check there has no second turn.
    if (before?.key === KEY.loop && this.#readsFuel(this.#steps[at + 4])) {
      const once = w.bytes(charge, this.#written.subarray(before.offset, before.end))
      yield { what: 'a charge comes in front of its loop', bytes: this.#replaced(before.offset, last.end, once) }
    }
  }

  *#check(at: number): Generator<Mutant> {
    const [first, zero, less] = this.#steps.slice(at, at + 3)
    if (!this.#readsFuel(first) || zero?.key !== KEY.i64Const || less?.key !== KEY.i64LtS) return
    const length = first!.key === KEY.localGet ? 8 : 6
    yield { what: 'a check is left out', bytes: this.#without(at, length) }
    const lower = w.instruction.i64Const(-1_000_000)
    yield { what: 'a check comes late', bytes: this.#replaced(zero.offset, zero.end, lower) }
    if (length === 8) {
      const store = this.#steps[at + 4]!
      const end = this.#steps[at + 5]!.end
      yield { what: 'a check does not store what it found', bytes: this.#replaced(store.offset, end, []) }
    }
  }

  *#move(at: number): Generator<Mutant> {
    const [from, to] = this.#steps.slice(at, at + 2)
    if (!this.#readsFuel(from) || (to?.key !== KEY.localSet && to?.key !== KEY.globalSet)) return
    // The store in a check is dealt with there.
    if (this.#steps[at - 1]?.key === 0x04 && this.#steps[at + 2]?.key === 0x00) return
    const what = from!.key === KEY.globalGet ? 'a load' : 'a store'
    // Between two quiet loops the fuel may be in both places.
    const again = what === 'a load' && this.#steps.slice(0, at).some((step, index) => this.#isLoad(step, index))
    if (!again) yield { what: `${what} is left out`, bytes: this.#without(at, 2) }
    const zero = w.instruction.i64Const(1_000_000)
    yield { what: `${what} takes another value`, bytes: this.#replaced(from!.offset, from!.end, zero) }
    yield { what: `${what} goes nowhere`, bytes: this.#replaced(to.offset, to.end, w.instruction.drop) }
  }

  *#addedCall(at: number): Generator<Mutant> {
    const step = this.#steps[at]!
    if (!this.#isAdded(step)) return
    const type = functionTypeOfBody(this.#module, step.a - this.#module.importCounts.function)
    if (type.params.length === 1 && type.params[0] === type.results[0]) {
      yield { what: 'a call of ours is left out', bytes: this.#without(at, 1) }
      yield { what: 'a call of ours is made twice', bytes: this.#replaced(step.offset, step.offset, w.instruction.call(step.a)) }
    }
    for (let other = this.#guestFunctions; other < this.#module.functionTypeIndices.length; other++) {
      const same = this.#module.functionTypeIndices[other] === this.#module.functionTypeIndices[step.a]
      if (other !== step.a && same)
        yield {
          what: 'another function of ours is called',
          bytes: this.#replaced(step.offset, step.end, w.instruction.call(other)),
        }
    }
  }

  *#depthCode(at: number): Generator<Mutant> {
    const [from, next] = this.#steps.slice(at, at + 2)
    if (this.#depth < 0) return
    if (from?.key === KEY.globalGet && from.a === this.#depth) {
      yield { what: 'a call does not count', bytes: this.#without(at, 5) }
      const amount = this.#steps[at + 1]!
      yield { what: 'a call counts for nothing', bytes: this.#replaced(amount.offset, amount.end, w.instruction.i64Const(0)) }
      yield { what: 'the depth is not checked', bytes: this.#without(at + 5, 6) }
    }
    const isOwn = from?.key === KEY.localGet && from.a >= this.#guestLocals && from.a !== this.#fuelLocal
    if (isOwn && next?.key === KEY.i64Const && this.#steps[at + 2]?.key === KEY.i64Add) {
      yield { what: 'a depth is not given back', bytes: this.#without(at, 4) }
      const twice = this.#written.slice(from.offset, this.#steps[at + 3]!.end)
      const more = this.#replaced(next.offset, next.end, w.instruction.i64Const(2))
      yield { what: 'more depth is given back than was taken', bytes: more }
      yield {
        what: 'a depth is given back too early',
        bytes: this.#replaced(this.#steps[0]!.offset, this.#steps[0]!.offset, twice),
      }
    }
    if (isOwn && next?.key === KEY.globalSet && this.#steps[at - 1]?.key !== KEY.globalSet)
      yield {
        what: 'more depth is set than there was',
        bytes: this.#replaced(from.offset, from.end, w.instruction.i64Const(1_000_000)),
      }
  }

  get #fuelLocal(): number {
    const { declaredLocals } = this.#module.bodies[this.#index]!
    const all = functionTypeOfBody(this.#module, this.#index).params.length + declaredLocals
    const added = all - this.#guestLocals
    return added > Number(this.#depth >= 0) ? this.#guestLocals : -1
  }

  #readsFuel(step: Step | undefined): boolean {
    if (!step || this.#fuel < 0) return false
    return (step.key === KEY.globalGet && step.a === this.#fuel) || (step.key === KEY.localGet && step.a === this.#fuelLocal)
  }

  #isLoad(step: Step, index: number): boolean {
    return step.key === KEY.globalGet && this.#readsFuel(step) && this.#steps[index + 1]?.key === KEY.localSet
  }

  #isAdded(step: Step): boolean {
    return step.key === KEY.call && step.a >= this.#guestFunctions
  }

  #without(at: number, count: number): Uint8Array {
    return this.#replaced(this.#steps[at]!.offset, this.#steps[at + count - 1]!.end, [])
  }

  /** The module with other bytes in this place of the body. */
  #replaced(from: number, to: number, by: w.Bytes): Uint8Array {
    const bodies = this.#module.bodies.map(({ offset, size }, index) => {
      const end = offset + size
      const body =
        index === this.#index
          ? w.bytes(this.#written.subarray(offset, from), by, this.#written.subarray(to, end))
          : this.#written.subarray(offset, end)
      return w.bytes(w.u32(body.length), body)
    })
    return replaceSections(this.#written, this.#module, new Map([[10, w.vec(bodies)]]))
  }
}
