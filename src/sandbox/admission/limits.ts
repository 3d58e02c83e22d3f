// Counts and sizes against the policy: those of one thing go to the reader, which stops as soon as one is exceeded; sums are checked after.
import type { ReaderLimits, WasmModule } from '../../wasm/index.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import type { Policy } from '../policy/schema.ts'
import { Refusal } from './refusal.ts'

/** The reader's limits for a policy. Names of quotas stand in docs/policy.md with the attack that each stops. */
export function readerLimits({ quotas }: Policy): Partial<ReaderLimits> {
  return {
    maxModuleBytes: quotas.moduleBytes,
    maxTypes: quotas.types,
    maxRecursionGroupTypes: quotas.types,
    maxParams: quotas.parameters,
    maxResults: quotas.parameters,
    maxFunctions: quotas.functions,
    maxImports: quotas.imports,
    maxExports: quotas.exports,
    maxGlobals: quotas.globals,
    // Sixteen of each is more than any compiler emits, and each costs the engine memory beside its contents (MOD-10).
    maxTables: FIXED.tables.limit,
    maxMemories: FIXED.memories.limit,
    maxTags: quotas.types,
    maxElementSegments: quotas.segments,
    // An element segment cannot usefully be longer than the largest table.
    maxElementsPerSegment: Math.max(quotas.tableElements, quotas.functions),
    maxDataSegments: quotas.segments,
    maxLocalsPerFunction: quotas.localsPerFunction,
    maxFunctionBodyBytes: quotas.functionBodyBytes,
    maxNesting: quotas.nesting,
    maxBrTableTargets: quotas.branchTableTargets,
    maxNameBytes: quotas.nameBytes,
    // As many custom sections as segments: each is an entry to keep.
    maxCustomSections: quotas.segments,
    maxCustomSectionBytes: quotas.customSectionBytes,
  }
}

/** Sums that the reader, which looks at one thing at a time, does not form. @throws {Refusal} */
export function checkSums(module: WasmModule, { quotas }: Policy): void {
  const locals = module.bodies.reduce((sum, body) => sum + body.declaredLocals, 0)
  if (locals > quotas.localsTotal) {
    throw new Refusal(
      'limit',
      `The functions declare ${locals} locals together; the policy allows ${quotas.localsTotal} (quotas.localsTotal).`,
    )
  }
  checkSignatures(module, quotas.localsTotal)
  checkSegments(module, quotas.memoryBytes)
}

/** One type with many parameters, used by many functions, makes a small file a large artefact: parameters count like locals (MOD-05). */
function checkSignatures(module: WasmModule, max: number): void {
  let values = 0
  for (const typeIndex of module.functionTypeIndices) {
    const type = module.types[typeIndex]
    if (type?.kind === 'function') values += type.params.length + type.results.length
  }
  if (values > max)
    throw new Refusal(
      'limit',
      `The functions have ${values} parameters and results together; the policy allows ${max} (quotas.localsTotal).`,
    )
}

/** Active data segments run at instantiation and can write the same range over and over (MOD-09): together no more than twice the memory. */
function checkSegments(module: WasmModule, memoryBytes: number): void {
  const bytes = module.data.reduce((sum, segment) => sum + (segment.mode === 'active' ? segment.contents.size : 0), 0)
  const max = 2 * memoryBytes
  if (bytes > max)
    throw new Refusal(
      'limit',
      `The active data segments hold ${bytes} bytes together; the policy's memory allows ${max} (quotas.memoryBytes).`,
    )
}
