// The watchdog: what the kernel says about a process, and which limit that exceeds.
import { describe, expect, it } from 'vitest'
import { type Exceeded, type Sample, sampleProcess, Watch } from '../../../src/sandbox/isolation/watch.ts'

const never = { wallClockMs: 2 ** 30, cpuMs: 2 ** 30, residentBytes: 2 ** 40 }

/** A watch that is looked at by hand. */
function watching(limits: Partial<typeof never>, samples: (Sample | null)[]) {
  const exceeded: Exceeded[] = []
  const watch = new Watch(
    { ...never, ...limits },
    () => (samples.length > 1 ? samples.shift()! : samples[0]!),
    (what) => exceeded.push(what),
  )
  return { watch, exceeded }
}

describe.runIf(process.platform === 'linux')('sampleProcess', () => {
  it('sees this process grow and work', () => {
    const before = sampleProcess(process.pid)!
    const block = Buffer.alloc(64 * 2 ** 20, 1)
    const until = process.cpuUsage().user + 100_000
    while (process.cpuUsage().user < until) block[0]!++
    const after = sampleProcess(process.pid)!
    expect(after.cpuMs - before.cpuMs).toBeGreaterThanOrEqual(50)
    expect(after.residentBytes - before.residentBytes).toBeGreaterThan(32 * 2 ** 20)
    expect(Math.abs(after.residentBytes - process.memoryUsage.rss())).toBeLessThan(32 * 2 ** 20)
  })

  it('sees nothing of a process that is not there', () => {
    expect(sampleProcess(2 ** 31 - 1)).toBeNull()
  })
})

describe('Watch', () => {
  it('counts CPU time from where it was', () => {
    const { watch, exceeded } = watching({ cpuMs: 50 }, [
      { cpuMs: 1000, residentBytes: 10 },
      { cpuMs: 1050, residentBytes: 30 },
      { cpuMs: 1051, residentBytes: 20 },
    ])
    watch.look()
    expect([watch.cpuMs, exceeded]).toEqual([50, []])
    watch.look()
    expect([watch.cpuMs, exceeded, watch.peakResidentBytes]).toEqual([51, [{ kind: 'cpu-limit' }], 30])
    watch.stop()
  })

  it('compares resident memory with its limit, and says how much it was', () => {
    const { watch, exceeded } = watching({ residentBytes: 100 }, [
      { cpuMs: 0, residentBytes: 0 },
      { cpuMs: 0, residentBytes: 100 },
      { cpuMs: 0, residentBytes: 101 },
    ])
    watch.look()
    expect(exceeded).toEqual([])
    watch.look()
    expect(exceeded).toEqual([{ kind: 'memory-limit', actualBytes: 101 }])
    watch.stop()
  })

  it('makes nothing of a process that is gone', () => {
    const { watch, exceeded } = watching({ cpuMs: 1, residentBytes: 1 }, [null])
    watch.look()
    expect([watch.cpuMs, watch.peakResidentBytes, exceeded]).toEqual([0, 0, []])
    watch.stop()
  })

  it('never counts less than nothing', () => {
    const { watch } = watching({}, [
      { cpuMs: 100, residentBytes: 1 },
      { cpuMs: 40, residentBytes: 1 },
    ])
    watch.look()
    expect(watch.cpuMs).toBe(0)
    watch.stop()
  })

  it('reports the wall clock by itself, and looks by itself', async () => {
    const what = await new Promise<Exceeded[]>((resolve) => {
      const seen: Exceeded[] = []
      const report = (exceeded: Exceeded) => {
        seen.push(exceeded)
        if (new Set(seen.map((one) => one.kind)).size < 2) return
        watch.stop()
        resolve(seen)
      }
      let cpuMs = 0
      const watch = new Watch(
        { ...never, wallClockMs: 100, cpuMs: 10 },
        () => ({ cpuMs: cpuMs++ * 20, residentBytes: 0 }),
        report,
      )
    })
    expect(what.map((one) => one.kind)).toEqual(expect.arrayContaining(['cpu-limit', 'wall-clock-limit']))
  })

  it('is silent once it is stopped', async () => {
    const { watch, exceeded } = watching({ wallClockMs: 30, cpuMs: 0 }, [
      { cpuMs: 0, residentBytes: 0 },
      { cpuMs: 999, residentBytes: 0 },
    ])
    watch.stop()
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(exceeded).toEqual([])
  })
})
