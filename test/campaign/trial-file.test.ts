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
      supply: {
        policyText: '{}',
        manifest: { side: '{}', required: true },
        principal: 'acme',
        before: [{ module: Uint8Array.of(0, 97), answer: 'granted', principal: 'acme', policy: {} }],
        out: '{dir:root}',
      },
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
      effects: ['api: GET / HTTP/1.1', 'root/new created'],
      sent: ['\u0000ÿ'],
      notSent: ['{secret}'],
      audit: ['net.http allowed'],
    },
    conditions: ['shared-bytes'],
    setting: {
      directories: { root: { file: 'text', link: { link: '{dir:other}' }, again: { hardLink: 'root/file' } }, other: {} },
      servers: { api: { responses: [{ status: 302, headers: { Location: '/' }, body: '', delayMs: 0, dripMs: 5 }] } },
      names: { 'a.test': [['192.0.2.1'], ['127.0.0.1']] },
      environment: { HTTP_PROXY: 'http://127.0.0.1:{port:api}' },
      swaps: [{ path: 'root/file', link: '{dir:other}' }],
    },
  },
}

describe('a stored trial', () => {
  it('comes back as it was', () => {
    const back = parseTrial(formatTrial(stored), 'x.json')
    expect(back).toEqual(stored)
    expect(Object.is(back.trial.run.calls?.[0]?.args?.[7], -0)).toBe(true)
  })
  it('is written of an attack without what only the attack has', () => {
    const { bytes, ...trial } = {
      ...stored.trial,
      bytes: Uint8Array.of(1),
      id: 'LNK-01-x',
      title: 't',
      twin: { bytes: Uint8Array.of(2) },
    }
    expect(bytes).toHaveLength(1)
    expect(parseTrial(formatTrial({ ...stored, trial }), 'x.json')).toEqual(stored)
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
    ['a setting with something else', formatTrial(stored).replace('"directories"', '"folders"'), /at trial\.setting/],
    ['an argument that is text', formatTrial(stored).replace('"-5n"', '"five"'), /at trial\.run\.calls\.0\.args/],
  ])('is refused: %s', (_name, text, message) => {
    expect(() => parseTrial(text, 'x.json')).toThrow(TrialFileError)
    expect(() => parseTrial(text, 'x.json')).toThrow(message)
  })
})
