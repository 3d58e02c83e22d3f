// A module is linked to what the ABI table and the policy name, by exact name, kind and signature, and to nothing else.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { ABI, WASI_MODULE } from '../../src/sandbox/host/abi.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { writer } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

interface Wish {
  readonly module: string
  readonly name: string
  readonly kind: 'function' | 'memory' | 'global'
  readonly params: readonly ('i32' | 'i64')[]
  readonly results: readonly ('i32' | 'i64')[]
}

const POLICIES = ['strict', 'default', 'relaxed'].map((name) => resolvePolicy(name))
/** Names that ordinary objects answer to although nobody gave them to the object. */
const INHERITED = [...Object.getOwnPropertyNames(Object.prototype), 'then', 'prototype', 'length', 'name', 'call', '']

const name = fc.oneof(
  fc.constantFrom(...ABI.map((entry) => entry.name)),
  fc.constantFrom(...INHERITED),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const module = fc.oneof(
  { weight: 3, arbitrary: fc.constant(WASI_MODULE) },
  fc.constantFrom('env', 'wasi_unstable', 'wasi_snapshot_preview2', `${WASI_MODULE} `, 'wasm:js-string', ...INHERITED),
)
const types = fc.array(fc.constantFrom('i32' as const, 'i64' as const), { maxLength: 4 })
const signature = fc.oneof(
  fc.constantFrom(...ABI).map((entry) => ({
    params: entry.parameters.map((p) => p.type),
    results: entry.result === 'errno' ? (['i32'] as const) : [],
  })),
  fc.record({ params: types, results: fc.array(fc.constant('i32' as const), { maxLength: 2 }) }),
)
const wish: fc.Arbitrary<Wish> = fc
  .tuple(
    module,
    name,
    fc.constantFrom('function' as const, 'function' as const, 'function' as const, 'memory' as const, 'global' as const),
    signature,
    fc.boolean(),
  )
  .map(([from, what, kind, type, fitting]) => {
    // Half of the wishes for a known name have its own signature, or hardly any would be granted.
    const entry = fitting ? ABI.find((e) => e.name === what) : undefined
    return entry
      ? {
          module: from,
          name: what,
          kind,
          params: entry.parameters.map((p) => p.type),
          results: entry.result === 'errno' ? ['i32'] : [],
        }
      : { module: from, name: what, kind, ...type }
  })

function moduleOf({ module: from, name: what, kind, params, results }: Wish): Uint8Array {
  const { bytes, u32 } = writer
  const limits = { min: 0, max: 1, is64: false, shared: false }
  const external =
    kind === 'function'
      ? bytes(0, u32(0))
      : kind === 'memory'
        ? bytes(2, writer.limits(limits))
        : bytes(3, writer.valueType('i32'), 0)
  return writer.moduleOf(
    writer.typeSection(writer.functionType(params, results)),
    writer.importSection(bytes(writer.name(from), writer.name(what), external)),
  )
}

/** The grants of the profiles, written down a second time on purpose: the property must not ask the code that it tests. */
const WITHHELD = new Map([
  ['strict', ['clock_res_get', 'clock_time_get', 'random_get']],
  ['default', []],
  ['relaxed', []],
] as [string, string[]][])

function shouldLink(w: Wish, policy: string): boolean {
  const entry = ABI.find((e) => e.name === w.name)
  if (w.module !== 'wasi_snapshot_preview1' || w.kind !== 'function' || !entry?.offered || WITHHELD.get(policy)!.includes(w.name))
    return false
  return (
    w.params.join() === entry.parameters.map((p) => p.type).join() && w.results.join() === (entry.result === 'errno' ? 'i32' : '')
  )
}

function holds(w: Wish): string | null {
  for (const policy of POLICIES) {
    const admitted = admit(moduleOf(w), policy).verdict === 'admitted'
    if (admitted !== shouldLink(w, policy.name)) return `the policy ${policy.name} ${admitted ? 'links' : 'refuses'} it`
  }
  return null
}

const property: Property = {
  name: 'linkable-imports',
  threats: ['LNK-01', 'LNK-04', 'LNK-05', 'LNK-17', 'LNK-18', 'LNK-19', 'LNK-20'],
  run: async (seed, milliseconds) => checkProperty(wish, holds, (w) => JSON.stringify(w), seed, milliseconds),
}
export default property
