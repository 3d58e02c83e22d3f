// What the rewriter might forget is not run: a metered module without one of its charges, or with one that is a unit short, is refused.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { meterFor } from '../../src/sandbox/admission/metered.ts'
import { Refusal } from '../../src/sandbox/admission/refusal.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { readModule, writer as w } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

const policy = resolvePolicy({ quotas: { fuel: 1000 } })
const { instruction: i } = w

/** Instructions of each function: without forks, so that every unit of its one charge has its instruction. */
const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 })

const moduleOf = (all: readonly number[]): Uint8Array =>
  w.moduleOf(
    w.typeSection(w.functionType()),
    w.functionSection(...all.map(() => 0)),
    w.codeSection(
      ...all.map((length) => w.body(w.bytes(...Array.from({ length }, () => w.bytes(i.i32Const(1), i.drop)), w.END))),
    ),
  )

const NOP = 1

/** `global.get G; i64.const COST; i64.sub; global.set G` at the beginning of a body, with indices and costs of one byte: 7 bytes. */
const WEAKENED: Readonly<Record<string, (bytes: Uint8Array, at: number) => void>> = {
  'left out': (bytes, at) => void bytes.fill(NOP, at, at + 7),
  'a unit short': (bytes, at) => void bytes[at + 3]!--,
}

interface Weakened {
  readonly all: readonly number[]
  readonly which: number
  readonly how: string
}
const weakened: fc.Arbitrary<Weakened> = fc.record({
  all: lengths,
  which: fc.nat(),
  how: fc.constantFrom(...Object.keys(WEAKENED)),
})

/** What is wrong, or null. */
function judge({ all, which, how }: Weakened): string | null {
  const bytes = moduleOf(all)
  const admitted = admit(bytes, policy)
  if (admitted.verdict !== 'admitted') return `an honest module is refused: ${admitted.refusal.message}`
  const written = new Uint8Array(admitted.bytes)
  WEAKENED[how]!(written, readModule(written).bodies[which % all.length]!.codeOffset)
  try {
    meterFor(bytes, readModule(bytes), admitted.maxima, policy)!.prove(written)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'metering-unsupported') return null
    throw error
  }
  return `a metered module is accepted with a charge ${how}`
}

const property: Property = {
  name: 'metering-proof',
  threats: ['MOD-15', 'RES-10'],
  run: async (seed, milliseconds) => checkProperty(weakened, judge, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
