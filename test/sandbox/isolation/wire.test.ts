// Values and the load request survive the channel exactly.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeLoad, encodeLoad, fromWire, toWire } from '../../../src/sandbox/isolation/wire.ts'
import { GRANTS } from '../support/calls.ts'

describe('toWire and fromWire', () => {
  const cross = (value: number | bigint) => fromWire(JSON.parse(JSON.stringify(toWire(value))))

  it.each([
    0,
    -0,
    1,
    -1,
    0.1,
    -(2 ** 31),
    2 ** 32 - 1,
    2 ** 53 + 2,
    1e21,
    -1.5e-7,
    Number.MIN_VALUE,
    -Number.MAX_VALUE,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0n,
    -1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ])('%s', (value) => {
    expect(Object.is(cross(value), value)).toBe(true)
  })

  it('every double and every i64', () => {
    fc.assert(
      fc.property(fc.double(), (value) => Object.is(cross(value), value)),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => cross(value) === value))
  })

  it('an i64 is one of 64 bits, whatever was sent', () => {
    expect(fromWire(['i', (2n ** 64n + 5n).toString()])).toBe(5n)
    expect(() => fromWire(['i', '1.5'])).toThrow(SyntaxError)
  })
})

describe('encodeLoad and decodeLoad', () => {
  const spec = {
    imports: [{ module: 'wasi_snapshot_preview1', name: 'fd_write' }],
    memoryExport: '$gauntlet.memory',
    startExport: null,
    functions: ['_start', '__proto__', 'é\u2028'],
    grants: GRANTS,
  }

  const bare = { spec: { ...spec, moduleId: 'm' }, first: { initialize: false, call: null }, forget: [] }

  it('keep module, input and everything else apart', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ maxLength: 50 }), (module, stdin) => {
        const sent = { ...spec, grants: { ...GRANTS, stdin } }
        // Inside a larger buffer, as a frame's payload may be.
        const first = { initialize: true, call: { name: '__proto__', values: [-0, 2n ** 63n] } }
        const load = { spec: sent, module: new Uint8Array(module), first, forget: ['a', 'b'] }
        const encoded = new Uint8Array([...new Uint8Array(7), ...encodeLoad(load)]).subarray(7)
        const back = decodeLoad(encoded)
        expect([...(back.module ?? [])]).toEqual([...module])
        expect([back.spec, back.forget]).toEqual([sent, ['a', 'b']])
        expect(back.first).toEqual({ ...first, call: { name: '__proto__', values: [-0, -(2n ** 63n)] } })
      }),
    )
  })

  it('gives arrays of their own', () => {
    const payload = encodeLoad({ ...bare, module: Uint8Array.of(1) })
    const back = decodeLoad(payload)
    payload.fill(0)
    expect([back.module?.[0], back.spec.grants.stdin[0]]).toEqual([1, 48])
  })

  it('say that the jail has the module already', () => {
    const back = decodeLoad(encodeLoad({ ...bare, module: null }))
    expect([back.module, back.spec.moduleId, back.first]).toEqual([null, 'm', { initialize: false, call: null }])
  })
})
