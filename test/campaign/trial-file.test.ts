// A stored trial comes back as it was, whatever its arguments; what is not one is refused with the place.
import { describe, expect, it } from 'vitest'
import { formatTrial, parseTrial, type StoredTrial, TrialFileError } from '../../src/campaign/trial-file.ts'

const stored: StoredTrial = {
  attack: 'LNK-01-x',
  target: 'jail',
  threats: ['LNK-01'],
  trial: {
    run: {
      calls: [
        { call: 'f', args: [1, -1.5, 2n ** 63n, -5n, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0] },
        { call: '__proto__' },
      ],
      stdin: Uint8Array.of(0, 255, 10),
      args: ['a', '\u202e'],
      env: { KEY: 'value' },
      limits: { wallClockMs: 5 },
      policy: { extends: 'strict' },
    },
    expect: {
      outcomes: ['refused'],
      details: ['refused'],
      exitCode: 3,
      stdout: 'x',
      values: ['1'],
      forbidden: ['no'],
      events: ['e'],
      withinMs: 9,
      residentMiB: 8,
    },
    conditions: ['shared-bytes'],
  },
}

describe('a stored trial', () => {
  it('comes back as it was', () => {
    const back = parseTrial(formatTrial(stored), 'x.json')
    expect(back).toEqual(stored)
    expect(Object.is(back.trial.run.calls?.[0]?.args?.[7], -0)).toBe(true)
  })
  it('may be as small as a trial can be', () => {
    const small: StoredTrial = {
      attack: 'a',
      target: 'bare',
      threats: [],
      trial: { run: {}, expect: { outcomes: ['completed'] } },
    }
    expect(parseTrial(formatTrial(small), 'x.json')).toEqual(small)
  })
  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /^x\.json is not JSON/],
    ['another object', '{}', /at attack/],
    ['an outcome that there is not', formatTrial(stored).replace('"refused"', '"fine"'), /at trial\.expect\.outcomes\.0/],
    ['an argument that is text', formatTrial(stored).replace('"-5n"', '"five"'), /at trial\.run\.calls\.0\.args/],
  ])('is refused: %s', (_name, text, message) => {
    expect(() => parseTrial(text, 'x.json')).toThrow(TrialFileError)
    expect(() => parseTrial(text, 'x.json')).toThrow(message)
  })
})
