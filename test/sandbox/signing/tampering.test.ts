// No byte of a signed module can be changed, left out, added or moved: what is still verified is byte for byte what was signed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { signModule } from '../../../src/sandbox/signing/sign.ts'
import type { Trust } from '../../../src/sandbox/signing/trust.ts'
import { verifySignatures } from '../../../src/sandbox/signing/verify.ts'
import { MalformedModule, readModule } from '../../../src/wasm/index.ts'
import { fixture, keyOf, MODULE, trust as trustInput } from './support.ts'

const one = signModule(MODULE, keyOf('a')).bytes
const two = signModule(one, keyOf('b')).bytes
const split = signModule(fixture('split.wasm'), keyOf('a')).bytes
const trust = (required: number, names: string): Trust => resolvePolicy({ signatures: trustInput(required, names) }).signatures!
/** As the sandbox asks, with the policy resolved once. */
function problem(bytes: Uint8Array, keys: Trust): string | null {
  try {
    return verifySignatures(bytes, keys).problem
  } catch (error) {
    if (error instanceof MalformedModule) return 'malformed'
    throw error
  }
}
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const ofA = trust(1, 'a')
const ofBoth = trust(2, 'ab')

/** Behind the header and the signature section. */
const contents = (bytes: Uint8Array) => {
  const [first] = readModule(bytes).sections
  return hex(bytes.subarray(first!.offset + first!.size))
}

describe.each([
  ['signed by one', one, ofA, Array.from({ length: 255 }, (_, index) => index + 1)],
  // Single bits: the rest was tried with one signature.
  ['signed by two, who are both required', two, ofBoth, [1, 2, 4, 8, 16, 32, 64, 128]],
])('a module %s', (_, module, keys, differences) => {
  it('is verified as it is', () => {
    expect(problem(module, keys)).toBeNull()
  })

  it('is not verified with any one byte changed to another value', { timeout: 60_000 }, () => {
    for (let at = 0; at < module.length; at++) {
      const changed = new Uint8Array(module)
      for (const xor of differences) {
        changed[at] = module[at]! ^ xor
        if (problem(changed, keys) === null) expect.fail(`byte ${at} was changed by ${xor}`)
      }
    }
  })

  it('is not verified when it is cut anywhere, at either end', () => {
    for (let size = 0; size < module.length; size++) {
      expect(problem(module.subarray(0, size), keys), `${size}`).not.toBeNull()
      expect(problem(module.subarray(module.length - size), keys), `${size}`).not.toBeNull()
    }
  })

  it('is not verified with any byte left out, doubled or added', () => {
    for (let at = 0; at <= module.length; at++) {
      const [before, after] = [module.subarray(0, at), module.subarray(at)]
      if (after.length > 0) expect(problem(Buffer.concat([before, after.subarray(1)]), keys), `without ${at}`).not.toBeNull()
      for (const value of [0, 1, 0x40, 0x80, 0xff, module[at] ?? 0])
        expect(problem(Buffer.concat([before, Uint8Array.of(value), after]), keys), `${value} at ${at}`).not.toBeNull()
    }
  })
})

describe('a module of which one of two signers is required', () => {
  const keys = trust(1, 'ab')

  it('is verified with a byte changed only if all that is executed is as it was signed', { timeout: 60_000 }, () => {
    for (let at = 0; at < two.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const changed = new Uint8Array(two)
        changed[at] = two[at]! ^ (1 << bit)
        if (problem(changed, keys) === null) expect(contents(changed), `byte ${at}`).toBe(contents(two))
      }
  })
})

describe('sections', () => {
  const sectionsOf = (bytes: Uint8Array) =>
    readModule(bytes).sections.map(({ offset, size }) => bytes.subarray(offset, offset + size))
  const header = MODULE.subarray(0, 8)

  it.each([
    ['one part', one],
    ['two parts', split],
  ])('of a module in %s cannot be moved, repeated or left out', (_, module) => {
    const original = sectionsOf(module)
    expect(problem(Buffer.concat([header, ...original]), ofA)).toBeNull()
    fc.assert(
      fc.property(fc.array(fc.nat(original.length - 1), { maxLength: original.length + 2 }), (order) => {
        fc.pre(!(order.length === original.length && order.every((index, at) => index === at)))
        expect(problem(Buffer.concat([header, ...order.map((index) => original[index]!)]), ofA)).not.toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  it('of one signed module cannot stand in another', () => {
    const [stolen] = sectionsOf(one)
    const [, ...others] = sectionsOf(split)
    expect(problem(Buffer.concat([header, stolen!, ...others]), ofA)).toBe('signature-invalid')
  })
})

describe('bytes of any kind', () => {
  it('are answered, and verified only if they are what was signed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(two.length), fc.nat(two.length), (noise, from, length) => {
        const spliced = Buffer.concat([two.subarray(0, from), noise, two.subarray(from + length)])
        if (problem(spliced, ofBoth) === null) expect(hex(spliced)).toBe(hex(two))
      }),
      { numRuns: 3000 },
    )
  })
})
