// The cause of a violation: equal for two occurrences of one bug, different for two bugs.
import { describe, expect, it } from 'vitest'
import type { Trial } from '../../src/attacks/attack.ts'
import { findingId, hostCallIn, placeOf, placeOfFailure, withoutParticulars } from '../../src/campaign/cause.ts'
import type { Observation, OracleVerdict } from '../../src/oracles/observation.ts'

const cause = { threat: 'LNK-01', oracle: 'verdict', code: 'outcome-not-expected', target: 'bare' }

describe('findingId', () => {
  it('depends on the cause only, and stays the same over versions', () => {
    expect(findingId(cause)).toBe('5c59661f2bf7')
    expect(findingId({ ...cause, place: '' })).toBe('5c59661f2bf7')
    expect(findingId({ ...cause, place: 'refused, but completed' })).toBe('43754baff1ce')
  })
  it.each([
    { threat: 'LNK-02' },
    { threat: null },
    { oracle: 'time' },
    { code: 'x' },
    { target: 'jail' },
    { hostCall: 'fd_write' },
    { place: 'Error: x' },
  ])('differs for %j', (change) => {
    expect(findingId({ ...cause, ...change })).not.toBe(findingId(cause))
  })
})

describe('withoutParticulars', () => {
  it.each([
    ['TypeError: “evil” is no function at 17', 'TypeError: “good” is no function at 4096'],
    ['the byte at 0x1f00 was changed', 'the byte at 0x2a was changed'],
    ['ENOENT: /tmp/a1/project/src/x.ts:12:3', 'ENOENT: /home/somebody/src/x.ts:99:1'],
    ['Error: first\n    at f (x.ts:1:1)', 'Error: first\n    at g (y.ts:1:1)'],
    ['key "constructor"  was found', "key 'toString' was found"],
  ])('makes one of %j and %j', (one, other) => expect(withoutParticulars(one)).toBe(withoutParticulars(other)))
  it('keeps what tells bugs apart', () => {
    expect(withoutParticulars('TypeError: x is not a function')).not.toBe(withoutParticulars('RangeError: x is not a function'))
    expect(withoutParticulars('ENOENT: /a/b/x.ts')).not.toBe(withoutParticulars('ENOENT: /a/b/y.ts'))
  })
  it('stays short, however long the text is', () =>
    expect(withoutParticulars('ab '.repeat(100_000)).length).toBeLessThanOrEqual(200))
})

const trial: Trial = {
  bytes: new Uint8Array(0),
  run: {},
  expect: { outcomes: ['refused'], details: ['refused'], events: ['a', 'b'] },
}
const observed = (changes: Partial<Omit<Observation, 'chamber'>> & { chamber?: Partial<Observation['chamber']> } = {}) =>
  ({
    threw: null,
    result: null,
    ...changes,
    chamber: { exitCode: null, signal: null, unhandled: [], stderrTail: '', ...changes.chamber },
  }) as unknown as Observation
const said = (words: string): OracleVerdict => {
  const [oracle, code] = words.split(' ')
  return { oracle: oracle as 'verdict', kind: 'violated', code: code!, reason: '' }
}
const result = (changes: object) =>
  ({ outcome: 'completed', detail: 'completed', messages: [], events: ['a'], ...changes }) as never

describe('placeOf', () => {
  it('is what the target threw, and the function that threw it, without the line', () => {
    const threw = 'RangeError: Offset 17 is outside (thrown by readAll in broker.ts)'
    expect(placeOf(said('process target-threw'), trial, observed({ threw }))).toBe(
      'RangeError: Offset # is outside | readAll in broker.ts',
    )
  })
  it('is the first error that nobody handled, and no warning', () => {
    const chamber = { unhandled: ['warning: DeprecationWarning: x', 'Error: later (thrown by f in a.ts)'] }
    expect(placeOf(said('process unhandled-error'), trial, observed({ chamber }))).toBe('Error: later | f in a.ts')
  })
  it('is the signal of a host that died, and the check of the engine that failed', () => {
    const chamber = { signal: 'SIGABRT', stderrTail: 'noise\n# Check failed: size_ <= 12.\nmore' }
    expect(placeOf(said('process host-died'), trial, observed({ chamber }))).toBe('SIGABRT # Check failed: size_ <= #.')
  })
  it('is what came instead of what was expected', () => {
    expect(placeOf(said('verdict outcome-not-expected'), trial, observed({ result: result({}) }))).toBe('refused, but completed')
    expect(placeOf(said('verdict detail-not-expected'), trial, observed({ result: result({}) }))).toBe('refused, but completed')
    expect(placeOf(said('verdict event-missing'), trial, observed({ result: result({}) }))).toBe('b')
    expect(
      placeOf(said('verdict fault'), trial, observed({ result: result({ detail: 'fault', messages: ['no room for 12'] }) })),
    ).toBe('fault: no room for #')
  })
  it('is nothing where the code says it all', () => expect(placeOf(said('canary file-secret'), trial, observed())).toBe(''))
})

describe('placeOfFailure', () => {
  it('keys on function and file, never on the line', () => {
    const failure = (line: number) => ({
      kind: 'throw' as const,
      message: `Error: byte ${line}`,
      stack: [`at fuzz (file:///x/reader.fuzz.js:${line}:5)`],
    })
    expect(placeOfFailure(failure(3))).toBe('throw | Error: byte # | fuzz in reader.fuzz.js')
    expect(placeOfFailure(failure(3))).toBe(placeOfFailure(failure(44)))
  })
})

it.each([
  ['fd_write answered 9999, which is no error number', 'fd_write'],
  ['the guest called path_open', 'path_open'],
  ['no_such_call answered 1', undefined],
  ['nothing', undefined],
])('the host call of %j is %j', (text, name) => expect(hostCallIn(text)).toBe(name))
