// What metering costs admission: it has an end, whatever a module's code is. Counted, not timed.
import { describe, expect, it } from 'vitest'
import { Steps } from '../../../src/sandbox/metering/check-decode.ts'
import { meter } from '../../../src/sandbox/metering/meter.ts'
import { FIXED } from '../../../src/sandbox/policy/limits/fixed.ts'
import { readModule, writer as w } from '../../../src/wasm/index.ts'
import { meteringOf, proofOf, rewritten } from './support/metered.ts'

/** Functions of so many instructions each, the last of which is `end`. */
function ofNops(instructions: number, functions = 1): Uint8Array {
  const body = w.body(w.bytes(new Uint8Array(instructions - 1).fill(1), w.END))
  return w.moduleOf(
    w.typeSection(w.functionType()),
    w.functionSection(...new Array<number>(functions).fill(0)),
    w.codeSection(...new Array<Uint8Array>(functions).fill(body)),
  )
}

const meterOf = (bytes: Uint8Array) => {
  const module = readModule(bytes)
  return meter(bytes, module, meteringOf(module))
}

describe('a function with very many instructions', () => {
  const { limit } = FIXED.functionInstructions

  it('is metered and proven up to the limit', () => {
    const bytes = ofNops(limit)
    expect(proofOf(bytes, rewritten(bytes))).toMatchObject({ functions: 1, charges: 1 })
  })

  it('is refused with one more', () => {
    expect(() => meterOf(ofNops(limit + 1))).toThrow(
      expect.objectContaining({ code: 'metering-unsupported', message: expect.stringContaining('too many instructions') }),
    )
  })

  it('is held by the checker a window at a time', () => {
    const bytes = ofNops(1000)
    const steps = new Steps(bytes, readModule(bytes), 0)
    const first = steps.at(0)
    for (let at = 0; at < 1000; at++) expect(steps.at(at)?.key).toBe(at === 999 ? 0x0b : 0x01)
    expect(steps.at(1000)).toBeUndefined()
    expect(steps.at(960)).toBe(first)
    expect(() => steps.at(0)).toThrow(RangeError)
  })
})

it('a module whose functions have too many instructions together is refused', () => {
  const functions = FIXED.meteredInstructions.limit / FIXED.functionInstructions.limit
  expect(() => meterOf(ofNops(FIXED.functionInstructions.limit, functions + 1))).toThrow(
    expect.objectContaining({ code: 'metering-unsupported', message: expect.stringContaining('too many instructions') }),
  )
})
