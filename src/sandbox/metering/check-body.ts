// The proof for one function. It goes through the instructions once and keeps, for each place, what has been charged on every way to it and not
// been spent (the credit): nothing of the guest's may run for which the credit does not suffice, and no turn may begin without a check.
//
// On its way it takes our insertions out and compares what is left with the guest's own bytes, so that the metered function is the guest's function
// with nothing but these insertions. The fuel is in its global, or in a local, or in both; where it is read from must be where it is.
import { ByteCursor, functionTypeOfBody, leb128, type StructType, type WasmModule } from '../../wasm/index.ts'
import type { AddedFunction } from './check-added.ts'
import { type Step, Steps } from './check-decode.ts'
import { CALLS, ENDS, JUMPS, K, LENGTH_64, THROWS } from './check-opcodes.ts'
import { type Cost, costOf, entryCost, HOST_CALL } from './costs.ts'
import { MeteringDefect } from './metering-defect.ts'

export interface BodyFacts {
  readonly fuel: number | null
  readonly depth: number | null
  readonly added: ReadonlyMap<number, AddedFunction>
  readonly guestGlobals: number
  readonly guestFunctions: number
  readonly hostFunctions: number
  readonly hostIsReferenced: boolean
  readonly throws: boolean
}

/** Where the fuel is, as bits. */
const IN_GLOBAL = 1
const IN_LOCAL = 2
/** Whose depth the depth's global holds, as bits; 0 where it is not known: behind a handler it is that of a call which is no more. */
const OWN = 1
const CALLERS = 2

/** What holds at a place, whatever the way to it was. */
interface State {
  /** Units that were charged and not spent. */
  credit: number
  /** Those of them that a check has covered. */
  covered: number
  fuelIn: number
  depthOf: number
}

interface Label {
  kind: 'function' | 'block' | 'loop' | 'if' | 'try' | 'catch' | 'try-table'
  /** What holds behind the end, from the branches so far; null before the first. Of a loop: at its head. */
  at: State | null
  /** What held at the beginning; null in code that cannot be reached. */
  readonly start: State | null
  readonly checked: { head: boolean }
  repeats: boolean
  /** What held wherever an exception can have come from. */
  thrown: State | null
  readonly handlers: readonly Label[]
}

const meet = (a: State | null, b: State): State =>
  a === null
    ? { ...b }
    : {
        credit: Math.min(a.credit, b.credit),
        covered: Math.min(a.covered, b.covered),
        fuelIn: a.fuelIn & b.fuelIn,
        depthOf: a.depthOf & b.depthOf,
      }

/** @throws {MeteringDefect} */
export function checkBody(
  original: Uint8Array,
  module: WasmModule,
  written: Uint8Array,
  output: WasmModule,
  index: number,
  facts: BodyFacts,
): { readonly charges: number; readonly checks: number } {
  const check = new BodyCheck(original, module, written, output, index, facts)
  check.run()
  return { charges: check.charges, checks: check.checks }
}

class BodyCheck {
  charges = 0
  checks = 0
  readonly #original: Uint8Array
  readonly #module: WasmModule
  readonly #written: Uint8Array
  readonly #facts: BodyFacts
  readonly #steps: Steps
  readonly #labels: Label[] = []
  /** Labels of the bodies of `try` and `try_table` that are open. */
  readonly #tries: Label[] = []
  readonly #guestLocals: number
  readonly #fuelLocal: number
  readonly #depthLocal: number
  readonly #bodyEnd: number
  /** Null in code that cannot be reached. */
  #state: State | null = { credit: 0, covered: 0, fuelIn: IN_GLOBAL, depthOf: CALLERS }
  #at = 0
  /** Where the guest's own bytes go on. */
  #own: number

  constructor(
    original: Uint8Array,
    module: WasmModule,
    written: Uint8Array,
    output: WasmModule,
    index: number,
    facts: BodyFacts,
  ) {
    this.#original = original
    this.#module = module
    this.#written = written
    this.#facts = facts
    const [guest, ours] = [module.bodies[index]!, output.bodies[index]!]
    this.#guestLocals = functionTypeOfBody(module, index).params.length + guest.declaredLocals
    const added = ours.declaredLocals - guest.declaredLocals
    checkLocals(original, guest, written, ours, added)
    const depths = Number(facts.depth !== null)
    if (added > depths + Number(facts.fuel !== null) || added < depths)
      throw new MeteringDefect('a function has not the locals that it should have', ours.offset)
    this.#fuelLocal = added > depths ? this.#guestLocals : -1
    this.#depthLocal = depths === 1 ? this.#guestLocals + added - 1 : -1
    this.#own = guest.codeOffset
    this.#bodyEnd = guest.offset + guest.size
    this.#steps = new Steps(written, output, index)
    this.#entry(entryCost(this.#guestLocals + functionTypeOfBody(module, index).results.length))
  }

  /** The beginning: one call deeper, and the charge for the first block, which must be there. */
  #entry(cost: number): void {
    const { fuel, depth } = this.#facts
    if (depth !== null) {
      this.#expect([K.globalGet, depth], [K.i64Const, 1], [K.i64Sub], [K.localTee, this.#depthLocal], [K.globalSet, depth])
      this.#expect([K.localGet, this.#depthLocal], [K.i64Const, 0], [K.i64LtS], [K.if], [K.unreachable], [K.end])
      this.#expect([K.block])
      this.#state!.depthOf = OWN
    }
    this.#labels.push(label('function', this.#state))
    if (fuel === null) return
    if (!this.#charge() || !this.#check()) this.#fail('a function begins without a charge and a check')
    this.#spend(cost, false)
  }

  run(): void {
    while (this.#labels.length > 0) {
      if (!this.#insertion()) this.#guest()
    }
    if (this.#own !== this.#bodyEnd) this.#fail("a function ends before the guest's")
    if (this.#facts.depth !== null) {
      this.#leaveDepth()
      this.#expect([K.end])
    }
    if (this.#steps.at(this.#at) !== undefined) this.#fail('there is something behind the end of a function')
  }

  // Insertions. Each of these says whether one of its kind stands here, and goes over it.

  #insertion(): boolean {
    const { fuel, depth } = this.#facts
    const step = this.#steps.at(this.#at)
    if (step === undefined) this.#fail('a function has no end')
    const { key, a } = step
    if (key === K.globalGet || key === K.localGet) {
      const isFuel = fuel !== null && (key === K.globalGet ? a === fuel : a === this.#fuelLocal)
      if (isFuel) return this.#move() || this.#check() || this.#charge() || this.#fail('the fuel is read for nothing known')
      if (depth !== null && key === K.localGet && a === this.#depthLocal) return this.#depthInsertion()
    }
    if (key === K.call && a >= this.#facts.guestFunctions) return this.#addedCall(step)
    return false
  }

  /** Between global and local. */
  #move(): boolean {
    const fuel = this.#facts.fuel!
    if (this.#matches([K.globalGet, fuel], [K.localSet, this.#fuelLocal])) {
      this.#needFuelIn(IN_GLOBAL)
    } else if (this.#matches([K.localGet, this.#fuelLocal], [K.globalSet, fuel])) {
      this.#needFuelIn(IN_LOCAL)
    } else return false
    this.#at += 2
    if (this.#state) this.#state.fuelIn = IN_GLOBAL | IN_LOCAL
    return true
  }

  #charge(): boolean {
    const fuel = this.#facts.fuel!
    const [first, amount, minus, last] = [0, 1, 2, 3].map((ahead) => this.#steps.at(this.#at + ahead))
    const fromGlobal = first?.key === K.globalGet && first.a === fuel
    const fromLocal = first?.key === K.localGet && first.a === this.#fuelLocal
    if (!(fromGlobal || fromLocal) || amount?.key !== K.i64Const || minus?.key !== K.i64Sub) return false
    const back = fromGlobal
      ? last?.key === K.globalSet && last.a === fuel
      : last?.key === K.localSet && last.a === this.#fuelLocal
    // Also false for NaN, which stands for an amount that no charge has.
    if (!back || !(amount.a > 0)) return false
    this.#needFuelIn(fromGlobal ? IN_GLOBAL : IN_LOCAL)
    if (this.#state) {
      this.#state.credit += amount.a
      this.#state.fuelIn = fromGlobal ? IN_GLOBAL : IN_LOCAL
    }
    this.charges++
    this.#at += 4
    return true
  }

  #check(): boolean {
    const fuel = this.#facts.fuel!
    const [store, local] = [[K.globalSet, fuel] as const, [K.localGet, this.#fuelLocal] as const]
    const below = [[K.i64Const, 0], [K.i64LtS], [K.if, NO_RESULT]] as const
    const trap = [[K.unreachable], [K.end]] as const
    const inGlobal = [[K.globalGet, fuel] as const, ...below, ...trap]
    const inLocal = [local, ...below, local, store, ...trap]
    const found = this.#matches(...inGlobal) ? inGlobal : this.#matches(...inLocal) ? inLocal : null
    if (found === null) return false
    this.#needFuelIn(found === inGlobal ? IN_GLOBAL : IN_LOCAL)
    if (this.#state) this.#state.covered = this.#state.credit
    const top = this.#labels.at(-1)
    if (top?.kind === 'loop') top.checked.head ||= top.start !== null && this.#isHead()
    this.checks++
    this.#at += found.length
    return true
  }

  /** Whether only insertions stand between the `loop` of the innermost construct and here. */
  #isHead(): boolean {
    return this.#own === this.#headOwn
  }
  /** Where the guest's bytes went on at the last `loop`. */
  #headOwn = -1

  #depthInsertion(): boolean {
    const depth = this.#facts.depth!
    if (this.#matches([K.localGet, this.#depthLocal], [K.globalSet, depth])) {
      this.#at += 2
      if (this.#state) this.#state.depthOf = OWN
      return true
    }
    this.#leaveDepth()
    const next = this.#steps.at(this.#at)
    if (next === undefined || !ENDS.has(next.key)) this.#fail('the depth is given back although the function goes on')
    return true
  }

  /** The depth becomes that of the caller. */
  #leaveDepth(): void {
    this.#expect([K.localGet, this.#depthLocal], [K.i64Const, 1], [K.i64Add], [K.globalSet, this.#facts.depth!])
    if (this.#state) this.#state.depthOf = CALLERS
  }

  /** A charge by length in front of the instruction that it is for, and a growth that is watched in place of the guest's. */
  #addedCall({ a, offset }: Step): boolean {
    const role = this.#facts.added.get(a)
    if (role === undefined) this.#fail('a function is called that there is not')
    this.#at++
    if (role.kind !== 'length') {
      if (this.#facts.fuel !== null) this.#fail('a growth is not paid for')
      return this.#growth(role)
    }
    this.#needFuelIn(IN_GLOBAL)
    if (this.#state) this.#state.fuelIn = IN_GLOBAL
    this.charges++
    this.checks++
    const next = this.#steps.at(this.#at)
    const grow = next?.key === K.call ? this.#facts.added.get(next.a) : undefined
    if (grow !== undefined && grow.kind !== 'length') {
      this.#at++
      this.#paidByLength(role, grow.kind === 'grow-memory' ? K.memoryGrow : K.tableGrow, grow.index, grow.index)
      return this.#growth(grow)
    }
    if (next === undefined) throw new MeteringDefect('a charge by length stands in front of nothing', offset)
    this.#paidByLength(role, next.key, next.a, next.b)
    this.#guestBytes(next)
    this.#spend(costOf(next)!.fixed, false)
    this.#at++
    return true
  }

  #paidByLength(role: AddedFunction & { kind: 'length' }, key: number, a: number, b: number): void {
    const rate = costOf({ key })?.length
    const address = LENGTH_64.get(key)?.(this.#module, a, b) ? 'i64' : 'i32'
    const fits = rate !== undefined && rate.shift === role.rate.shift && rate.factor === role.rate.factor
    if (!fits || address !== role.address) this.#fail('a length is charged at a rate that is not its own')
  }

  /** The guest's instruction, which was replaced: it must have been the same growth. */
  #growth(role: AddedFunction & { kind: 'grow-memory' | 'grow-table' }): boolean {
    const cursor = new ByteCursor(this.#original, this.#own, this.#bodyEnd)
    const opcode = role.kind === 'grow-memory' ? [0x40] : [0xfc]
    let same = cursor.readByte() === opcode[0]
    if (role.kind === 'grow-table') same &&= leb128.readU32(cursor) === 15
    if (!same || leb128.readU32(cursor) !== role.index) this.#fail('a growth replaces something else')
    this.#own = cursor.position
    this.#spend(costOf({ key: role.kind === 'grow-memory' ? K.memoryGrow : K.tableGrow })!.fixed, false)
    return true
  }

  // The guest's own instructions.

  #guest(): void {
    const step = this.#steps.at(this.#at)!
    this.#guestBytes(step)
    this.#touchesNothingOfOurs(step)
    if (this.#facts.fuel !== null) this.#pay(step)
    if (this.#facts.depth !== null) this.#depthIsRight(step)
    this.#at++
    this.#flow(step)
  }

  #guestBytes({ offset, end }: Step): void {
    // Byte for byte, because most are one or two, and two views for each of millions of instructions cost more than all else here.
    const size = end - offset
    let same = this.#own + size <= this.#bodyEnd
    for (let at = 0; same && at < size; at++) same = this.#written[offset + at] === this.#original[this.#own + at]
    if (!same) this.#fail("an instruction is neither the guest's nor one that is known")
    this.#own += size
  }

  #touchesNothingOfOurs({ key, a }: Step): void {
    const { guestGlobals, guestFunctions } = this.#facts
    if ((key === K.globalGet || key === K.globalSet) && a >= guestGlobals) this.#fail('a global of ours is used')
    if ((key === K.localGet || key === K.localSet || key === K.localTee) && a >= this.#guestLocals)
      this.#fail('a local of ours is used')
    if ((key === K.call || key === K.returnCall || key === K.refFunc) && a >= guestFunctions)
      this.#fail('a function of ours is used')
  }

  #pay(step: Step): void {
    const cost: Cost | undefined = costOf(step)
    if (cost === undefined) this.#fail('an instruction has no cost')
    if (cost.length !== undefined) this.#fail('a length is not charged')
    const host = this.#callsHost(step)
    const each = cost.each === undefined ? 0 : cost.each * this.#operands(step)
    this.#spend(cost.fixed + each + (host ? HOST_CALL : 0), host)
    if (CALLS.has(step.key)) {
      this.#needFuelIn(IN_GLOBAL)
      if (this.#state) this.#state.fuelIn = IN_GLOBAL
    }
  }

  /** What is called counts from here; what ends the function must have given its depth back. */
  #depthIsRight({ key }: Step): void {
    const needed = ENDS.has(key) ? CALLERS : CALLS.has(key) ? OWN : null
    if (needed !== null && this.#state !== null && (this.#state.depthOf & needed) === 0)
      this.#fail('the depth is not what it should be')
  }

  #callsHost({ key, a }: Step): boolean {
    if (!CALLS.has(key)) return false
    return key === K.call || key === K.returnCall ? a < this.#facts.hostFunctions : this.#facts.hostIsReferenced
  }

  #operands({ key, a, b }: Step): number {
    return key === K.arrayNewFixed ? b : (this.#module.types[a] as StructType).fields.length
  }

  /** @param covered whether a check must have covered it: what follows happens outside of the guest */
  #spend(units: number, covered: boolean): void {
    const state = this.#state
    if (state === null || this.#facts.fuel === null) return
    if (covered && state.covered < units) this.#fail('the host is called without a check')
    state.credit -= units
    // What no check has covered is spent first.
    state.covered = Math.min(state.covered, state.credit)
    if (state.credit < 0) this.#fail('something is not paid for')
  }

  // The flow of control.

  #flow(step: Step): void {
    switch (step.key) {
      case K.block:
        this.#open('block')
        return
      case K.if:
        this.#open('if')
        return
      case K.loop:
        this.#openLoop()
        return
      case K.try:
        this.#tries.push(this.#open('try'))
        return
      case K.tryTable: {
        const handlers = step.labels.map((depth) => this.#target(depth))
        this.#tries.push(this.#open('try-table', handlers))
        return
      }
      case K.else:
        this.#turn('block', this.#labels.at(-1)!.start)
        return
      case K.catch:
      case K.catchAll:
        this.#catch()
        return
      case K.end:
      case K.delegate:
        this.#close()
        return
    }
    if (this.#facts.throws && (THROWS.has(step.key) || CALLS.has(step.key))) this.#throw()
    // The label of `rethrow` names an exception, and is no branch.
    if (step.key !== K.rethrow) for (const depth of step.labels) this.#branch(this.#target(depth))
    if (JUMPS.has(step.key)) {
      if (ENDS.has(step.key)) this.#returns()
      if (THROWS.has(step.key)) this.#needFuelIn(IN_GLOBAL)
      this.#state = null
    }
  }

  #open(kind: Label['kind'], handlers: readonly Label[] = []): Label {
    const opened = label(kind, this.#state && { ...this.#state }, handlers)
    this.#labels.push(opened)
    return opened
  }

  /** At the head of a loop only what holds on every turn may be used. If the fuel is in both places, the loop keeps to the one that it reads first. */
  #openLoop(): void {
    const state = this.#state
    if (state !== null && state.fuelIn === (IN_GLOBAL | IN_LOCAL)) state.fuelIn = this.#readFirst()
    const opened = this.#open('loop')
    opened.at = opened.start
    this.#headOwn = this.#own
  }

  #readFirst(): number {
    const restored = this.#facts.depth !== null && this.#matches([K.localGet, this.#depthLocal], [K.globalSet, this.#facts.depth])
    const next = this.#steps.at(this.#at + (restored ? 2 : 0))
    if (next?.key === K.localGet && next.a === this.#fuelLocal) return IN_LOCAL
    return next?.key === K.globalGet && next.a === this.#facts.fuel ? IN_GLOBAL : IN_GLOBAL | IN_LOCAL
  }

  #target(depth: number): Label {
    // The block around a function with a depth has the place of the function's own label.
    return this.#labels[this.#labels.length - 1 - depth] ?? this.#fail('a label leads nowhere')
  }

  #branch(target: Label): void {
    const state = this.#state
    if (state === null) return
    this.#reach(target, state)
  }

  #reach(target: Label, state: State): void {
    if (target.kind !== 'loop') {
      target.at = meet(target.at, state)
      return
    }
    target.repeats = true
    const head = target.start
    if (head === null || this.#facts.fuel === null) return
    if (state.credit < head.credit || state.covered < head.covered) this.#fail('a turn of a loop is not paid for')
    if ((state.fuelIn & head.fuelIn) !== head.fuelIn) this.#fail('the fuel is elsewhere on the next turn')
  }

  #throw(): void {
    const state = this.#state
    const innermost = this.#tries.at(-1)
    if (state === null || innermost === undefined) return
    // Calls that were left by the exception have not given their depth back.
    innermost.thrown = meet(innermost.thrown, { ...state, depthOf: 0 })
  }

  /** The next part of a construct. */
  #turn(kind: Label['kind'], start: State | null): void {
    const top = this.#labels.at(-1)!
    if (this.#state) top.at = meet(top.at, this.#state)
    top.kind = kind
    this.#state = start && { ...start }
  }

  #catch(): void {
    const top = this.#labels.at(-1)!
    if (this.#tries.at(-1) === top) this.#endTry(top)
    this.#turn('catch', top.thrown)
  }

  #close(): void {
    const closing = this.#labels.pop()!
    if (this.#tries.at(-1) === closing) this.#endTry(closing)
    if (closing.kind === 'loop') {
      if (closing.repeats && closing.start !== null && !closing.checked.head && this.#facts.fuel !== null)
        this.#fail('a loop has no check at its head')
      return
    }
    if (this.#state) closing.at = meet(closing.at, this.#state)
    // An `if` without `else`: when its condition is false.
    if (closing.kind === 'if' && closing.start) closing.at = meet(closing.at, closing.start)
    this.#state = closing.at && { ...closing.at }
    if (closing.kind === 'function') this.#returns()
  }

  /** What was thrown and not caught for certain goes on to the next `try`; the clauses of a `try_table` are branches from anywhere in it. */
  #endTry(closing: Label): void {
    this.#tries.pop()
    const { thrown } = closing
    if (thrown === null) return
    for (const handler of closing.handlers) this.#reach(handler, thrown)
    const outer = this.#tries.at(-1)
    if (outer) outer.thrown = meet(outer.thrown, thrown)
  }

  /** The function is left: the fuel must be where the caller looks for it. */
  #returns(): void {
    this.#needFuelIn(IN_GLOBAL)
  }

  #needFuelIn(place: number): void {
    if (this.#state !== null && this.#facts.fuel !== null && (this.#state.fuelIn & place) === 0)
      this.#fail('the fuel is read from where it is not')
  }

  // Patterns.

  #matches(...pattern: readonly Pattern[]): boolean {
    return this.#matchesAt(this.#at, ...pattern)
  }

  #matchesAt(at: number, ...pattern: readonly Pattern[]): boolean {
    return pattern.every(([key, a], index) => {
      const step = this.#steps.at(at + index)
      return step !== undefined && step.key === key && (a === undefined || step.a === a)
    })
  }

  #expect(...pattern: readonly Pattern[]): void {
    if (!this.#matches(...pattern)) this.#fail('an insertion is not as it should be')
    this.#at += pattern.length
  }

  #fail(what: string): never {
    throw new MeteringDefect(what, (this.#steps.at(this.#at) ?? this.#steps.at(this.#at - 1))?.offset ?? null)
  }
}

/** Opcode, and its first immediate where it matters. */
type Pattern = readonly [key: number, a?: number]
/** Block type of a block without a result, as the reader gives it. */
const NO_RESULT = -64

const label = (kind: Label['kind'], start: State | null, handlers: readonly Label[] = []): Label => ({
  kind,
  at: null,
  start,
  checked: { head: false },
  repeats: false,
  thrown: null,
  handlers,
})

/** The guest's groups of locals, and behind them one of ours. */
function checkLocals(
  original: Uint8Array,
  guest: { readonly offset: number; readonly codeOffset: number },
  written: Uint8Array,
  ours: { readonly offset: number; readonly codeOffset: number },
  added: number,
): void {
  const [from, to] = [new ByteCursor(original, guest.offset), new ByteCursor(written, ours.offset)]
  const groups = leb128.readU32(from)
  const fits = leb128.readU32(to) === groups + Number(added > 0)
  const own = original.subarray(from.position, guest.codeOffset)
  const behind = to.position + own.length
  const group = written.subarray(behind, ours.codeOffset)
  const isOurs = added === 0 ? group.length === 0 : group.length === 2 && group[0] === added && group[1] === 0x7e
  if (!fits || !isOurs || Buffer.compare(own, written.subarray(to.position, behind)) !== 0)
    throw new MeteringDefect("the locals of a function are not the guest's", ours.offset)
}
