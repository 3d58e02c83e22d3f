// The table of a replacement's states: nothing is unreachable, nothing is a dead end, and nobody gets round the questions.
import { describe, expect, it } from 'vitest'
import {
  next,
  REPLACEMENT_STATES,
  REPLACEMENT_STEPS,
  type ReplacementState,
  TRANSITIONS,
} from '../../../src/sandbox/probes/transitions.ts'

const reachable = (from: ReplacementState, without: readonly string[] = []): Set<ReplacementState> => {
  const seen = new Set<ReplacementState>([from])
  for (const state of seen)
    for (const [before, step, after] of TRANSITIONS) if (before === state && !without.includes(step)) seen.add(after)
  return seen
}

describe('the states of a replacement', () => {
  it('are all reached from none, and all lead back', () => {
    expect([...reachable('none')].sort()).toEqual([...REPLACEMENT_STATES].sort())
    for (const state of REPLACEMENT_STATES) expect(reachable(state)).toContain('none')
  })

  it('have one successor for each step at most, and every step is somewhere', () => {
    const keys = TRANSITIONS.map(([from, step]) => `${from} ${step}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(TRANSITIONS.map(([, step]) => step))).toEqual(new Set(REPLACEMENT_STEPS))
  })

  it('let nothing that waits for consent become anything without an answer', () => {
    expect(reachable('awaiting-consent', ['answer', 'withdraw'])).toEqual(new Set(['awaiting-consent']))
  })

  it('let a second replacement in only if there is none', () => {
    expect(REPLACEMENT_STATES.filter((state) => next(state, 'swap') !== null)).toEqual(['none'])
  })

  it('can all be left by the embedder', () => {
    for (const state of REPLACEMENT_STATES.filter((one) => one !== 'none'))
      expect(next(state, 'withdraw') ?? next(state, 'roll-back')).toBe('none')
  })
})
