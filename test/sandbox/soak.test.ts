// Good and hostile guests mixed, one after the other and several at a time: each ends as its module must, and nothing is left behind.
import { describe, expect, it } from 'vitest'
import { soak } from '../../bench/soak.ts'

const MiB = 2 ** 20

describe.runIf(process.platform === 'linux')('after 300 mixed executions', () => {
  it('there are no more descriptors, threads, processes and memory than before', { timeout: 600_000 }, async () => {
    const { before, after, wrong } = await soak(300, { warmUp: 100, concurrency: 2 })
    expect(wrong).toEqual([])
    // Jails that are kept for the next guest come and go with the load: each takes eight descriptors.
    expect(after.processes).toBeLessThanOrEqual(2)
    expect(after.descriptors - before.descriptors).toBeLessThanOrEqual(8 * Math.max(0, after.processes - before.processes))
    expect(after.threads).toBe(before.threads)
    expect(after.residentBytes - before.residentBytes).toBeLessThan(48 * MiB)
    expect(after.jailBytes).toBeLessThan(after.processes * 200 * MiB + 1)
  })
})
