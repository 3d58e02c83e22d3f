// A module that is admitted points nowhere outside of itself, wherever such a pointer stood in it, and keeps all of its other custom sections.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { writer } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

const POINTERS = ['sourceMappingURL', 'external_debug_info']
const OTHERS = ['producers', 'sourceMappingUrl', 'sourceMappingURL ', '', 'target_features', '.debug_info']
const TARGETS = ['http://192.0.2.1/module.wasm.map', 'file:///etc/passwd', '//host/share/x.map', '']

interface Custom {
  /** Index of the known section before which it stands. */
  readonly place: number
  readonly name: string
  readonly target: string
}
interface Shape {
  readonly customs: readonly Custom[]
  readonly withMemory: boolean
}

const shape: fc.Arbitrary<Shape> = fc.record({
  customs: fc.array(
    fc.record({ place: fc.nat(4), name: fc.constantFrom(...POINTERS, ...OTHERS), target: fc.constantFrom(...TARGETS) }),
    { maxLength: 8 },
  ),
  withMemory: fc.boolean(),
})
const policy = resolvePolicy('default')

function moduleOf({ customs, withMemory }: Shape): Uint8Array {
  const { bytes, section, u32, vec, name, functionType, typeSection, limits } = writer
  const known = [
    typeSection(functionType([], [])),
    section(3, vec([u32(0)])),
    ...(withMemory ? [section(5, vec([limits({ min: 1, max: 1, is64: false, shared: false })]))] : []),
    section(7, vec([bytes(name('run'), 0, u32(0))])),
    section(10, vec([bytes(2, 0, 0x0b)])),
  ]
  const before = (place: number) =>
    customs
      .filter((each) => Math.min(each.place, known.length) === place)
      .map((each) => writer.customSection(each.name, name(each.target)))
  return writer.moduleOf(...known.flatMap((part, index) => [...before(index), part]), ...before(known.length))
}

/** The contents of all custom sections of a name, as the engine finds them. */
const contents = (bytes: Uint8Array, name: string) =>
  WebAssembly.Module.customSections(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), name).map((part) =>
    Buffer.from(part).toString('hex'),
  )

function holds(made: Shape): string | null {
  const original = moduleOf(made)
  const admission = admit(original, policy)
  if (admission.verdict === 'refused') return `it was refused: ${admission.refusal.message}`
  const left = POINTERS.find((name) => contents(admission.bytes, name).length > 0)
  if (left !== undefined) return `the engine is given the section ${left}`
  const lost = OTHERS.find((name) => contents(admission.bytes, name).join() !== contents(original, name).join())
  return lost === undefined ? null : `the section ${JSON.stringify(lost)} is not as it was`
}

const property: Property = {
  name: 'admitted-sections',
  threats: ['OUT-13'],
  run: async (seed, milliseconds) => checkProperty(shape, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
