// One function body, written out with its charges: the guest's own bytes, and ours between them.
import { ByteCursor, functionTypeOfBody, leb128, type WasmModule } from '../../wasm/index.ts'
import { type Additions, IF, TRAP } from './additions.ts'
import { CodeBuffer } from './code-buffer.ts'
import { costOf, type LengthRate } from './costs.ts'
import { OP } from './facts.ts'
import { addressOfLength } from './lengths.ts'
import type { Charge, FunctionPlan, Special } from './plan.ts'
import { unmeterable } from './unmeterable.ts'

/** Largest number of locals, and largest body in bytes, that engines accept (JS API, implementation-defined limits). */
const MAX_LOCALS = 50_000
const MAX_BODY_BYTES = 7_654_321

/** The globals and functions that are there; null for what the policy does not want. */
export interface MeteringTargets {
  readonly fuel: number | null
  readonly depth: number | null
  readonly refusedGrows: number | null
  /** Memories and tables whose growth is watched. */
  readonly watchedMemories: ReadonlySet<number>
  readonly watchedTables: ReadonlySet<number>
}

/** In the order in which insertions at one place stand. */
const ORDER = { landing: 0, store: 1, charge: 2, load: 3, storeForExit: 4, special: 5 } as const
interface Edit {
  readonly offset: number
  /** Where the guest's bytes go on. */
  readonly resume: number
  readonly order: number
  readonly write: () => void
}

const I64 = 0x7e

export class BodyWriter {
  readonly #bytes: Uint8Array
  readonly #module: WasmModule
  readonly #targets: MeteringTargets
  readonly #additions: Additions
  readonly #out = new CodeBuffer(4096)
  /** Local that holds the fuel in quiet loops, and the one with the depth. */
  #fuelLocal = 0
  #depthLocal = 0

  constructor(bytes: Uint8Array, module: WasmModule, targets: MeteringTargets, additions: Additions) {
    this.#bytes = bytes
    this.#module = module
    this.#targets = targets
    this.#additions = additions
  }

  /**
   * Appends the body, with its size, to `to`.
   *
   * @throws {Refusal} `metering-unsupported` if it would be larger than engines accept
   */
  write(bodyIndex: number, plan: FunctionPlan, to: CodeBuffer): void {
    const body = this.#module.bodies[bodyIndex]!
    const out = this.#out
    out.clear()
    const usesFuel = this.#targets.fuel !== null && plan.quietLoops.length > 0
    const usesDepth = this.#targets.depth !== null
    this.#fuelLocal = functionTypeOfBody(this.#module, bodyIndex).params.length + body.declaredLocals
    this.#depthLocal = this.#fuelLocal + Number(usesFuel)
    const added = Number(usesFuel) + Number(usesDepth)
    if (this.#fuelLocal + added > MAX_LOCALS) throw unmeterable('a function has no room for another local', body.offset)
    this.#locals(body.offset, body.codeOffset, added)
    if (usesDepth) this.#enter(bodyIndex)
    const end = body.offset + body.size
    this.#code(body.codeOffset, end, this.#edits(plan))
    if (usesDepth) this.#restoreDepth(1).byte(OP.end)
    if (out.length > MAX_BODY_BYTES) throw unmeterable('a function would become larger than engines accept', body.offset)
    to.unsigned(out.length).append(out.view())
  }

  #locals(offset: number, codeOffset: number, added: number): void {
    if (added === 0) {
      this.#out.append(this.#bytes.subarray(offset, codeOffset))
      return
    }
    const cursor = new ByteCursor(this.#bytes, offset, codeOffset)
    const groups = leb128.readU32(cursor)
    this.#out
      .unsigned(groups + 1)
      .append(this.#bytes.subarray(cursor.position, codeOffset))
      .unsigned(added)
      .byte(I64)
  }

  #code(from: number, to: number, edits: readonly Edit[]): void {
    let at = from
    for (const { offset, resume, write } of edits) {
      if (offset > at) this.#out.append(this.#bytes.subarray(at, offset))
      write()
      at = Math.max(at, resume)
    }
    this.#out.append(this.#bytes.subarray(at, to))
  }

  #edits({ charges, quietLoops, specials }: FunctionPlan): Edit[] {
    const { fuel, depth } = this.#targets
    const edits: Edit[] = []
    const insert = (offset: number, order: number, write: () => void) => edits.push({ offset, resume: offset, order, write })
    if (fuel !== null) {
      for (const charge of charges) insert(charge.offset, ORDER.charge, () => this.#charge(fuel, charge))
      for (const { offset, end, fallsThrough, exits } of quietLoops) {
        insert(offset, ORDER.load, () => this.#load(fuel))
        for (const exit of exits) insert(exit, ORDER.storeForExit, () => this.#store(fuel))
        if (fallsThrough) insert(end, ORDER.store, () => this.#store(fuel))
      }
    }
    for (const special of specials) {
      if (special.kind === 'by-length' && fuel !== null)
        insert(special.offset, ORDER.special, () => this.#byLength(fuel, special))
      if (special.kind === 'leave' && depth !== null) insert(special.offset, ORDER.special, () => void this.#restoreDepth(1))
      if (special.kind === 'landing' && depth !== null) insert(special.offset, ORDER.landing, () => void this.#restoreDepth(0))
      const grow = special.kind === 'grow' ? this.#watchedGrow(special) : null
      if (grow !== null)
        edits.push({ offset: special.offset, resume: special.end, order: ORDER.special, write: () => void this.#call(grow) })
    }
    return edits.sort((a, b) => a.offset - b.offset || a.order - b.order)
  }

  #call(index: number): CodeBuffer {
    return this.#out.byte(OP.call).unsigned(index)
  }

  /** Takes the cost off the fuel. In a quiet loop it stays in the local, so that a turn neither loads nor stores. */
  #charge(fuel: number, { cost, check, quiet }: Charge): void {
    const out = this.#out
    if (cost > 0) {
      this.#get(fuel, quiet).byte(0x42).signed(cost).byte(0x7d)
      if (quiet) out.byte(0x21).unsigned(this.#fuelLocal)
      else out.byte(0x24).unsigned(fuel)
    }
    if (!check) return
    this.#get(fuel, quiet).append([0x42, 0, 0x53, ...IF])
    if (quiet) this.#store(fuel)
    out.append(TRAP)
  }

  #get(fuel: number, quiet: boolean): CodeBuffer {
    return quiet ? this.#out.byte(0x20).unsigned(this.#fuelLocal) : this.#out.byte(0x23).unsigned(fuel)
  }

  #load(fuel: number): void {
    this.#out.byte(0x23).unsigned(fuel).byte(0x21).unsigned(this.#fuelLocal)
  }

  #store(fuel: number): void {
    this.#out.byte(0x20).unsigned(this.#fuelLocal).byte(0x24).unsigned(fuel)
  }

  #byLength(fuel: number, special: Special): void {
    const rate: LengthRate = costOf({ key: special.key })!.length!
    const address = addressOfLength(this.#module, special.key, special.values)
    this.#call(this.#additions.chargeByLength(fuel, address, rate))
  }

  /** Null for a growth that only the guest's own maximum bounds. */
  #watchedGrow({ key, values }: Special): number | null {
    const { refusedGrows, watchedMemories, watchedTables } = this.#targets
    const index = values[0]
    if (refusedGrows === null) return null
    if (key === OP.memoryGrow) {
      if (!watchedMemories.has(index)) return null
      const address = this.#module.memories[index]!.limits.is64 ? 'i64' : 'i32'
      return this.#additions.growMemory(index, address, refusedGrows)
    }
    if (!watchedTables.has(index)) return null
    return this.#additions.growTable(index, this.#module.tables[index]!, refusedGrows)
  }

  /** One call deeper; what is left is kept in a local. The body becomes a block, so that a branch out of it comes by its end. */
  #enter(bodyIndex: number): void {
    const depth = this.#targets.depth!
    const [local, out] = [this.#depthLocal, this.#out]
    out.byte(0x23).unsigned(depth).append([0x42, 1, 0x7d, 0x22]).unsigned(local)
    out.byte(0x24).unsigned(depth)
    out
      .byte(0x20)
      .unsigned(local)
      .append([0x42, 0, 0x53, ...IF, ...TRAP])
    out.byte(OP.block).append(this.#additions.blockType(bodyIndex))
  }

  /** Sets the depth to that of this call (0), or to that of its caller (1). */
  #restoreDepth(levels: 0 | 1): CodeBuffer {
    this.#out.byte(0x20).unsigned(this.#depthLocal)
    if (levels === 1) this.#out.append([0x42, 1, 0x7c])
    return this.#out.byte(0x24).unsigned(this.#targets.depth!)
  }
}
