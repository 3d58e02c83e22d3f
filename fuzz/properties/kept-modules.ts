// What is kept of modules, and for whom: an answer of admission only for the very bytes, policy and purpose that it was given for; a cell and what was
// compiled in it only for guests that may have each other's; and never more of either than there may be.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { Admissions } from '../../src/sandbox/cache/admissions.ts'
import { KeptModules } from '../../src/sandbox/cache/kept-modules.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../src/sandbox/policy/schema.ts'
import { reuseKey } from '../../src/sandbox/reuse-key.ts'
import { writer as w } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

const REUSES = ['never', 'same-module', 'same-principal'] as const
const policies = [
  {},
  { quotas: { memoryBytes: 2 ** 20 } },
  { quotas: { functions: 1 } },
  { capabilities: { args: false } },
] as const
const POLICIES = REUSES.map((reuse) =>
  policies.map((more: PolicyInput) => resolvePolicy({ extends: 'default', isolation: { reuse }, ...more })),
)
/** Modules that are told apart by one byte, by one function, or by what follows the code. */
const MODULES = [
  [7, 1, 0],
  [8, 1, 0],
  [7, 2, 0],
  [7, 1, 1],
].map(([value, functions, mark]) => {
  const body = w.body(w.bytes(0x41, value!, w.END))
  return Uint8Array.from(
    w.moduleOf(
      w.typeSection(w.functionType([], ['i32'])),
      w.functionSection(...Array<number>(functions!).fill(0)),
      w.memorySection(w.bytes(0, 1)),
      w.exportSection(w.bytes(w.name('f'), 0, 0)),
      w.codeSection(...Array<Uint8Array>(functions!).fill(body)),
      w.customSection('mark', Uint8Array.of(mark!)),
    ),
  )
})
const HASHES = MODULES.map((bytes) => createHash('sha256').update(bytes).digest('hex'))

const guest = fc.record({
  reuse: fc.nat(REUSES.length - 1),
  policy: fc.nat(policies.length - 1),
  module: fc.nat(MODULES.length - 1),
  principal: fc.constantFrom(null, 'a', 'A', 'a ', '', 'p:a', '\n', 'null'),
  forSnapshots: fc.boolean(),
})
type Guest = typeof guest extends fc.Arbitrary<infer T> ? T : never
const MIB = 2 ** 20
const trial = fc.record({
  bounds: fc.record({ entries: fc.nat(3), bytes: fc.constantFrom(0, 300, 1000, MIB) }),
  guests: fc.array(guest, { maxLength: 8 }),
  loads: fc.array(fc.record({ id: fc.nat(12), bytes: fc.constantFrom(1, MIB, 3 * MIB, 9 * MIB), ends: fc.boolean() }), {
    maxLength: 20,
  }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const keyOf = ({ reuse, policy, module, principal }: Guest) => reuseKey(POLICIES[reuse]![policy]!, HASHES[module]!, principal)

/** By the words of the documentation. */
function mayShare(a: Guest, b: Guest): boolean {
  if (a.reuse !== b.reuse || a.policy !== b.policy || a.principal !== b.principal) return false
  const reuse = REUSES[a.reuse]!
  return reuse === 'same-module' ? a.module === b.module : reuse === 'same-principal' && a.principal !== null
}

function sharing(guests: readonly Guest[]): string | null {
  for (const a of guests) {
    for (const b of guests) {
      const [key, other] = [keyOf(a), keyOf(b)]
      if ((key !== null && key === other) !== mayShare(a, b))
        return `two guests ${mayShare(a, b) ? 'may' : 'may not'} have each other's cells, and their keys are ${key === other ? 'the same' : 'two'}`
    }
  }
  return null
}

function admissions({ bounds, guests }: Trial): string | null {
  const cache = new Admissions(bounds)
  const names = new Map<string, string>()
  for (const { reuse, policy, module, forSnapshots } of guests) {
    const bytes = new Uint8Array(MODULES[module]!)
    const by = POLICIES[reuse]![policy]!
    const kept = cache.admit(bytes, by, forSnapshots)
    // Whatever becomes of the caller's bytes, what was found out about them stays what it was.
    bytes.fill(0)
    const plain = admit(new Uint8Array(MODULES[module]!), by, forSnapshots)
    if (kept.verdict !== plain.verdict) return `what is kept says ${kept.verdict}, and it is ${plain.verdict}`
    if (kept.verdict === 'refused' || plain.verdict === 'refused') continue
    const { moduleId, ...answer } = kept
    if (!isDeepStrictEqual(comparable(answer), comparable(plain))) return 'what is kept is an answer to another question'
    const compiled = [createHash('sha256').update(plain.bytes).digest('hex'), reuse, policy].join()
    const known = names.get(moduleId) ?? compiled
    if (known !== compiled) return 'two modules, or one under two policies, have one name in the jails'
    names.set(moduleId, compiled)
    const { entries, bytes: size } = cache.statistics
    if (entries > bounds.entries || size > bounds.bytes) return `${entries} answers with ${size} bytes are kept`
  }
  return null
}
const comparable = ({ bytes, ...rest }: { readonly bytes: Uint8Array }) => ({
  ...rest,
  bytes: Buffer.from(bytes).toString('hex'),
})

/** A jail does as it is told, and so it has what it was told to keep. */
function delivered({ loads }: Trial): string | null {
  const host = new KeptModules()
  const jail = new Map<string, number>()
  for (const { id: number, bytes, ends } of loads) {
    const id = `${number} ${bytes}`
    if (!host.fits(bytes)) {
      if (bytes <= 8 * MIB) return `a module of ${bytes} bytes is not kept`
      continue
    }
    const { kept, forget } = host.deliver(id)
    for (const gone of forget) jail.delete(gone)
    const size = [...jail.values()].reduce((sum, each) => sum + each, 0)
    if (jail.size > 8 || size > 8 * MIB) return `a jail keeps ${jail.size} modules with ${size} bytes`
    if (kept && !jail.has(id)) return 'a module is not sent, and the jail has not got it'
    if (!ends) continue
    jail.set(id, bytes)
    host.add(id, bytes)
  }
  return null
}

const property: Property = {
  name: 'kept-modules',
  threats: ['SUP-06', 'SUP-11', 'CTL-15', 'ENG-03', 'RES-07'],
  run: async (seed, milliseconds) =>
    checkProperty(
      trial,
      (one) => sharing(one.guests) ?? admissions(one) ?? delivered(one),
      (one) => JSON.stringify(one),
      seed,
      milliseconds,
    ),
}
export default property
