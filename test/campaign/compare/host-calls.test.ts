// Sequences of calls of what a host offers: modules that an engine takes, the same for a seed, and others for others.
import { describe, expect, it } from 'vitest'
import { hostCallGenerator } from '../../../src/campaign/compare/host-calls.ts'
import type { OfferedFunction } from '../../../src/targets/target.ts'

const OFFERS: readonly OfferedFunction[] = [
  { module: 'host', name: 'make', parameters: ['i64'], results: ['i64'], role: 'allocate' },
  { module: 'host', name: 'put', parameters: ['i64', 'i32'], results: [], role: 'store-byte' },
  { module: 'host', name: 'get', parameters: ['i64', 'f64'], results: ['i32'] },
]
const generator = hostCallGenerator(OFFERS)
const seeds = Array.from({ length: 40 }, (_, index) => index * 7919)

describe('hostCallGenerator', () => {
  it('makes modules that are valid and import what is offered, as do their twins', async () => {
    for (const seed of seeds) {
      const { bytes, twin } = await generator.generate(seed)
      for (const each of [bytes, twin.bytes]) {
        const module = new WebAssembly.Module(Uint8Array.from(each))
        expect(WebAssembly.Module.imports(module).map(({ name }) => name)).toEqual(['make', 'put', 'get'])
      }
    }
  })
  it('gives the same bytes for a seed, and others for others', async () => {
    const again = hostCallGenerator(OFFERS)
    const made = await Promise.all(seeds.map(async (seed) => Buffer.from((await generator.generate(seed)).bytes).toString('hex')))
    expect(Buffer.from((await again.generate(seeds[3]!)).bytes).toString('hex')).toBe(made[3])
    expect(new Set(made).size).toBeGreaterThan(30)
  })
  it('really makes the calls, and its twin none, with texts where the host keeps them', async () => {
    const texts = new Set<string>()
    let calls = 0
    for (const seed of seeds) {
      const { bytes, twin } = await generator.generate(seed)
      let written = ''
      const host = {
        make: () => 0n,
        put: (_at: bigint, byte: number) => {
          written += String.fromCharCode(byte & 0xff)
        },
        get: () => ++calls,
      }
      const instance = await WebAssembly.instantiate(Uint8Array.from(bytes), { host })
      ;(instance.instance.exports['run'] as () => void)()
      texts.add(written)
      const before = calls
      const other = await WebAssembly.instantiate(Uint8Array.from(twin.bytes), { host })
      ;(other.instance.exports['run'] as () => void)()
      expect(calls).toBe(before)
    }
    expect(calls).toBeGreaterThan(10)
    expect([...texts].some((text) => text.includes('constructor'))).toBe(true)
  })
})
