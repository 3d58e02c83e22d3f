// The independent checker of the metering rewriter. It reads what the rewriter wrote and proves, function by function, that nothing of the guest
// runs unpaid; with the rewriter it shares only the reader and, as data, the cost table. A module that it cannot prove is never run.
import {
  type ByteRange,
  isAnyReferenced,
  MalformedModule,
  ModuleLimitExceeded,
  readModule,
  type SectionId,
  type WasmModule,
} from '../../wasm/index.ts'
import { type AddedFunction, addedFunctions } from './check-added.ts'
import { type BodyFacts, checkBody } from './check-body.ts'
import type { Metering } from './meter.ts'
import { MeteringDefect } from './metering-defect.ts'
import { METERING_EXPORTS } from './names.ts'

/** What the checker counted on its way. */
export interface MeteringProof {
  /** Functions of the guest's that were proven. */
  readonly functions: number
  /** Places at which fuel is charged, and those of them at which it must suffice. */
  readonly charges: number
  readonly checks: number
  /** Functions, globals and types that were added. */
  readonly added: number
}

/** Sections that metering leaves as they are. */
const UNTOUCHED: readonly (readonly [SectionId, string])[] = [
  [2, 'import'],
  [9, 'element'],
  [11, 'data'],
  [12, 'data count'],
  [13, 'tag'],
]

/**
 * @param original what was metered, with the bytes that it was read from
 * @param written what is to run
 * @throws {MeteringDefect} at the first place that is not proven
 */
export function checkMetering(original: Uint8Array, module: WasmModule, written: Uint8Array, metering: Metering): MeteringProof {
  const output = readAgain(written)
  for (const [id, name] of UNTOUCHED) {
    if (!sameBytes(original, sectionOf(module, id), written, sectionOf(output, id)))
      throw new MeteringDefect(`the ${name} section is not the guest's`)
  }
  checkTypes(original, module, written, output)
  const globals = checkGlobals(original, module, written, output, metering)
  checkExports(module, output)
  const added = addedFunctions(written, module, output, metering, globals)
  const facts = bodyFacts(original, module, metering, globals, added)
  let charges = 0
  let checks = 0
  const counts = metering.fuel || metering.depth
  for (const [index, body] of module.bodies.entries()) {
    // Where nothing is counted, a body that is the guest's, byte for byte, needs no proof: it cannot name what was added.
    if (!counts && sameBytes(original, body, written, output.bodies[index])) continue
    const counted = checkBody(original, module, written, output, index, facts)
    charges += counted.charges
    checks += counted.checks
  }
  const globalCount = output.globals.length - module.globals.length
  const typeCount = output.types.length - module.types.length
  return { functions: module.bodies.length, charges, checks, added: added.size + globalCount + typeCount }
}

function readAgain(written: Uint8Array): WasmModule {
  try {
    return readModule(written)
  } catch (error) {
    if (error instanceof MalformedModule || error instanceof ModuleLimitExceeded)
      throw new MeteringDefect('what was written is no module', error.offset)
    throw error
  }
}

const sectionOf = (module: WasmModule, id: number): ByteRange | undefined => {
  const section = module.sections.find((candidate) => candidate.id === id)
  return section && { offset: section.payloadOffset, size: section.payloadSize }
}

function sameBytes(a: Uint8Array, from: ByteRange | undefined, b: Uint8Array, to: ByteRange | undefined): boolean {
  if (from === undefined || to === undefined) return from === to
  return Buffer.compare(a.subarray(from.offset, from.offset + from.size), b.subarray(to.offset, to.offset + to.size)) === 0
}

/** Types and the types of functions: the guest's first, unchanged, then ours. */
function checkTypes(original: Uint8Array, module: WasmModule, written: Uint8Array, output: WasmModule): void {
  const range = ({ types, sections }: WasmModule): ByteRange | undefined => {
    if (module.types.length === 0) return undefined
    const section = sections.find(({ id }) => id === 1)!
    const { offset } = types[0]!
    const next = types[module.types.length]
    return { offset, size: (next?.offset ?? section.payloadOffset + section.payloadSize) - offset }
  }
  if (!sameBytes(original, range(module), written, range(output))) throw new MeteringDefect("a type is not the guest's")
  const changed = module.functionTypeIndices.findIndex((type, index) => output.functionTypeIndices[index] !== type)
  if (changed >= 0) throw new MeteringDefect("a function has not the guest's type")
}

/** Indices of the added globals. */
export interface AddedGlobals {
  readonly fuel: number | null
  readonly depth: number | null
  readonly refusedGrows: number | null
}

function checkGlobals(
  original: Uint8Array,
  module: WasmModule,
  written: Uint8Array,
  output: WasmModule,
  { fuel, depth }: Metering,
): AddedGlobals {
  for (const [index, { type, mutable, init }] of module.globals.entries()) {
    const now = output.globals[index]
    if (now?.type !== type || now.mutable !== mutable || !sameBytes(original, init, written, now.init))
      throw new MeteringDefect("a global is not the guest's")
  }
  const find = (name: string, type: string): number | null => {
    const entry = output.exports.find((candidate) => candidate.name === name)
    if (entry === undefined) return null
    const global = output.globals[entry.index]
    const isOurs = entry.kind === 'global' && entry.index >= module.globals.length && global?.type === type && global.mutable
    const init = global?.init
    // `i32.const 0` or `i64.const 0`, and `end`.
    const startsWithZero = init?.size === 3 && written[init.offset + 1] === 0
    if (!isOurs || !startsWithZero) throw new MeteringDefect('an added global is not as it should be')
    return entry.index
  }
  const globals = {
    fuel: find(METERING_EXPORTS.fuel, 'i64'),
    depth: find(METERING_EXPORTS.depth, 'i64'),
    refusedGrows: find(METERING_EXPORTS.refusedGrows, 'i32'),
  }
  const indices = Object.values(globals).filter((index) => index !== null)
  if ((globals.fuel !== null) !== fuel || (globals.depth !== null) !== depth)
    throw new MeteringDefect('a global that was wanted is not there')
  if (new Set(indices).size !== indices.length || output.globals.length !== module.globals.length + indices.length)
    throw new MeteringDefect('there is a global that was not wanted')
  return globals
}

/** The guest's exports come first, unchanged; the names of ours are reserved, and none of them is a function that was added. */
function checkExports(module: WasmModule, output: WasmModule): void {
  const changed = module.exports.some(({ name, kind, index }, at) => {
    const now = output.exports[at]
    return now?.name !== name || now.kind !== kind || now.index !== index
  })
  if (changed) throw new MeteringDefect("an export is not the guest's")
  const added = output.exports.slice(module.exports.length)
  if (added.some(({ kind, index }) => kind === 'function' && index >= module.functionTypeIndices.length))
    throw new MeteringDefect('an added function is exported')
}

function bodyFacts(
  original: Uint8Array,
  module: WasmModule,
  { fuel, depth }: Metering,
  globals: AddedGlobals,
  added: ReadonlyMap<number, AddedFunction>,
): BodyFacts {
  const hostFunctions = module.importCounts.function
  return {
    fuel: fuel ? globals.fuel : null,
    depth: depth ? globals.depth : null,
    added,
    guestGlobals: module.globals.length,
    guestFunctions: module.functionTypeIndices.length,
    hostFunctions,
    hostIsReferenced: isAnyReferenced(original, module, hostFunctions),
    throws: module.tags.length > 0,
  }
}
