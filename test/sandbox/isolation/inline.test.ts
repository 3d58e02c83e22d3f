// Inline isolation: the same guest in the caller's own thread.
import { describe, expect, it } from 'vitest'
import { Inline } from '../../../src/sandbox/isolation/inline.ts'
import { Output } from '../../../src/sandbox/isolation/output.ts'
import { brokerWith } from '../support/brokers.ts'
import { IMPORTS, prepared, printing } from '../support/guests.ts'

describe('Inline', () => {
  it('gives output and usage for each activation by itself', async () => {
    const { spec, bytes } = prepared(printing('abc'))
    const housing = new Inline(100, brokerWith())
    const loaded = await housing.load(spec, bytes)
    expect(loaded).toMatchObject({ ending: { kind: 'returned' }, memoryBytes: 65_536, hostCalls: 0, peakResidentBytes: 0 })
    for (const calls of [1, 2]) {
      const called = await housing.call('_start', [])
      expect([Buffer.from(called.stdout).toString(), called.hostCalls, called.stderr.length]).toEqual(['abc', calls, 0])
      expect(called.cpuMs).toBeGreaterThanOrEqual(0)
    }
  })

  it('has no guest before the load and after the end', async () => {
    const housing = new Inline(100, brokerWith())
    await expect(housing.call('_start', [])).rejects.toThrow('before it was loaded')
    const { spec, bytes } = prepared(printing('abc'))
    await housing.load(spec, bytes)
    await housing.end()
    await housing.end()
    await expect(housing.call('_start', [])).rejects.toThrow('before it was loaded')
  })

  it('stops a guest at its next host call once it has been ended', async () => {
    const housing = new Inline(100, brokerWith())
    await housing.end()
    const { spec, bytes } = prepared(`(module ${IMPORTS.yield} (func $s (drop (call $yield))) (start $s))`)
    expect((await housing.load(spec, bytes)).ending).toEqual({ kind: 'terminated' })
  })

  it('hands over the events of an activation once', async () => {
    const { spec, bytes } = prepared(printing('x', '(call $exit (i32.const 0))'))
    const housing = new Inline(100, brokerWith())
    await housing.load(spec, bytes)
    expect((await housing.call('_start', [])).events).toEqual([])
    expect((await housing.call('_start', [])).events).toHaveLength(1)
  })
})

describe('Output', () => {
  it('keeps both streams apart and counts them together', () => {
    const output = new Output(5)
    expect(output.add('stdout', Uint8Array.of(1, 2))).toBe(true)
    expect(output.add('stderr', Uint8Array.of(3, 4, 5))).toBe(true)
    expect(output.add('stdout', new Uint8Array(0))).toBe(true)
    expect(output.add('stdout', Uint8Array.of(6))).toBe(false)
    expect(output.take()).toEqual({ stdout: Uint8Array.of(1, 2), stderr: Uint8Array.of(3, 4, 5) })
  })

  it('is whole and takes hardly more room than its bytes, in whatever pieces it comes', () => {
    const output = new Output(2 ** 20)
    const before = process.memoryUsage()
    for (let i = 0; i < 2 ** 18; i++) output.add(i % 2 === 0 ? 'stdout' : 'stderr', Uint8Array.of((i >> 1) % 251))
    const after = process.memoryUsage()
    const kept = after.heapUsed + after.external - before.heapUsed - before.external
    const taken = output.take()
    const expected = Uint8Array.from({ length: 2 ** 17 }, (_, i) => i % 251)
    for (const stream of [taken.stdout, taken.stderr]) expect(Buffer.compare(stream, expected)).toBe(0)
    // Kept piece by piece it would be 70 MB; the rest is what is not collected yet.
    expect(kept).toBeLessThan(40 * 2 ** 20)
  })

  it('goes on counting after it was taken', () => {
    const output = new Output(2)
    output.add('stdout', Uint8Array.of(1, 2))
    output.take()
    expect(output.add('stderr', Uint8Array.of(3))).toBe(false)
    expect(output.take()).toEqual({ stdout: new Uint8Array(0), stderr: new Uint8Array(0) })
  })
})
