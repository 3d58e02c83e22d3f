// A canary on a share of the runs: compared by a rule, promoted or rolled back with the reason, and at once where something grave happened.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../../src/sandbox/events.ts'
import { isCanaryRun } from '../../../src/sandbox/probes/assignment.ts'
import type { ProbeEvent } from '../../../src/sandbox/probes/probe-events.ts'
import { ProbeRunner, type SwapOptions } from '../../../src/sandbox/probes/runner.ts'
import type { ExecutionResult } from '../../../src/sandbox/result.ts'
import { FakeSandbox, failing, HandClock, hashOf, outcome, probeModule, settle } from '../support/probes.ts'

const OLD = probeModule({ version: '1.0.0' })
const NEW = probeModule({ version: '2.0.0' })
const [OLD_HASH, NEW_HASH] = [OLD, NEW].map(hashOf) as [string, string]

let clock: HandClock
let sandbox: FakeSandbox
let runner: ProbeRunner
let events: ProbeEvent[]
/** What a run of the new version comes to. */
let end: () => ExecutionResult | Error
beforeEach(async () => {
  clock = new HandClock()
  sandbox = new FakeSandbox()
  end = () => outcome()
  sandbox.answer = (sha256) => (sha256 === NEW_HASH ? end() : outcome())
  runner = new ProbeRunner(sandbox, { clock, random: () => 0 })
  events = []
  await runner.add({ id: 'p', module: OLD, schedule: { everyMs: 100 } })
  runner.start('p')
  await runs(1)
  runner.subscribe((event) => events.push(event))
})
afterEach(() => runner[Symbol.asyncDispose]())

async function runs(count: number) {
  for (let at = 0; at < count; at++) {
    clock.turn(100)
    await settle()
  }
}
/** @returns hashes of the versions that had the runs since */
async function tried(count: number, canary: Partial<NonNullable<SwapOptions['canary']>> = {}) {
  expect(await runner.swap('p', NEW, { canary: { share: 0.5, minRuns: 5, ...canary } })).toMatchObject({ state: 'canary' })
  const before = sandbox.calls.length
  await runs(count)
  return sandbox.ran.slice(before)
}
const versions = () => {
  const { active, previous, replacement } = runner.status('p')
  return [active?.version, previous?.version ?? null, replacement?.state ?? 'none']
}
const lastReason = () => runner.status('p').decisions.at(-1)!.because

const event = (severity: SecurityEvent['severity']): SecurityEvent => ({
  type: 'syscall-blocked',
  severity,
  time: 0,
  message: 'It tried.',
  hostCall: 'random_get',
  capability: null,
})

describe('a canary', () => {
  it('has exactly its share of the runs, and those that anyone can work out', async () => {
    const first = runner.status('p').nextRun
    const ran = await tried(100, { share: 0.2, minRuns: 100 })
    expect(ran.filter((hash) => hash === NEW_HASH)).toHaveLength(20)
    expect(ran).toEqual(ran.map((_, index) => (isCanaryRun(NEW_HASH, index, 0.2) ? NEW_HASH : OLD_HASH)))
    expect(first).toBe(3)
  })

  it('is promoted by the rule, and has all runs from then on', async () => {
    await tried(10)
    expect(versions()).toEqual(['2.0.0', '1.0.0', 'none'])
    expect(lastReason()).toBe('The rule is met after 5 runs, of which 0 failed.')
    const before = sandbox.calls.length
    await runs(5)
    expect(sandbox.ran.slice(before)).toEqual(Array(5).fill(NEW_HASH))
    expect(events.filter(({ type }) => type === 'activated')).toMatchObject([
      { version: { version: '2.0.0' }, previous: { version: '1.0.0' } },
    ])
  })

  it('that always traps is rolled back after its first run, and the old version has all runs again', async () => {
    end = failing
    const ran = await tried(20)
    expect(ran.filter((hash) => hash === NEW_HASH)).toHaveLength(1)
    expect(versions()).toEqual(['1.0.0', null, 'none'])
    expect(lastReason()).toMatch(/1 of 1 runs failed/)
  })

  it('that fails within what is allowed is promoted', async () => {
    const ends = [failing()]
    end = () => ends.pop() ?? outcome()
    await tried(20, { maxFailureShare: 0.2 })
    expect(versions()).toEqual(['2.0.0', '1.0.0', 'none'])
  })

  it('that is slow is rolled back', async () => {
    end = () => outcome({ executionTimeMs: 1000 })
    await tried(20)
    expect(versions()).toEqual(['1.0.0', null, 'none'])
    expect(lastReason()).toMatch(/maxDurationRatio/)
  })

  it('that finds nothing out is rolled back', async () => {
    end = () => outcome({}, null)
    await tried(20)
    expect(lastReason()).toMatch(/maxStatusDistance/)
  })

  it('that causes a grave security event is rolled back at once, whatever the rule allows', async () => {
    end = () => outcome({ securityEvents: [event('warning'), event('high')] })
    const ran = await tried(20, { noNewEvents: false, maxFailureShare: 1, maxStatusDistance: null, maxDurationRatio: null })
    expect(ran.filter((hash) => hash === NEW_HASH)).toHaveLength(1)
    expect(lastReason()).toBe('It caused a security event of high severity (syscall-blocked): It tried.')
  })

  it('is not blamed for what the sandbox or the embedder did, and not promoted on the strength of it', async () => {
    end = () => new Error('no jail')
    await tried(40)
    expect(versions()).toEqual(['1.0.0', null, 'canary'])
    end = () => outcome({ outcome: 'terminated', success: false })
    await runs(40)
    expect(runner.status('p').replacement?.canary?.arms).toMatchObject({ canary: { runs: 0 }, active: { runs: 40 } })
  })

  it('can be promoted and rolled back by hand', async () => {
    await tried(2, { minRuns: 100 })
    runner.promote('p')
    expect(versions()).toEqual(['2.0.0', '1.0.0', 'none'])
    runner.rollBack('p')
    expect(versions()).toEqual(['1.0.0', null, 'none'])
    expect(() => runner.promote('p')).toThrow(/cannot promote now; its state is none/)
    await tried(2, { minRuns: 100 })
    runner.rollBack('p')
    expect(versions()).toEqual(['1.0.0', null, 'none'])
    await runs(10)
    expect(sandbox.ran.at(-1)).toBe(OLD_HASH)
  })

  it('that was rolled back is not judged by the run that was going on', async () => {
    sandbox.answer = null
    await runner.swap('p', NEW, { canary: { share: 0.99, minRuns: 1 } })
    await runs(1)
    const { sha256, end: finish } = sandbox.calls.at(-1)!
    expect(sha256).toBe(NEW_HASH)
    runner.rollBack('p')
    await runner.swap('p', NEW, { canary: { share: 0.99, minRuns: 1 } })
    finish(outcome({ securityEvents: [event('high')] }))
    await settle()
    expect(runner.status('p').replacement?.canary?.arms.canary.runs).toBe(0)
    expect(versions()).toEqual(['1.0.0', null, 'canary'])
  })

  it('has none of the runs that were due before it came', async () => {
    await runner.remove('p')
    await runner.add({ id: 'q', module: OLD, schedule: { everyMs: 100 }, overlap: { policy: 'queue', length: 10 } })
    const before = sandbox.calls.length
    sandbox.answer = null
    runner.start('q')
    await runs(3)
    await runner.swap('q', NEW, { canary: { share: 0.99, minRuns: 100 } })
    await runs(2)
    for (let at = 0; at < 6; at++) {
      sandbox.calls[before + at]!.end(outcome())
      await settle()
    }
    expect(sandbox.ran.slice(before)).toEqual([OLD_HASH, OLD_HASH, OLD_HASH, OLD_HASH, NEW_HASH, NEW_HASH])
    expect(runner.status('q').replacement?.canary?.arms).toMatchObject({ active: { runs: 0 }, canary: { runs: 2 } })
  })

  it('is visible with what the rule goes by', async () => {
    await tried(4, { minRuns: 100 })
    expect(runner.status('p')).toMatchObject({
      id: 'p',
      active: { version: '1.0.0', failed: 0 },
      replacement: {
        state: 'canary',
        version: { version: '2.0.0', runs: 2, succeeded: 2 },
        canary: {
          share: 0.5,
          minRuns: 100,
          arms: { active: { runs: 2 }, canary: { runs: 2, failures: 0, statuses: { ok: 2 } } },
        },
      },
      decisions: [
        { step: 'swap' },
        { step: 'activate' },
        { step: 'swap', version: null },
        { step: 'try', version: { version: '2.0.0' } },
      ],
    })
  })

  it('is told of in steps', async () => {
    await tried(10)
    const steps = events.flatMap((one) => (one.type === 'replacement' ? [[one.from, one.decision.step, one.to]] : []))
    expect(steps).toEqual([
      ['none', 'swap', 'vetting'],
      ['vetting', 'try', 'canary'],
      ['canary', 'promote', 'none'],
    ])
  })
})
