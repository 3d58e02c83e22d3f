// What is judged where something failed: less may come of it, and never more.
import { describe, expect, it } from 'vitest'
import type { Expectation, Trial } from '../../../src/attacks/attack.ts'
import { UseCounter } from '../../../src/campaign/injection/counter.ts'
import { ordered } from '../../../src/campaign/injection/exhaust.ts'
import type { FailedRun } from '../../../src/campaign/injection/failing-chamber.ts'
import { judgeFailure } from '../../../src/campaign/injection/judge.ts'
import { failureOf, SERVICES, type Service, type Uses } from '../../../src/campaign/injection/plan.ts'
import type { Observation } from '../../../src/oracles/observation.ts'
import type { TargetResult } from '../../../src/targets/target.ts'

const NO_USES = Object.fromEntries(SERVICES.map((service) => [service, []])) as unknown as Uses

function ran(
  result: Partial<TargetResult> = {},
  { uses = {}, failed = null, leftOpen = [] }: { uses?: Partial<Uses>; failed?: string | null; leftOpen?: string[] } = {},
  seen: Partial<Observation> = {},
): FailedRun {
  const observation = {
    attack: 'a',
    target: 't',
    result: {
      ...{ outcome: 'exited', detail: 'exited', messages: [], exitCode: 0, values: [], events: [] },
      ...{ stdout: new Uint8Array(), stderr: new Uint8Array(), audit: [] },
      ...result,
    },
    threw: null,
    chamber: {
      ...{ exitCode: null, signal: null, hung: false, unhandled: [], stderrTail: '', orphans: 0 },
      ...{ peakResidentBytes: 1, longestBlockMs: 0 },
    },
    canaries: [],
    effects: null,
    elapsedMs: 5,
    ...seen,
  } as Observation
  return { observation, notes: { uses: { ...NO_USES, ...uses }, failed, leftOpen } }
}
const trialOf = (expect: Partial<Expectation> = {}, policy: unknown = {}): Trial =>
  ({ bytes: new Uint8Array(), run: { policy }, expect: { outcomes: ['exited'], ...expect } }) as Trial
const judge = (run: FailedRun, trial = trialOf(), service: Service = 'files', baseline = ran()) =>
  judgeFailure(trial, service, baseline, run)
const done = (...lines: string[]) => ({ effects: { done: lines, sent: [] } })

describe('a run in which something failed', () => {
  it.each<[string, FailedRun, Trial?]>([
    ['did less', ran({ outcome: 'trapped' }, {}, done()), trialOf({ effects: ['api: GET /'] })],
    ['ended with its jail', ran({ outcome: 'fault', detail: 'jail-lost' })],
    ['could not take back what it made', ran({}, {}, done('root/a created')), trialOf({}, policyOf(true))],
    ['only connected', ran({}, {}, done('api: connection')), trialOf({ effects: ['api: GET /'] })],
  ])('may have %s', (_, run, trial) => expect(judge(run, trial)).toBeNull())

  it.each<[string, FailedRun, RegExp, Trial?]>([
    ['got through', ran({ outcome: 'completed' }), /was to be stopped/, trialOf({ outcomes: ['refused'] })],
    ['ended as nothing does', ran({ outcome: 'odd' as 'fault' }), /none of the enumerated/],
    ['told a secret', ran({ messages: ['it is s3cret'] }), /must not be told/, trialOf({ forbidden: ['s3cret'] })],
    ['left a file open', ran({}, { leftOpen: ['9 /tmp/x'] }), /stay open/],
    ['changed what it may only read', ran({}, {}, done('root/a created')), /must not be done/, trialOf({}, policyOf(false))],
    [
      'asked a server twice',
      ran({}, {}, done('api: GET /', 'api: GET /')),
      /must not be done/,
      trialOf({ effects: ['api: GET /'] }),
    ],
    ['threw', ran({}, {}, { threw: 'Error' }), /it threw/],
    ['was allowed more', ran({ audit: ['kv.set allowed'] }), /allowed oftener/],
  ])('must not have %s', (_, run, problem, trial) => expect(judge(run, trial)).toMatch(problem))

  it('must not go on once a record could not be written, unless its policy says so', () => {
    const baseline = ran({ audit: ['kv.set allowed', 'kv.set allowed'] })
    const failedAfter = (tried: number, events = ['audit-failed']) =>
      ran({ audit: ['kv.set allowed'], events }, { uses: { audit: Array(tried).fill('kv.set') }, failed: 'audit: kv.set' })
    expect(judge(failedAfter(2), trialOf(), 'audit', baseline)).toBeNull()
    expect(judge(failedAfter(3), trialOf(), 'audit', baseline)).toMatch(/got more done/)
    expect(judge(failedAfter(3), trialOf({}, { audit: { whenUnwritable: 'continue-and-report' } }), 'audit', baseline)).toBeNull()
    expect(judge(failedAfter(2, []), trialOf(), 'audit', baseline)).toMatch(/was not told/)
  })
})

const policyOf = (writable: boolean) => ({
  capabilities: { fs: { mounts: [{ kind: 'directory', at: '/', source: '{dir:root}', writable }] } },
})

describe('which use fails', () => {
  it('is each once, one of each kind first', () => {
    const order = ordered(['open', 'read', 'read', 'close', 'read'], 0)
    expect(order.slice(0, 3)).toEqual([1, 2, 4])
    expect(order.toSorted()).toEqual([1, 2, 3, 4, 5])
  })

  it('is the n-th one of its service, and no other', () => {
    const counter = new UseCounter()
    counter.begin({ service: 'files', nth: 2, code: 'EIO' })
    const errors = (['files', 'audit', 'files', 'files'] as const).map((service) => counter.use(service, 'open')?.code)
    expect(errors).toEqual([undefined, undefined, 'EIO', undefined])
    expect(counter.end()).toMatchObject({
      uses: { files: ['open', 'open', 'open'], audit: ['open'] },
      failed: 'files: open fails with EIO',
    })
    expect(counter.use('files', 'open')).toBeNull()
  })

  it('gets by turns every error that its service has', () => {
    expect(new Set([1, 2, 3, 4, 5].map((nth) => failureOf('files', nth, 7).code)).size).toBe(5)
  })
})
