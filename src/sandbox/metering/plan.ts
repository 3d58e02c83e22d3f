// Where one function is charged, and how much: its metered blocks.
//
// A metered block is a set of stretches of code of which either all or none run, as far as no trap ends the guest; it is charged where its first
// stretch begins, so that what runs has been paid. Code behind a construct belongs to the block in front of it unless a branch can leave the
// construct for somewhere beyond its end. This makes the charges of a run exactly the sum of the costs of the instructions that it carries out.
import { forEachInstruction, forEachLabel, functionTypeOfBody, type Instruction, type WasmModule } from '../../wasm/index.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { costOf, entryCost } from './costs.ts'
import { fixedCost, type MeteringFacts, mayCallHost, OP } from './facts.ts'
import { unmeterable } from './unmeterable.ts'

/** Units that one charge may hold for code that then does not run. With 0, a run is charged exactly what it carries out. */
export const SLACK = 48

export interface Charge {
  /** Byte offset of the instruction in front of which it belongs. */
  readonly offset: number
  readonly cost: number
  /** Whether the fuel must suffice for it. Other charges are found out about at the next check: they lie on a way without a turn. */
  readonly check: boolean
  /** Whether it lies in a quiet loop. */
  readonly quiet: boolean
}

/** An instruction that cannot stay as it is, or needs something before or behind it. */
export interface Special {
  readonly kind: 'by-length' | 'grow' | 'leave' | 'landing'
  readonly offset: number
  readonly end: number
  readonly key: number
  /** First two immediates. */
  readonly values: readonly [number, number]
}

export interface FunctionPlan {
  /** Instructions that the function has. */
  readonly instructions: number
  readonly charges: readonly Charge[]
  /** The outermost loops that call nothing: in them the fuel is kept in a local. */
  readonly quietLoops: readonly QuietLoop[]
  readonly specials: readonly Special[]
}

export interface QuietLoop {
  readonly offset: number
  /** Offset behind its `end`. */
  readonly end: number
  /** Whether it is left by its end too. */
  readonly fallsThrough: boolean
  /** Offsets of the instructions in it that may leave it, other than by its end: the fuel must be in its global then. */
  readonly exits: readonly number[]
}

interface Block {
  readonly offset: number
  cost: number
  check: boolean
  /** The block in front of the fork behind which this one begins; null where that does not always run first, and just as often. */
  readonly before: Block | null
  /** Units of the cost for what may not run. */
  surplus: number
}

/** An instruction that may go on in a construct further out. */
interface Exit {
  readonly offset: number
  /** Index of the outermost construct whose label it branches to; -1 for one that leaves the function, or may. */
  readonly target: number
}

interface Loop {
  /** Place of its construct on the stack. */
  readonly index: number
  readonly offset: number
  readonly head: Block
  end: number
  fallsThrough: boolean
  repeats: boolean
  calls: boolean
  readonly outer: Loop | null
}

interface Control {
  /** The block that an instruction here belongs to; of a `block` at first that of the construct around it. */
  active: Block
  /** Lowest index of a construct that a branch from within leads to. */
  lowest: number
  /** Whether code here cannot be reached, and whether that was so at the beginning of the construct. */
  dead: boolean
  readonly deadFromStart: boolean
  /** Whether the end is reached otherwise than by falling through: by a branch, from another arm, or past an `if` without `else`. */
  reached: boolean
  branchedTo: boolean
  readonly loop: Loop | null
  /** Whether a clause of a `try_table` leads to its label. */
  landing: boolean
  readonly bodyOffset: number
}

/** Blocks, loops and edits are objects: what a function may need of them must have an end (RES-05). */
const MAX_INSTRUCTIONS = FIXED.functionInstructions.limit

/** @throws {Refusal} `metering-unsupported` for an instruction without a row in the cost table, and for a function of too many */
export function planFunction(
  bytes: Uint8Array,
  module: WasmModule,
  bodyIndex: number,
  facts: MeteringFacts,
  slack = SLACK,
): FunctionPlan {
  const planner = new Planner(bytes, module, bodyIndex, facts, slack)
  forEachInstruction(bytes, module, bodyIndex, (instruction) => planner.visit(instruction))
  return planner.finish()
}

class Planner {
  readonly #bytes: Uint8Array
  readonly #module: WasmModule
  readonly #facts: MeteringFacts
  readonly #slack: number
  readonly #blocks: Block[] = []
  readonly #loops: Loop[] = []
  readonly #specials: Special[] = []
  readonly #exits: Exit[] = []
  readonly #stack: Control[] = []
  #loop: Loop | null = null
  #instructions = 0

  constructor(bytes: Uint8Array, module: WasmModule, bodyIndex: number, facts: MeteringFacts, slack: number) {
    this.#slack = slack
    this.#bytes = bytes
    this.#module = module
    this.#facts = facts
    const { codeOffset, declaredLocals } = module.bodies[bodyIndex]!
    const { params, results } = functionTypeOfBody(module, bodyIndex)
    const entry = this.#block(codeOffset)
    entry.cost = entryCost(params.length + results.length + declaredLocals)
    entry.check = true
    this.#push(entry, codeOffset, null)
  }

  visit(instruction: Instruction): void {
    const { info, offset, end } = instruction
    if (++this.#instructions > MAX_INSTRUCTIONS) throw unmeterable('a function has too many instructions', offset)
    const cost = costOf(info)
    if (cost === undefined) throw unmeterable(`the instruction ${info.name} has no cost`, offset)
    const top = this.#stack.at(-1)!
    if (!top.dead) {
      top.active.cost += fixedCost(instruction, cost, this.#module, this.#facts)
      if (mayCallHost(instruction, this.#facts)) top.active.check = true
    }
    if (cost.length !== undefined) this.#special('by-length', instruction)
    this.#follow(instruction, top, offset, end)
  }

  #follow(instruction: Instruction, top: Control, offset: number, end: number): void {
    switch (instruction.info.key) {
      case OP.block:
      case OP.try:
        this.#push(top.active, end, null)
        break
      case OP.tryTable:
        this.#catches(instruction)
        this.#push(top.active, end, null)
        break
      case OP.if:
        this.#push(this.#block(end, top.active), end, null)
        // Until there is an `else`.
        this.#stack.at(-1)!.reached = !top.dead
        break
      case OP.loop:
        this.#pushLoop(offset, end)
        break
      case OP.else:
      case OP.catch:
      case OP.catchAll:
        if (instruction.info.key !== OP.else) this.#landing(end)
        this.#turn(instruction.info.key, top, end)
        break
      case OP.end:
      case OP.delegate:
        this.#pop(end)
        break
      case OP.memoryGrow:
      case OP.tableGrow:
        this.#special('grow', instruction)
        break
      default:
        this.#leave(instruction, top, end)
    }
  }

  /** Branches, calls, and everything else that can go on somewhere else than behind itself. */
  #leave(instruction: Instruction, top: Control, end: number): void {
    const { info, offset } = instruction
    const { immediates, key } = info
    switch (key) {
      case OP.call:
      case OP.callIndirect:
      case OP.callRef:
        if (this.#loop) this.#loop.calls = true
        // An exception that passes through leaves for a handler somewhere, or for the caller's.
        if (this.#facts.throws) this.#branch(top, 0, end)
        return
      case OP.return:
      case OP.returnCall:
      case OP.returnCallIndirect:
      case OP.returnCallRef:
        this.#special('leave', instruction)
        this.#exit(top, offset, -1)
        this.#branch(top, 0, end)
        top.dead = true
        return
      case OP.throw:
      case OP.rethrow:
      case OP.throwRef:
        this.#exit(top, offset, -1)
        this.#branch(top, 0, end)
        top.dead = true
        return
      case OP.unreachable:
        top.dead = true
        return
    }
    if (!immediates.includes('label') && !immediates.includes('label-table')) return
    let lowest = this.#stack.length
    forEachLabel(this.#bytes, instruction, (label) => {
      const target = this.#stack.length - 1 - label
      lowest = Math.min(lowest, target)
      this.#branch(top, target, end)
    })
    this.#exit(top, offset, lowest)
    if (key === OP.br || key === OP.brTable) top.dead = true
  }

  #exit(top: Control, offset: number, target: number): void {
    if (!top.dead) this.#exits.push({ offset, target })
  }

  /** @param target index of the construct whose label is branched to */
  #branch(top: Control, target: number, end: number): void {
    if (!top.dead) this.#reach(this.#stack[target]!)
    top.lowest = Math.min(top.lowest, target)
    if (top.active.offset !== end) top.active = this.#block(end, top.active)
  }

  /** The next arm of an `if` or `try`. */
  #turn(key: number, top: Control, end: number): void {
    if (key === OP.else) top.reached = top.branchedTo
    top.reached ||= !top.dead
    top.active = this.#block(end, this.#stack.at(-2)!.active)
    top.dead = top.deadFromStart
  }

  #catches(instruction: Instruction): void {
    forEachLabel(this.#bytes, instruction, (label) => {
      const target = this.#stack[this.#stack.length - 1 - label]!
      target.landing = true
      this.#reach(target)
      this.#stack.at(-1)!.lowest = Math.min(this.#stack.at(-1)!.lowest, this.#stack.length - 1 - label)
    })
  }

  #reach(target: Control): void {
    if (target.loop) target.loop.repeats = true
    else target.reached = target.branchedTo = true
  }

  #block(offset: number, before: Block | null = null): Block {
    const block = { offset, cost: 0, check: false, before, surplus: 0 }
    this.#blocks.push(block)
    return block
  }

  #push(active: Block, bodyOffset: number, loop: Loop | null): void {
    const dead = this.#stack.at(-1)?.dead ?? false
    const ways = { reached: false, branchedTo: false }
    this.#stack.push({
      active,
      lowest: Number.POSITIVE_INFINITY,
      dead,
      deadFromStart: dead,
      loop,
      landing: false,
      bodyOffset,
      ...ways,
    })
  }

  #pushLoop(offset: number, end: number): void {
    const index = this.#stack.length
    const loop: Loop = {
      index,
      offset,
      head: this.#block(end),
      end: 0,
      fallsThrough: false,
      repeats: false,
      calls: false,
      outer: this.#loop,
    }
    this.#loops.push(loop)
    this.#loop = loop
    this.#push(loop.head, end, loop)
  }

  #pop(end: number): void {
    const closing = this.#stack.pop()!
    const index = this.#stack.length
    if (closing.landing) this.#landing(closing.loop ? closing.bodyOffset : end)
    if (closing.loop) this.#popLoop(closing.loop, end, !closing.dead)
    const top = this.#stack.at(-1)
    if (!top) return
    top.lowest = Math.min(top.lowest, closing.lowest)
    top.dead ||= closing.dead && !closing.reached
    if (closing.lowest < index) top.active = this.#block(end, top.active)
  }

  #popLoop(loop: Loop, end: number, fallsThrough: boolean): void {
    loop.end = end
    loop.fallsThrough = fallsThrough
    if (loop.repeats) loop.head.check = true
    this.#loop = loop.outer
    if (loop.outer && loop.calls) loop.outer.calls = true
  }

  #landing(offset: number): void {
    this.#specials.push({ kind: 'landing', offset, end: offset, key: 0, values: [0, 0] })
  }

  #special(kind: Special['kind'], { info, offset, end, values }: Instruction): void {
    // What is added for these is a call.
    if (kind !== 'leave' && this.#loop) this.#loop.calls = true
    this.#specials.push({ kind, offset, end, key: info.key, values: [values[0]!, values[1]!] })
  }

  finish(): FunctionPlan {
    joinSmallBlocks(this.#blocks, this.#slack)
    const quiet = outermostQuiet(this.#loops)
    const charges = this.#blocks.filter(({ cost, check }) => cost > 0 || check).sort((a, b) => a.offset - b.offset)
    return {
      instructions: this.#instructions,
      charges: markQuiet(charges, quiet),
      quietLoops: quietLoops(quiet, this.#exits),
      specials: this.#specials,
    }
  }
}

/**
 * A block that costs little is charged with the one in front of the fork, whether it runs or not: forks are so frequent that charging for each
 * would make code a third longer. Later ones come first, so that what hangs on a block has been joined to it before it is joined itself.
 */
function joinSmallBlocks(blocks: readonly Block[], slack: number): void {
  for (const block of blocks.toReversed()) {
    const { before, cost, check } = block
    if (before === null || check || before.surplus + cost > slack) continue
    before.cost += cost
    before.surplus += cost
    block.cost = 0
  }
}

/** In the order of their offsets. */
function outermostQuiet(loops: readonly Loop[]): Loop[] {
  const isQuiet = (loop: Loop) => loop.repeats && !loop.calls
  const found: Loop[] = []
  for (const loop of loops) {
    // Loops come in the order of their beginnings, so an outer one that counts is the last that was found.
    if (isQuiet(loop) && loop.offset >= (found.at(-1)?.end ?? 0)) found.push(loop)
  }
  return found
}

function quietLoops(loops: readonly Loop[], exits: readonly Exit[]): QuietLoop[] {
  let at = 0
  return loops.map(({ index, offset, end, fallsThrough }) => {
    const own: number[] = []
    for (; at < exits.length && exits[at]!.offset < end; at++) {
      const exit = exits[at]!
      if (exit.offset > offset && exit.target < index) own.push(exit.offset)
    }
    return { offset, end, fallsThrough, exits: own }
  })
}

function markQuiet(charges: readonly Block[], loops: readonly Loop[]): Charge[] {
  let at = 0
  return charges.map((charge) => {
    while (at < loops.length && loops[at]!.end <= charge.offset) at++
    return { ...charge, quiet: at < loops.length && charge.offset > loops[at]!.offset }
  })
}
