// A module is linked to what the ABI table and the policy name, by exact name, kind and signature, and to nothing else.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { ABI, type AbiFunction, type AbiValueType, NATIVE_MODULE, WASI_MODULE } from '../../src/sandbox/host/abi/index.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { writer } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

interface Wish {
  readonly module: string
  readonly name: string
  readonly kind: 'function' | 'memory' | 'global'
  readonly params: readonly AbiValueType[]
  readonly results: readonly AbiValueType[]
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
  { weight: 3, arbitrary: fc.constantFrom(WASI_MODULE, NATIVE_MODULE) },
  fc.constantFrom(
    'env',
    'wasi_unstable',
    'wasi_snapshot_preview2',
    `${WASI_MODULE} `,
    'gauntlet_v2',
    'wasm:js-string',
    ...INHERITED,
  ),
)
const types = fc.array(fc.constantFrom('i32' as const, 'i64' as const, 'f64' as const), { maxLength: 4 })
const typeOf = ({ parameters, result }: AbiFunction): Pick<Wish, 'params' | 'results'> => ({
  params: parameters.map(({ type }) => type),
  results: result === 'errno' ? ['i32'] : [],
})
const signature: fc.Arbitrary<Pick<Wish, 'params' | 'results'>> = fc.oneof(
  fc.constantFrom(...ABI).map(typeOf),
  fc.record({ params: types, results: fc.array(fc.constant('i32' as const), { maxLength: 2 }) }),
)
const wish: fc.Arbitrary<Wish> = fc
  .tuple(
    module,
    name,
    fc.constantFrom('function' as const, 'function' as const, 'function' as const, 'memory' as const, 'global' as const),
    signature,
    fc.constantFrom('fits' as const, 'fits' as const, 'but for the results' as const, 'is free' as const),
  )
  .map(([from, what, kind, type, likeness]): Wish => {
    // Half of the wishes for a known name are as the table has it, or hardly any would be granted.
    const entry = likeness === 'is free' ? undefined : ABI.find((e) => e.name === what)
    if (!entry) return { module: from, name: what, kind, ...type }
    const own = typeOf(entry)
    const results = likeness === 'fits' ? own.results : type.results
    return { module: entry.module, name: what, kind, params: own.params, results }
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

// The grants of the profiles, written down a second time on purpose: the property must not ask the code that it tests.
const NETWORK = /^(?:http_|dns_|tcp_|tls_)/
const STRICT_HAS =
  /^(?:args_|environ_|proc_|sched_|sock_|fd_(?:close|read|write|seek|tell|renumber|fdstat_get|fdstat_set_flags|fdstat_set_rights|filestat_get|prestat_get|prestat_dir_name)$|poll_oneoff$)/
const isWithheld = (call: string, policy: string): boolean =>
  NETWORK.test(call) || call.startsWith('kv_') || (policy === 'strict' && !STRICT_HAS.test(call))

function shouldLink(w: Wish, policy: string): boolean {
  const entry = ABI.find((e) => e.name === w.name)
  if (w.kind !== 'function' || !entry || w.module !== entry.module || isWithheld(w.name, policy)) return false
  const { params, results } = typeOf(entry)
  return w.params.join() === params.join() && w.results.join() === results.join()
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
  threats: ['LNK-01', 'LNK-04', 'LNK-05', 'LNK-17', 'LNK-18', 'LNK-19', 'LNK-20', 'FSX-14', 'NET-15'],
  run: async (seed, milliseconds) => checkProperty(wish, holds, (w) => JSON.stringify(w), seed, milliseconds),
}
export default property
