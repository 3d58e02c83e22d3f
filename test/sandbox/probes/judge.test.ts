// The rule of a canary: each limit alone decides, and nothing is decided before there is enough to go by.
import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../../src/sandbox/events.ts'
import { judge } from '../../../src/sandbox/probes/judge.ts'
import { type CanaryRule, swapSettings } from '../../../src/sandbox/probes/settings.ts'
import { statusDistance, Tally } from '../../../src/sandbox/probes/tally.ts'
import type { ExecutionResult } from '../../../src/sandbox/result.ts'
import { failing, outcome } from '../support/probes.ts'

const rule = (changes: Partial<CanaryRule> = {}): CanaryRule => ({
  ...swapSettings({ canary: { share: 0.5 } }).canary!,
  ...changes,
})
const tally = (...results: readonly ExecutionResult[]): Tally => {
  const made = new Tally()
  for (const result of results) made.add(result)
  return made
}
const many = (count: number, result = outcome()) => Array<ExecutionResult>(count).fill(result)
const event = (changes: Partial<SecurityEvent> = {}): SecurityEvent =>
  ({
    type: 'syscall-blocked',
    severity: 'warning',
    time: 0,
    message: 'm',
    hostCall: 'random_get',
    capability: null,
    ...changes,
  }) as SecurityEvent
const withEvent = (changes: Partial<SecurityEvent> = {}) => outcome({ securityEvents: [event(changes)] })
const lasting = (executionTimeMs: number) => outcome({ executionTimeMs })

describe('the rule', () => {
  it('waits for enough runs of both versions', () => {
    expect(judge(rule(), tally(...many(9)), tally(...many(100)))).toEqual({ kind: 'wait' })
    expect(judge(rule(), tally(...many(100)), tally(...many(9)))).toEqual({ kind: 'wait' })
    expect(judge(rule(), tally(...many(10)), tally(...many(10)))).toMatchObject({ kind: 'promote' })
  })

  it('does not wait for more once too many have failed', () => {
    const { kind, because } = judge(rule(), tally(failing()), tally()) as { kind: string; because: string }
    expect([kind, because]).toEqual(['roll-back', '1 of 1 runs failed; the rule allows 0 % of at least 10 (maxFailureShare).'])
    const lenient = rule({ maxFailureShare: 0.2 })
    expect(judge(lenient, tally(...many(2, failing())), tally())).toEqual({ kind: 'wait' })
    expect(judge(lenient, tally(...many(3, failing())), tally())).toMatchObject({ kind: 'roll-back' })
  })

  it('is not softened by an active version that fails as well', () => {
    expect(judge(rule(), tally(...many(9), failing()), tally(...many(10, failing())))).toMatchObject({ kind: 'roll-back' })
  })

  it('minds events of a new kind, and only those', () => {
    const old = tally(...many(9), withEvent())
    expect(judge(rule(), tally(...many(9), withEvent()), old)).toMatchObject({ kind: 'promote' })
    expect(judge(rule(), tally(...many(9), withEvent({ severity: 'info', hostCall: 'clock_time_get' })), old)).toMatchObject({
      kind: 'promote',
    })
    const other = tally(...many(9), withEvent({ hostCall: 'path_open' }))
    expect(judge(rule(), other, old)).toEqual({
      kind: 'roll-back',
      because: 'It causes security events that the active version does not: syscall-blocked path_open (noNewEvents).',
    })
    expect(judge(rule({ noNewEvents: false }), other, old)).toMatchObject({ kind: 'promote' })
  })

  it('compares medians, so that one slow run decides nothing', () => {
    const old = tally(...many(10, lasting(100)))
    expect(judge(rule(), tally(...many(9, lasting(200)), lasting(60_000)), old)).toMatchObject({ kind: 'promote' })
    expect(judge(rule(), tally(...many(10, lasting(201))), old)).toEqual({
      kind: 'roll-back',
      because: 'It takes 201.0 ms in the median, the active version 100.0 ms; the rule allows 2 times that (maxDurationRatio).',
    })
    expect(judge(rule({ maxDurationRatio: null }), tally(...many(10, lasting(9000))), old)).toMatchObject({ kind: 'promote' })
  })

  it('takes a few milliseconds for noise', () => {
    expect(judge(rule(), tally(...many(10, lasting(9))), tally(...many(10, lasting(1))))).toMatchObject({ kind: 'promote' })
  })

  it('compares what the probes found', () => {
    const old = tally(...many(10))
    const silent = many(6, outcome({}, null))
    expect(judge(rule(), tally(...many(5), ...silent.slice(1)), old)).toMatchObject({ kind: 'promote' })
    expect(judge(rule(), tally(...many(4), ...silent), old)).toMatchObject({
      kind: 'roll-back',
      because: expect.stringContaining('60 %'),
    })
    expect(judge(rule({ maxStatusDistance: null }), tally(...many(4), ...silent), old)).toMatchObject({ kind: 'promote' })
  })
})

describe('a tally', () => {
  it('has the distance of two distributions', () => {
    const [ok, warning] = [outcome(), outcome({}, 'warning')]
    expect(statusDistance(tally(ok, ok), tally(ok))).toBe(0)
    expect(statusDistance(tally(ok, ok), tally(warning))).toBe(1)
    expect(statusDistance(tally(ok, warning), tally(warning))).toBe(0.5)
  })

  it('has a median of the last thousand, and none of nothing', () => {
    expect(tally().medianDuration).toBeNull()
    expect(tally(lasting(1), lasting(5)).medianDuration).toBe(3)
    expect(tally(...many(2000, lasting(1)), ...many(1000, lasting(7))).medianDuration).toBe(7)
  })

  it('takes no text of the guest for a kind of event', () => {
    const named = (object: string) =>
      outcome({ securityEvents: [event({ type: 'file-access', object, allowed: false } as Partial<SecurityEvent>)] })
    expect(tally(named('"/a"'), named('"/b"')).kinds.size).toBe(1)
  })
})
