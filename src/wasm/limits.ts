// Every bound of the reader in one place: name, unit, default, and the attack that a smaller value stops.

import { ModuleLimitExceeded } from './errors.ts'

/** Largest module that the JS API allows, in bytes. Also the default of counts that only the module's size bounds. */
const MAX_MODULE_BYTES = 2 ** 30

/**
 * Defaults: the implementation limits of the WebAssembly JavaScript Interface, which V8 shares; where it names none, the size of
 * the largest module, that is no limit of its own. Callers pass smaller values to stop early.
 */
export const DEFAULT_READER_LIMITS = {
  /** Bytes of the whole module. */
  maxModuleBytes: MAX_MODULE_BYTES,
  /** Types, counted singly across recursion groups. */
  maxTypes: 1_000_000,
  /** Types in one recursion group; canonicalising groups can be super-linear. */
  maxRecursionGroupTypes: 1_000_000,
  /** Longest chain of declared supertypes; every cast walks it. */
  maxSubtypeDepth: 63,
  /** Parameters of one function type; with many functions of that type a small file becomes a huge artefact. */
  maxParams: 1_000,
  /** Results of one function type. */
  maxResults: 1_000,
  maxStructFields: 10_000,
  /** Functions that the module defines, without its imports. */
  maxFunctions: 1_000_000,
  maxImports: 1_000_000,
  maxExports: 1_000_000,
  /** Globals, with imported ones. */
  maxGlobals: 1_000_000,
  /** Tables, with imported ones; a table of ten million entries costs the host 80 MB and the file 5 bytes. */
  maxTables: 100_000,
  /** Memories, with imported ones. */
  maxMemories: 100,
  /** Tags, with imported ones. */
  maxTags: 1_000_000,
  maxElementSegments: 10_000_000,
  maxElementsPerSegment: 10_000_000,
  maxDataSegments: 100_000,
  /** Locals of one function, parameters included; run-length coding makes 50,000 of them cost four bytes. */
  maxLocalsPerFunction: 50_000,
  /** Bytes of one function body, local declarations included. */
  maxFunctionBodyBytes: 7_654_321,
  /** Blocks open at once within a function body; recursive tools overflow their stack on it. */
  maxNesting: MAX_MODULE_BYTES,
  /** Labels of one `br_table`, the default label not counted; each is an edge of the control flow. */
  maxBrTableTargets: 65_520,
  /** Operands of one `array.new_fixed`. */
  maxArrayNewFixedOperands: 10_000,
  /** UTF-8 bytes of one import, export or custom section name; hosts echo names in messages. */
  maxNameBytes: 100_000,
  maxCustomSections: MAX_MODULE_BYTES,
  /** Bytes of all custom sections' payloads together. */
  maxCustomSectionBytes: MAX_MODULE_BYTES,
}

export type ReaderLimits = { readonly [Name in keyof typeof DEFAULT_READER_LIMITS]: number }

/** For bytes that were already read within limits. */
export const NO_LIMITS = Object.fromEntries(
  Object.keys(DEFAULT_READER_LIMITS).map((name) => [name, Number.POSITIVE_INFINITY]),
) as ReaderLimits

/** Throws `ModuleLimitExceeded` when `actual` is above the limit of that name. */
export function checkLimit(limits: ReaderLimits, name: keyof ReaderLimits, actual: number, offset: number): void {
  if (actual > limits[name]) throw new ModuleLimitExceeded(name, actual, limits[name], offset)
}

/** The caller's limits over the defaults. A limit that is not a number of at least 0 is a programming error: `RangeError`. */
export function completeLimits(given: Partial<ReaderLimits> = {}): ReaderLimits {
  const limits: Record<keyof ReaderLimits, number> = { ...DEFAULT_READER_LIMITS }
  for (const name of Object.keys(limits) as (keyof ReaderLimits)[]) {
    const value = given[name]
    if (value === undefined) continue
    if (!(typeof value === 'number' && value >= 0)) throw new RangeError(`Reader limit ${name} must be a number of at least 0.`)
    limits[name] = value
  }
  return limits
}
