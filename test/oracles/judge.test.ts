// The judge: one violation decides, doubt stands above proof, and a denial without an allowed twin proves nothing.
import { describe, expect, it } from 'vitest'
import { judgeAttack, judgeTrial, violationOf } from '../../src/oracles/judge.ts'
import type { Verdict } from '../../src/oracles/observation.ts'
import { observed, trialWith } from './observations.ts'

const verdict = (kind: Verdict['kind']): Verdict => ({ kind, reason: `is ${kind}`, oracles: [] })

describe('judgeTrial', () => {
  it('contains what every oracle contains, with the outcome as reason', () => {
    const judged = judgeTrial(trialWith(), observed({}), true)
    expect(judged.kind).toBe('contained')
    expect(judged.reason).toContain('completed')
    expect(judged.oracles.map((oracle) => oracle.oracle).sort()).toEqual([
      'audit',
      'canary',
      'effect',
      'process',
      'resource',
      'time',
      'verdict',
    ])
    expect(violationOf(judged)).toBeNull()
  })
  it('names the worst of several violations', () => {
    const judged = judgeTrial(
      trialWith(),
      observed({ canaries: [{ name: 'connection', seen: 'one' }], result: { outcome: 'fault' } }),
      true,
    )
    expect(judged.kind).toBe('violated')
    expect(violationOf(judged)).toMatchObject({ oracle: 'canary', code: 'connection' })
  })
  it('names an escape before what came with it', () => {
    const judged = judgeTrial(trialWith(), observed({ canaries: [{ name: 'connection', seen: 'one' }], threw: 'Error: x' }), true)
    expect(violationOf(judged)).toMatchObject({ oracle: 'canary' })
  })
  it('calls a hung host a violation of time, not of process', () => {
    const judged = judgeTrial(trialWith(), observed({ result: null, chamber: { hung: true, signal: 'SIGKILL' } }), true)
    expect(violationOf(judged)).toMatchObject({ oracle: 'time', code: 'hung' })
  })
  it('is inconclusive where no oracle is violated but one cannot tell', () => {
    expect(judgeTrial(trialWith({ residentMiB: 5 }), observed({ chamber: { peakResidentBytes: 0 } }), true).kind).toBe(
      'inconclusive',
    )
  })
})

describe('judgeAttack', () => {
  it.each<[Verdict['kind'], Verdict['kind'] | null, Verdict['kind']]>([
    ['contained', 'contained', 'contained'],
    ['contained', 'violated', 'inconclusive'],
    ['contained', 'inconclusive', 'inconclusive'],
    ['contained', null, 'inconclusive'],
    ['violated', 'contained', 'violated'],
    ['violated', 'violated', 'violated'],
    ['violated', null, 'violated'],
    ['inconclusive', 'contained', 'inconclusive'],
  ])('an attack that is %s, with a twin that is %s, is %s', (attack, twin, expected) => {
    expect(judgeAttack(verdict(attack), twin === null ? null : verdict(twin)).kind).toBe(expected)
  })
  it('is inconclusive where a foreign host refused both, whatever the twin would have done', () => {
    const refused = observed({ result: { outcome: 'refused' }, effects: { done: [], sent: [] } })
    const judge = (own: boolean, expect = {}) => judgeTrial(trialWith(expect), refused, own)
    expect(judgeAttack(judge(false), judge(false, { effects: ['api: connection'] })).kind).toBe('inconclusive')
    expect(judgeAttack(judge(true), judge(true)).kind).toBe('violated')
    const leaking = observed({ result: { outcome: 'refused' }, canaries: [{ name: 'connection', seen: 'one' }] })
    expect(judgeAttack(judgeTrial(trialWith(), leaking, false), judge(false)).kind).toBe('violated')
  })
  it('is inconclusive where a foreign host refused what it might have run, and let its twin in', () => {
    const refused = observed({ result: { outcome: 'refused' }, effects: { done: [], sent: [] } })
    const closed = judgeAttack(judgeTrial(trialWith(), refused, false), verdict('contained'))
    expect(closed).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(/refused what it might as well have run/),
    })
    expect(judgeAttack(judgeTrial(trialWith(), refused, true), verdict('contained')).kind).toBe('violated')
  })
  it('says what was wrong with the twin', () => {
    expect(judgeAttack(verdict('contained'), verdict('violated')).reason).toContain('is violated')
  })
})
