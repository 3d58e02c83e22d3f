// What of a module's state can change while it runs, how each part of it is captured, and what makes a capture impossible: worked out once, from
// the module alone. What nothing can change is not captured: instantiation makes it again.
import { type Export, type Feature, forEachInstruction, type ValueType, type WasmModule } from '../../wasm/index.ts'
import type { Maxima } from '../admission/maxima.ts'
import type { Uncapturable } from './problem.ts'

/** `function` stands for references to functions, which are named by their number; `null` for references that can only be captured as null. */
export type GlobalKind = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'function' | 'null'

export interface PlannedMemory {
  readonly name: string
  readonly is64: boolean
  /** Pages. */
  readonly min: number
  readonly max: number
}
export interface PlannedGlobal {
  readonly name: string
  readonly kind: GlobalKind
}
export interface PlannedTable {
  readonly name: string
  readonly is64: boolean
  readonly min: number
  readonly max: number
  readonly holds: 'function' | 'null'
}

/** Everything that a capture takes and a restore sets, in the order of the module. Plain data that can cross to the cell. */
export interface SnapshotPlan {
  readonly memories: readonly PlannedMemory[]
  readonly globals: readonly PlannedGlobal[]
  readonly tables: readonly PlannedTable[]
  /** Immutable globals that may refer to garbage-collected objects, whose fields can change: they must be null, or a number in disguise. */
  readonly still: readonly string[]
  /** Functions that references are named by: all of the module's where there are such references, else 0. */
  readonly functions: number
}

/** Functions that are exported to name references by them. Each export is an object of the engine's in the cell. */
const MAX_NAMED_FUNCTIONS = 50_000

// Names that the rewriter reserves; a guest that exports one is refused at admission (LNK-11).
const NAMES = {
  memory: (index: number) => `$gauntlet.m${index}`,
  global: (index: number) => `$gauntlet.g${index}`,
  table: (index: number) => `$gauntlet.t${index}`,
  function: (index: number) => `$gauntlet.f${index}`,
} as const
export const functionName = NAMES.function

/** @param bytes those that `module` was read from @param maxima as admission planned them */
export function planSnapshot(bytes: Uint8Array, module: WasmModule, maxima: Maxima): SnapshotPlan | Uncapturable {
  const uses = usesOf(bytes, module)
  const problem = dropped(module, uses) ?? unnameable(module, uses)
  if (problem) return problem
  const globals = module.globals.flatMap(({ mutable, type }, index) =>
    mutable ? [{ name: NAMES.global(index), kind: kindOf(module, type) as GlobalKind }] : [],
  )
  const still = module.globals.flatMap(({ mutable, type }, index) =>
    !mutable && kindOf(module, type) === 'null' ? [NAMES.global(index)] : [],
  )
  const tables = maxima.tables.flatMap(({ elementType, limits: { min, max, is64 } }, index) =>
    uses.changedTables.has(index)
      ? [{ name: NAMES.table(index), is64, min, max: max!, holds: kindOf(module, elementType) as 'function' | 'null' }]
      : [],
  )
  const memories = maxima.memories.map(({ limits: { min, max, is64 } }, index) => {
    return { name: NAMES.memory(index), is64, min, max: max! }
  })
  const named = globals.some(({ kind }) => kind === 'function') || tables.some(({ holds }) => holds === 'function')
  const functions = named ? module.functionTypeIndices.length : 0
  if (functions > MAX_NAMED_FUNCTIONS) return { problem: 'too-many-functions', place: '' }
  return { memories, globals, tables, still, functions }
}

/** What the rewritten module has to export for a plan. */
export function exportsFor({ memories, globals, tables, still, functions }: SnapshotPlan): Export[] {
  const all = (kind: Export['kind'], names: readonly string[]) => names.map((name) => ({ name, kind, index: indexIn(name) }))
  return [
    ...all('memory', memories.map(nameOf)),
    ...all('global', [...globals.map(nameOf), ...still]),
    ...all('table', tables.map(nameOf)),
    ...all(
      'function',
      Array.from({ length: functions }, (_, index) => NAMES.function(index)),
    ),
  ]
}
const nameOf = ({ name }: { readonly name: string }) => name
const indexIn = (name: string) => Number(/\d+$/.exec(name)![0])

interface Uses {
  readonly changedTables: ReadonlySet<number>
  readonly droppedData: ReadonlySet<number>
  readonly usedData: ReadonlySet<number>
  readonly droppedElements: ReadonlySet<number>
  readonly usedElements: ReadonlySet<number>
}

function usesOf(bytes: Uint8Array, module: WasmModule): Uses {
  const [changedTables, droppedData, usedData, droppedElements, usedElements] = Array.from({ length: 5 }, () => new Set<number>())
  const uses = { changedTables, droppedData, usedData, droppedElements, usedElements } as Uses & Record<keyof Uses, Set<number>>
  for (let body = 0; body < module.bodies.length; body++) {
    forEachInstruction(bytes, module, body, ({ info: { name, immediates }, values }) => {
      const target = values[0]!
      if (name === 'table.set' || name === 'table.grow' || name === 'table.fill' || name === 'table.copy') {
        // The first immediate of table.copy is the table that is written.
        uses.changedTables.add(target)
      } else if (name === 'table.init') uses.changedTables.add(values[1]!)
      for (let slot = 0; slot < immediates.length; slot++) {
        const index = values[slot]!
        if (immediates[slot] === 'data') (name === 'data.drop' ? uses.droppedData : uses.usedData).add(index)
        else if (immediates[slot] === 'element') (name === 'elem.drop' ? uses.droppedElements : uses.usedElements).add(index)
      }
    })
  }
  return uses
}

/** A passive segment that is dropped and used: a fresh instance would have it back. One that is only dropped is missed by nobody. */
function dropped(module: WasmModule, uses: Uses): Uncapturable | null {
  const data = module.data.findIndex(
    ({ mode }, index) => mode === 'passive' && uses.droppedData.has(index) && uses.usedData.has(index),
  )
  if (data >= 0) return { problem: 'dropped-segments', place: `data segment ${data}` }
  const element = module.elements.findIndex(
    ({ mode }, index) => mode === 'passive' && uses.droppedElements.has(index) && uses.usedElements.has(index),
  )
  return element < 0 ? null : { problem: 'dropped-segments', place: `element segment ${element}` }
}

/** State that cannot even be looked at from outside, or that refers to objects whose own state cannot. */
function unnameable(module: WasmModule, { changedTables, usedElements }: Uses): Uncapturable | null {
  const shared = module.memories.findIndex(({ limits }) => limits.shared)
  if (shared >= 0) return { problem: 'shared-memory', place: `memory ${shared}` }
  // The JavaScript API throws for every look at a reference to an exception. In an immutable global it can only be null.
  const exception = module.globals.findIndex(({ mutable, type }) => mutable && kindOf(module, type) === 'exception')
  if (exception >= 0) return { problem: 'exception-references', place: `global ${exception}` }
  const activeTables = new Set(module.elements.flatMap(({ mode, table }) => (mode === 'active' ? [table] : [])))
  for (const [index, { elementType, init }] of module.tables.entries()) {
    const kind = kindOf(module, elementType)
    if (kind === 'exception' && changedTables.has(index)) return { problem: 'exception-references', place: `table ${index}` }
    // Nothing writes to it, but the objects that it was filled with can change.
    const filled = init !== undefined || activeTables.has(index)
    if (kind === 'null' && !changedTables.has(index) && filled) return { problem: 'gc-references', place: `table ${index}` }
  }
  // A passive segment keeps the very objects that its expressions made, and hands them out again and again.
  const objects = module.features.has('gc' satisfies Feature)
    ? module.elements.findIndex(({ mode }, index) => mode === 'passive' && usedElements.has(index))
    : -1
  return objects < 0 ? null : { problem: 'gc-references', place: `element segment ${objects}` }
}

/** How a value is captured. References to functions are the one kind that has names; those to hosts' objects can only come from `extern.convert_any`. */
function kindOf(module: WasmModule, type: ValueType): GlobalKind | 'exception' {
  switch (type) {
    case 'i32':
    case 'i64':
    case 'f32':
    case 'f64':
    case 'v128':
      return type
    case 'funcref':
    case 'nullfuncref':
    case '(ref func)':
    case '(ref nofunc)':
      return 'function'
    case 'exnref':
    case 'nullexnref':
    case '(ref exn)':
    case '(ref noexn)':
      return 'exception'
  }
  const index = /^\(ref (?:null )?(\d+)\)$/.exec(type)?.[1]
  return index !== undefined && module.types[Number(index)]?.kind === 'function' ? 'function' : 'null'
}
