// What a pair of trials says about a foreign host: fair to it, and not blind.
import { describe, expect, it } from 'vitest'
import { resultOf } from '../../../src/campaign/compare/result-of.ts'
import { judged, weigh } from '../../../src/campaign/trials.ts'
import type { Observation } from '../../../src/oracles/observation.ts'
import { toyAttack } from '../toys.ts'

const attack = toyAttack('LNK-01-toy', 'bad')

const result = (outcome: 'completed' | 'refused', more: object = {}): NonNullable<Observation['result']> => ({
  outcome,
  detail: outcome,
  messages: [],
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  exitCode: null,
  values: [],
  events: [],
  ...more,
})

const seen = (changes: Partial<Observation> = {}): Observation => ({
  attack: attack.id,
  target: 'toy',
  result: result('completed'),
  threw: null,
  chamber: {
    exitCode: null,
    signal: null,
    hung: false,
    unhandled: [],
    stderrTail: '',
    orphans: 0,
    peakResidentBytes: 1,
    longestBlockMs: 0,
  },
  canaries: [],
  effects: null,
  elapsedMs: 1,
  ...changes,
})

const pair = (ofAttack: Observation, ofTwin: Observation = seen(), expect = attack.expect) => {
  const asked = { ...attack, expect }
  return weigh(judged(asked, 'attack', ofAttack, false), judged(asked, 'twin', ofTwin, false))
}
const refused = seen({ result: result('refused') })
const dead = seen({ result: null, chamber: { ...seen().chamber, signal: 'SIGABRT' } })

describe('resultOf', () => {
  it('is contained if the attack was answered as the case says, and the twin allowed', () => {
    expect(resultOf(pair(refused)).result).toBe('contained')
  })
  it('is violated if it was not, and the twin was allowed', () => {
    expect(resultOf(pair(seen()))).toMatchObject({
      result: 'violated',
      violation: { oracle: 'verdict', code: 'outcome-not-expected' },
    })
  })
  it('is undecided if the twin was not allowed either, whatever the answer', () => {
    expect(resultOf(pair(seen(), refused)).result).toBe('undecided')
    expect(resultOf(pair(refused, dead)).result).toBe('undecided')
  })
  it('is violated if the host was hurt, whatever became of the twin', () => {
    expect(resultOf(pair(dead, dead))).toMatchObject({ result: 'violated', violation: { oracle: 'process' } })
    const touched = seen({ canaries: [{ name: 'file-secret', seen: 'the secret was seen in stdout' }] })
    expect(resultOf(pair(touched, refused))).toMatchObject({ result: 'violated', violation: { oracle: 'canary' } })
  })
  it('is not applicable if the host refuses attack and twin where neither is to be refused', () => {
    expect(resultOf(pair(refused, refused, { outcomes: ['completed'] })).result).toBe('not-applicable')
  })
  it('is undecided if only the guest tells of answers that ours does not give, or ends by itself otherwise', () => {
    const told = seen({ result: result('completed', { exitCode: 3 }) })
    expect(resultOf(pair(told, seen(), { outcomes: ['completed'], exitCode: 0 })).result).toBe('undecided')
    expect(resultOf(pair(seen(), seen(), { outcomes: ['trapped'] })).result).toBe('undecided')
    expect(resultOf(pair(seen(), seen(), { outcomes: ['limit'] })).result).toBe('violated')
  })
  it('is undecided if the host refuses what ours runs: it is closed, and that is all that is known', () => {
    expect(resultOf(pair(refused, seen(), { outcomes: ['completed'] })).result).toBe('undecided')
  })
  it('is not applicable if the target says so of either', () => {
    const inapplicable = seen({ result: result('refused', { inapplicable: 'there is no network' }) })
    expect(resultOf(pair(inapplicable))).toMatchObject({
      result: 'not-applicable',
      reason: expect.stringContaining('there is no network'),
    })
    expect(resultOf(pair(seen(), inapplicable)).result).toBe('not-applicable')
  })
  it('does not let our own sandbox say so', () => {
    const inapplicable = seen({ result: result('completed', { inapplicable: 'no' }) })
    expect(judged(attack, 'attack', inapplicable, true).verdict.kind).toBe('violated')
  })
})
