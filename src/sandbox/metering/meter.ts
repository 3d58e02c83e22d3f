// The metering rewriter: what the sections of a module become so that it counts fuel, call depth and refused growth. It only adds, at the ends of
// the index spaces, so that every index of the guest's keeps its meaning; and it is not believed: see check.ts.
import {
  ByteCursor,
  type Export,
  forEachInstruction,
  leb128,
  type SectionId,
  type WasmModule,
  writer as w,
} from '../../wasm/index.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { Additions } from './additions.ts'
import { CodeBuffer } from './code-buffer.ts'
import { meteringFacts, OP } from './facts.ts'
import { METERING_EXPORTS } from './names.ts'
import { planFunction, SLACK } from './plan.ts'
import { unmeterable } from './unmeterable.ts'
import { BodyWriter, type MeteringTargets } from './write-body.ts'

/** What to meter. */
export interface Metering {
  readonly fuel: boolean
  readonly depth: boolean
  /** Memories and tables whose growth the policy bounds, by index. */
  readonly watchedMemories: ReadonlySet<number>
  readonly watchedTables: ReadonlySet<number>
}

export interface Metered {
  /** New payloads. */
  readonly sections: ReadonlyMap<SectionId, Uint8Array>
  readonly exports: readonly Export[]
}

/** Admission waits for the rewriter and for its checker, and the host for admission (RES-05). */
const MAX_INSTRUCTIONS = FIXED.meteredInstructions.limit

/** Entries of a kind that engines accept in one module (JS API, implementation-defined limits). */
const MAX_ENTRIES = 1_000_000

/**
 * @param bytes those that `module` was read from
 * @param slack see `SLACK`
 * @returns null if there is nothing to meter
 * @throws {Refusal} `metering-unsupported`
 */
export function meter(bytes: Uint8Array, module: WasmModule, metering: Metering, slack = SLACK): Metered | null {
  const growing = growingBodies(bytes, module, metering)
  const { fuel, depth } = metering
  if (!fuel && !depth && growing.size === 0) return null
  const additions = new Additions(module)
  const targets: MeteringTargets = {
    fuel: fuel ? additions.global('i64') : null,
    depth: depth ? additions.global('i64') : null,
    refusedGrows: growing.size > 0 ? additions.global('i32') : null,
    watchedMemories: metering.watchedMemories,
    watchedTables: metering.watchedTables,
  }
  const code = writeCode(bytes, module, targets, additions, growing, slack)
  checkCounts(module, additions)
  return { sections: sectionsOf(bytes, module, additions, code), exports: exportsOf(targets) }
}

/** Bodies with an instruction that grows a watched memory or table: without one nothing has to change for it. */
function growingBodies(bytes: Uint8Array, module: WasmModule, { watchedMemories, watchedTables }: Metering): ReadonlySet<number> {
  const growing = new Set<number>()
  if (watchedMemories.size + watchedTables.size === 0) return growing
  for (const body of module.bodies.keys()) {
    forEachInstruction(bytes, module, body, ({ info: { key }, values }) => {
      const grows =
        (key === OP.memoryGrow && watchedMemories.has(values[0]!)) || (key === OP.tableGrow && watchedTables.has(values[0]!))
      if (grows) growing.add(body)
    })
  }
  return growing
}

function writeCode(
  bytes: Uint8Array,
  module: WasmModule,
  targets: MeteringTargets,
  additions: Additions,
  growing: ReadonlySet<number>,
  slack: number,
): CodeBuffer {
  const facts = meteringFacts(bytes, module)
  const writer = new BodyWriter(bytes, module, targets, additions)
  const code = new CodeBuffer(bytes.length)
  const counts = targets.fuel !== null || targets.depth !== null
  let instructions = 0
  for (const [index, { offset, size }] of module.bodies.entries()) {
    if (counts || growing.has(index)) {
      const plan = planFunction(bytes, module, index, facts, slack)
      instructions += plan.instructions
      if (instructions > MAX_INSTRUCTIONS) throw unmeterable('it has too many instructions', offset)
      writer.write(index, plan, code)
    } else code.unsigned(size).append(bytes.subarray(offset, offset + size))
  }
  for (const { body } of additions.functions) code.append(body)
  return code
}

function checkCounts(module: WasmModule, { types, globals, functions }: Additions): void {
  if (module.types.length + types.length > MAX_ENTRIES) throw unmeterable('there is no room for another type')
  if (module.globals.length + globals.length > MAX_ENTRIES) throw unmeterable('there is no room for another global')
  if (module.bodies.length + functions.length > MAX_ENTRIES) throw unmeterable('there is no room for another function')
}

function sectionsOf(bytes: Uint8Array, module: WasmModule, additions: Additions, code: CodeBuffer): Map<SectionId, Uint8Array> {
  const { types, globals, functions } = additions
  const sections = new Map<SectionId, Uint8Array>()
  if (types.length > 0) sections.set(1, appended(bytes, module, 1, types))
  if (functions.length > 0)
    sections.set(
      3,
      appended(
        bytes,
        module,
        3,
        functions.map(({ type }) => w.u32(type)),
      ),
    )
  if (globals.length > 0) sections.set(6, appended(bytes, module, 6, globals))
  const bodies = module.bodies.length + functions.length
  if (bodies > 0) sections.set(10, w.bytes(w.u32(bodies), code.view()))
  return sections
}

/** The payload of a section that is a vector, with more entries behind its own. */
function appended(bytes: Uint8Array, module: WasmModule, id: SectionId, entries: readonly Uint8Array[]): Uint8Array {
  const section = module.sections.find((candidate) => candidate.id === id)
  if (section === undefined) return w.vec(entries)
  const end = section.payloadOffset + section.payloadSize
  const cursor = new ByteCursor(bytes, section.payloadOffset, end)
  const count = leb128.readU32(cursor)
  return w.concat([w.u32(count + entries.length), bytes.subarray(cursor.position, end), ...entries])
}

function exportsOf({ fuel, depth, refusedGrows }: MeteringTargets): Export[] {
  const globals: readonly (readonly [string, number | null])[] = [
    [METERING_EXPORTS.fuel, fuel],
    [METERING_EXPORTS.depth, depth],
    [METERING_EXPORTS.refusedGrows, refusedGrows],
  ]
  return globals.flatMap(([name, index]) => (index === null ? [] : [{ name, kind: 'global', index } as const]))
}
