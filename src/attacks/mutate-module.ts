// Seeded damage to modules: the kinds of edits that decoders get wrong.

import { ByteCursor } from '../wasm/cursor.ts'
import { leb128, readModule, type WasmModule } from '../wasm/index.ts'
import type { Chooser } from './random.ts'

type Mutation = (random: Chooser, original: Uint8Array, module: WasmModule) => Uint8Array

const INTERESTING = [
  0x00, 0x01, 0x02, 0x40, 0x7f, 0x80, 0x8f, 0xff, 0x0b, 0x05, 0x0e, 0x10, 0x41, 0x63, 0x64, 0xfb, 0xfc, 0xfd, 0xfe,
]

function splice(original: Uint8Array, at: number, remove: number, insert: readonly number[] | Uint8Array = []): Uint8Array {
  return Uint8Array.from([...original.subarray(0, at), ...insert, ...original.subarray(at + remove)])
}

/** A position behind the header: damage to the header itself says little. */
function position(random: Chooser, original: Uint8Array): number {
  return 8 + random.below(Math.max(1, original.length - 8))
}

/** Reads a section's size, to be written again after its payload has changed. */
function withSectionSizes(
  original: Uint8Array,
  module: WasmModule,
  at: number,
  edited: (payload: Uint8Array, at: number) => Uint8Array,
) {
  const section = module.sections.find((entry) => at >= entry.payloadOffset && at < entry.payloadOffset + entry.payloadSize)
  if (!section) return original
  const payload = original.subarray(section.payloadOffset, section.payloadOffset + section.payloadSize)
  const changed = edited(payload, at - section.payloadOffset)
  const size = leb128.encodeUnsigned(changed.length)
  return splice(original, section.offset + 1, section.size - 1, [...size, ...changed])
}

/** The same, one level deeper: inside a function body whose size is kept true as well, so that the damage is seen by the decoder. */
function inBody(random: Chooser, original: Uint8Array, module: WasmModule, edited: (code: Uint8Array, at: number) => Uint8Array) {
  if (module.bodies.length === 0) return original
  const body = random.pick(module.bodies)
  const at = random.below(body.size)
  const changed = edited(original.subarray(body.offset, body.offset + body.size), at)
  const sizeBytes = leb128.encodeUnsigned(body.size).length
  const rewritten = [...leb128.encodeUnsigned(changed.length), ...changed]
  return withSectionSizes(original, module, body.offset, (payload, inPayload) =>
    splice(payload, inPayload - sizeBytes, sizeBytes + body.size, rewritten),
  )
}

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'flip a bit': (random, original) => {
    const at = position(random, original)
    return splice(original, at, 1, [original[at]! ^ (1 << random.below(8))])
  },
  'set a byte': (random, original) => splice(original, position(random, original), 1, [random.pick(INTERESTING)]),
  'any byte': (random, original) => splice(original, position(random, original), 1, [random.below(256)]),
  'insert a byte': (random, original) => splice(original, position(random, original), 0, [random.pick(INTERESTING)]),
  'delete a byte': (random, original) => splice(original, position(random, original), 1),
  truncate: (random, original) => original.slice(0, random.below(original.length)),
  'duplicate bytes': (random, original) => {
    const at = position(random, original)
    return splice(original, at, 0, original.subarray(at, at + 1 + random.below(8)))
  },
  'insert in a section': (random, original, module) =>
    withSectionSizes(original, module, position(random, original), (payload, at) =>
      splice(payload, at, 0, [random.pick(INTERESTING)]),
    ),
  'delete in a section': (random, original, module) =>
    withSectionSizes(original, module, position(random, original), (payload, at) => splice(payload, at, 1)),
  'set in a body': (random, original, module) =>
    inBody(random, original, module, (code, at) => splice(code, at, 1, [random.below(256)])),
  'insert in a body': (random, original, module) =>
    inBody(random, original, module, (code, at) => splice(code, at, 0, [random.pick(INTERESTING), random.below(256)])),
  'delete in a body': (random, original, module) => inBody(random, original, module, (code, at) => splice(code, at, 1)),
  'pad an integer': (random, original, module) =>
    withSectionSizes(original, module, position(random, original), (payload, at) => padInteger(random, payload, at)),
  'pad an integer in a body': (random, original, module) =>
    inBody(random, original, module, (code, at) => padInteger(random, code, at)),
  'pad a section size': (random, original, module) => {
    if (module.sections.length === 0) return original
    const section = random.pick(module.sections)
    const size = leb128.encodeUnsigned(section.payloadSize)
    const padded = leb128.padLeb128(size, size.length + random.below(6 - size.length), false)
    return splice(original, section.offset + 1, section.payloadOffset - section.offset - 1, padded)
  },
  'swap sections': (random, original, module) => reorder(random, original, module),
  'repeat a section': (random, original, module) => {
    if (module.sections.length === 0) return original
    const section = random.pick(module.sections)
    const bytes = original.subarray(section.offset, section.offset + section.size)
    return splice(original, random.pick(module.sections).offset, 0, bytes)
  },
  'drop a section': (random, original, module) => {
    if (module.sections.length === 0) return original
    const section = random.pick(module.sections)
    return splice(original, section.offset, section.size)
  },
  'add a custom section': (random, original, module) => {
    const at = module.sections.length === 0 ? 8 : random.pick(module.sections).offset
    const name = random.pick([[0], [1, 0x61], [1, 0xff], [4, 0x6e, 0x61, 0x6d, 0x65], [3, 0xe2, 0x82, 0xac], [9, 0x61]])
    return splice(original, at, 0, [0, name.length + 1, ...name, random.below(256)])
  },
}

/** Takes one LEB128 integer, if one starts here, and writes it with redundant or illegal bytes. */
function padInteger(random: Chooser, bytes: Uint8Array, at: number): Uint8Array {
  const cursor = new ByteCursor(bytes, at)
  try {
    leb128.readU32(cursor)
  } catch {
    return bytes
  }
  const length = cursor.position - at
  const encoded = bytes.subarray(at, cursor.position)
  const signed = random.below(2) === 1
  const replacement =
    length <= 5 && random.below(4) === 0
      ? leb128.withUnusedBits(encoded, 32, signed)
      : leb128.padLeb128(encoded, length + random.below(7), signed)
  return splice(bytes, at, length, replacement)
}

function reorder(random: Chooser, original: Uint8Array, module: WasmModule): Uint8Array {
  if (module.sections.length < 2) return original
  const order = module.sections.map((section) => original.subarray(section.offset, section.offset + section.size))
  const first = random.below(order.length)
  const second = random.below(order.length)
  ;[order[first], order[second]] = [order[second]!, order[first]!]
  return Uint8Array.from([...original.subarray(0, 8), ...order.flatMap((part) => [...part])])
}

/** One to three mutations of a well-formed module. */
export function mutate(random: Chooser, original: Uint8Array): { bytes: Uint8Array; how: string } {
  const how: string[] = []
  let bytes = original
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0; left--) {
    const name = random.pick(Object.keys(MUTATIONS))
    let module: WasmModule
    try {
      module = readModule(bytes)
    } catch {
      break
    }
    bytes = MUTATIONS[name]!(random, bytes, module)
    how.push(name)
  }
  return { bytes, how: how.join(', ') }
}
