// Good and hostile guests mixed, one after the other and several at a time: each ends as its module must, and nothing is left behind.
import { describe, expect, it } from 'vitest'
import { grew, soak } from '../../bench/soak.ts'

const MiB = 2 ** 20

describe.runIf(process.platform === 'linux')('after 300 mixed executions', () => {
  it('there are no more descriptors, threads, processes and memory than before', { timeout: 600_000 }, async () => {
    const result = await soak(300, { warmUp: 100, concurrency: 2 })
    expect(result.wrong).toEqual([])
    expect(grew(result)).toEqual([])
    expect(result.after.jailBytes).toBeLessThan(result.after.processes * 200 * MiB + 1)
  })

  it('would be told if there were', () => {
    const before = { residentBytes: 50 * MiB, descriptors: 40, threads: 11, processes: 2, jailBytes: 0 }
    const after = { residentBytes: 90 * MiB, descriptors: 49, threads: 12, processes: 3, jailBytes: 0 }
    const result = { before, after, maxJails: 2, executions: 1, perSecond: 1, wrong: [] }
    expect(grew(result)).toEqual(['descriptors', 'threads', 'processes', 'residentBytes'])
    expect(grew({ ...result, after: { ...after, threads: 11, descriptors: 48 }, maxJails: 3 })).toEqual(['residentBytes'])
  })
})
