// Guests that do not want to end: each is ended by its limit, and its thread or process is verifiably gone when the result is there.
import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox, type PolicyInput } from '../../src/sandbox/index.ts'
import { sampleProcess } from '../../src/sandbox/isolation/watch.ts'
import { alive } from './support/fake-jails.ts'
import { ENDLESS_LIST, IMPORTS, printing, SPIN } from './support/guests.ts'
import { jailPids } from './support/jail-pids.ts'
import { wat } from './support/wat.ts'

const sandbox = createSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

const loop = (memory: string, code: string) => `(module ${memory} (func (export "_start") (loop ${code} (br 0))))`
const TABLE = '(table 1000000 funcref)'
const CASES: readonly (readonly [string, string])[] = [
  ['an empty loop', SPIN],
  ['64 MiB memory.fill', loop('(memory 1024)', '(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x4000000))')],
  ['64 MiB memory.copy', loop('(memory 1025)', '(memory.copy (i32.const 0) (i32.const 65536) (i32.const 0x4000000))')],
  ['table.fill', loop(TABLE, '(table.fill 0 (i32.const 0) (ref.null func) (i32.const 1000000))')],
  ['table.copy', loop(TABLE, '(table.copy (i32.const 0) (i32.const 1) (i32.const 999999))')],
  ['a loop of host calls', `(module ${IMPORTS.yield} (func (export "_start") (loop (drop (call $yield)) (br 0))))`],
  [
    'a loop of random_get',
    `(module ${IMPORTS.random} (memory 1024) (func (export "_start") (loop (drop (call $random (i32.const 0) (i32.const 0x4000000))) (br 0))))`,
  ],
  ['a loop of memory.grow', loop('(memory 1)', '(drop (memory.grow (i32.const 1)))')],
  [
    'a loop that catches everything',
    '(module (tag $t) (func (export "_start") (loop (try (do (throw $t)) (catch_all)) (br 0))))',
  ],
  ['a recursion that catches its end', '(module (func $f (export "_start") (loop (call $f) (br 0))))'],
  ['a start function', '(module (func $s (loop (br 0))) (start $s) (func (export "_start")))'],
]

describe('wall clock', () => {
  it.each(CASES)('ends %s', async (_, text) => {
    const before = jailPids()
    const result = await sandbox.execute(wat(text), { quotas: { wallClockMs: 100 } })
    if (text.includes('call $f')) {
      // The stack's end is a trap, which nothing catches.
      expect(result).toMatchObject({ outcome: 'trapped', trap: 'stack-overflow' })
      return
    }
    expect(result.outcome).toBe('wall-clock-limit')
    const killed = result.securityEvents.find((event) => event.type === 'guest-killed')
    expect(killed).toMatchObject({ step: expect.stringMatching(/^(terminate|sigkill)$/) })
    expect(result.securityEvents).toContainEqual(expect.objectContaining({ type: 'cpu-limit', clock: 'wall', limitMs: 100 }))
    if (process.platform !== 'linux') return
    // Terminated: the jail is there and idle, its thread no longer burns the machine. Killed: the jail is gone.
    const jails = jailPids()
    if (killed?.type === 'guest-killed' && killed.step === 'sigkill') expect(before.filter(alive)).toEqual([])
    for (const pid of jails) await quiet(pid)
  })
})

/** Waits until a process uses no CPU time for a while; a thread that still loops would use all of it, for ever. */
async function quiet(pid: number): Promise<void> {
  let last = Number.NaN
  for (;;) {
    const now = sampleProcess(pid)?.cpuMs ?? 0
    if (now === last) return
    last = now
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe('other limits', () => {
  const run = (text: string | Uint8Array, policy: PolicyInput, entry = '_start') =>
    sandbox.execute(typeof text === 'string' ? wat(text) : text, policy, { entry })

  it.runIf(process.platform === 'linux')('CPU time', async () => {
    const result = await run(SPIN, { quotas: { cpuMs: 100 } })
    expect(result.outcome).toBe('cpu-limit')
    expect(result.resourceUsage.cpuMs).toBeGreaterThan(100)
    expect(result.securityEvents).toContainEqual(expect.objectContaining({ type: 'cpu-limit', clock: 'cpu', limitMs: 100 }))
  })

  it.runIf(process.platform === 'linux')('memory of the engine that no quota of the guest’s own counts', async () => {
    const tight: PolicyInput = { extends: 'relaxed', quotas: { memoryBytes: 0, tableElements: 0, residentBytes: '200MiB' } }
    const result = await run(ENDLESS_LIST, tight, 'f')
    expect(result.outcome).toBe('memory-limit')
    expect(result.securityEvents).toContainEqual(expect.objectContaining({ type: 'memory-limit', limitBytes: 200 * 2 ** 20 }))
    expect(result.resourceUsage.peakResidentBytes).toBeGreaterThan(200 * 2 ** 20)
    expect((await run('(module (func (export "_start")))', tight)).outcome).toBe('completed')
  })

  it('linear memory within its quota is no reason to end a guest', async () => {
    const fill =
      '(module (memory 1) (func (export "_start") (drop (memory.grow (i32.const 1023))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x4000000))))'
    const result = await run(fill, { quotas: { memoryBytes: '64MiB', residentBytes: '256MiB' } })
    expect([result.outcome, result.resourceUsage.memoryBytes]).toEqual(['completed', 64 * 2 ** 20])
  })

  it('output, in a loop that catches everything', async () => {
    const result = await run(printing('12345678', '(loop (try (do (call $print)) (catch_all)) (br 0))'), {
      quotas: { outputBytes: 100_001 },
    })
    expect([result.outcome, result.stdout.length]).toEqual(['output-limit', 100_001])
    expect(result.securityEvents).toContainEqual(expect.objectContaining({ type: 'output-limit', limitBytes: 100_001 }))
  })
})
