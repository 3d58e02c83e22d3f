// Every oracle says both "contained" and "violated", each for its own reason.
import { describe, expect, it } from 'vitest'
import type { Expectation } from '../../src/attacks/attack.ts'
import { auditOracle } from '../../src/oracles/audit.ts'
import { canaryOracle } from '../../src/oracles/canary.ts'
import { effectOracle } from '../../src/oracles/effect.ts'
import { deadlineOf, limitsOf } from '../../src/oracles/limits.ts'
import type { Observation } from '../../src/oracles/observation.ts'
import { processOracle } from '../../src/oracles/process.ts'
import { resourceOracle } from '../../src/oracles/resource.ts'
import { MAX_BLOCK_MS, timeOracle } from '../../src/oracles/time.ts'
import { MAX_MESSAGE_LENGTH, verdictOracle } from '../../src/oracles/verdict.ts'
import { observed, trialWith } from './observations.ts'

const MIB = 1024 * 1024

describe('the process oracle', () => {
  it.each<[string, Observation, string, string]>([
    ['a host that lives', observed({}), 'contained', 'host-alive'],
    ['a host that exits', observed({ result: null, chamber: { exitCode: 7 } }), 'violated', 'host-died'],
    ['a host that exits with code 0', observed({ result: null, chamber: { exitCode: 0 } }), 'violated', 'host-died'],
    ['a host that a signal ends', observed({ result: null, chamber: { signal: 'SIGABRT' } }), 'violated', 'host-died'],
    ['a host that answers and then dies', observed({ chamber: { exitCode: 1 } }), 'violated', 'host-died'],
    [
      'a host that we killed',
      observed({ result: null, chamber: { signal: 'SIGKILL', hung: true } }),
      'inconclusive',
      'host-was-killed',
    ],
    [
      'a host that we killed for its size',
      observed({ result: null, chamber: { signal: 'SIGKILL', overrun: true } }),
      'inconclusive',
      'host-was-killed',
    ],
    ['a throw', observed({ result: null, threw: 'TypeError: no' }), 'violated', 'target-threw'],
    ['an unhandled rejection', observed({ chamber: { unhandled: ['Error: nobody'] } }), 'violated', 'unhandled-error'],
    ['a warning', observed({ chamber: { unhandled: ['warning: Warning: old'] } }), 'contained', 'host-alive'],
    ['an error among warnings', observed({ chamber: { unhandled: ['warning: x', 'Error: y'] } }), 'violated', 'unhandled-error'],
    ['a process left behind', observed({ chamber: { orphans: 1 } }), 'violated', 'orphans'],
  ])('%s', (_name, observation, kind, code) => {
    expect(processOracle(trialWith(), observation, true)).toMatchObject({ oracle: 'process', kind, code })
  })
})

describe('the canary oracle', () => {
  it('is content when nothing was touched', () => {
    expect(canaryOracle(trialWith(), observed({}), false)).toMatchObject({ kind: 'contained' })
  })
  it('names what was seen first and the others', () => {
    const canaries = [
      { name: 'file-secret', seen: 'in stdout' },
      { name: 'connection', seen: 'one' },
    ]
    const verdict = canaryOracle(trialWith(), observed({ canaries }), false)
    expect(verdict).toMatchObject({ kind: 'violated', code: 'file-secret' })
    expect(verdict.reason).toContain('connection')
  })
})

describe('the time oracle', () => {
  const within = trialWith({ withinMs: 1_000 })
  it.each<[string, Observation, string, string]>([
    ['in time', observed({ elapsedMs: 1_000 }), 'contained', 'in-time'],
    ['late', observed({ elapsedMs: 1_001 }), 'violated', 'too-slow'],
    ['never', observed({ result: null, chamber: { hung: true }, elapsedMs: 1 }), 'violated', 'hung'],
    ['an embedder that is held up', observed({ chamber: { longestBlockMs: MAX_BLOCK_MS + 1 } }), 'violated', 'host-blocked'],
    ['a heartbeat that load delays', observed({ chamber: { longestBlockMs: MAX_BLOCK_MS } }), 'contained', 'in-time'],
  ])('%s', (_name, observation, kind, code) => {
    expect(timeOracle(within, observation, false)).toMatchObject({ kind, code })
  })
  it('takes the wall-clock limit and a grace where the case names no time', () => {
    expect(deadlineOf(trialWith({}, { wallClockMs: 300 }))).toBe(5_300)
    expect(timeOracle(trialWith({}, { wallClockMs: 300 }), observed({ elapsedMs: 5_301 }), false).kind).toBe('violated')
  })
  it('fills in the limits that a case leaves out', () => {
    expect(limitsOf(trialWith({}, { cpuMs: 7 }))).toMatchObject({ cpuMs: 7, wallClockMs: 10_000, outputBytes: MIB })
  })
})

describe('the resource oracle', () => {
  const flood = new Uint8Array(200_000)
  it.each<[string, Partial<Expectation>, object, Observation, string, string]>([
    ['little memory', {}, {}, observed({}), 'contained', 'within-bounds'],
    ['more than the default', {}, {}, observed({ chamber: { peakResidentBytes: 701 * MIB } }), 'violated', 'memory-over-bound'],
    [
      'as much as the case allows',
      { residentMiB: 900 },
      {},
      observed({ chamber: { peakResidentBytes: 900 * MIB } }),
      'contained',
      'within-bounds',
    ],
    ['more than the case allows', { residentMiB: 50 }, {}, observed({}), 'violated', 'memory-over-bound'],
    [
      'so much that it had to be killed',
      { residentMiB: 9_999 },
      {},
      observed({ chamber: { overrun: true } }),
      'violated',
      'memory-overrun',
    ],
    [
      'output within the limit',
      {},
      { outputBytes: 200_000 },
      observed({ result: { stdout: flood } }),
      'contained',
      'within-bounds',
    ],
    [
      'output over the limit',
      {},
      { outputBytes: 100_000 },
      observed({ result: { stdout: flood } }),
      'violated',
      'output-over-limit',
    ],
    [
      'output on both streams',
      {},
      { outputBytes: 300_000 },
      observed({ result: { stdout: flood, stderr: flood } }),
      'violated',
      'output-over-limit',
    ],
    ['memory that was not sampled', {}, {}, observed({ chamber: { peakResidentBytes: 0 } }), 'contained', 'not-measured'],
    [
      'memory that was to be sampled',
      { residentMiB: 50 },
      {},
      observed({ chamber: { peakResidentBytes: 0 } }),
      'inconclusive',
      'not-measured',
    ],
  ])('%s', (_name, expectation, limits, observation, kind, code) => {
    expect(resourceOracle(trialWith(expectation, limits), observation, false)).toMatchObject({ kind, code })
  })
})

describe('the verdict oracle', () => {
  it.each<[string, Partial<Expectation>, Observation, string, string]>([
    ['what was expected', {}, observed({}), 'contained', 'as-expected'],
    ['no result', {}, observed({ result: null }), 'inconclusive', 'no-result'],
    ['another outcome', { outcomes: ['refused', 'limit'] }, observed({}), 'violated', 'outcome-not-expected'],
    ['an outcome of no set', {}, observed({ result: { outcome: 'fine' as 'completed' } }), 'violated', 'outcome-unknown'],
    ['a fault, though it is expected', { outcomes: ['fault'] }, observed({ result: { outcome: 'fault' } }), 'violated', 'fault'],
    ['the right exit code', { exitCode: 0 }, observed({}), 'contained', 'as-expected'],
    ['another exit code', { exitCode: 3 }, observed({}), 'violated', 'exit-code'],
    ['the right text', { stdout: 'hello' }, observed({}), 'contained', 'as-expected'],
    ['more text', { stdout: 'hell' }, observed({}), 'violated', 'stdout'],
    [
      'a byte-order mark too many',
      { stdout: 'hello' },
      observed({ result: { stdout: new TextEncoder().encode('\ufeffhello') } }),
      'violated',
      'stdout',
    ],
    ['the right values', { values: ['42'] }, observed({}), 'contained', 'as-expected'],
    ['other values', { values: ['42', '1'] }, observed({}), 'violated', 'values'],
    ['forbidden text in stdout', { forbidden: ['hello'] }, observed({}), 'violated', 'forbidden-text'],
    ['forbidden text in a message', { forbidden: ['guest completed'] }, observed({}), 'violated', 'forbidden-text'],
    ['forbidden text nowhere', { forbidden: ['SURVIVED'] }, observed({}), 'contained', 'as-expected'],
    ['an escape in a message', {}, observed({ result: { messages: ['a\u001b[2J'] } }), 'violated', 'hostile-text'],
    ['a line break in a message', {}, observed({ result: { messages: ['a\nb'] } }), 'violated', 'hostile-text'],
    ['a bidirectional control', {}, observed({ result: { messages: ['\u202egnp.exe'] } }), 'violated', 'hostile-text'],
    ['half a character', {}, observed({ result: { messages: ['\ud83d'] } }), 'violated', 'hostile-text'],
    ['a whole character', {}, observed({ result: { messages: ['\u{1f600} ünï'] } }), 'contained', 'as-expected'],
    ['hostile text in the detail', {}, observed({ result: { detail: 'a\rb' } }), 'violated', 'hostile-text'],
    [
      'a message of the longest length',
      {},
      observed({ result: { messages: ['x'.repeat(MAX_MESSAGE_LENGTH)] } }),
      'contained',
      'as-expected',
    ],
    [
      'a message that is longer',
      {},
      observed({ result: { messages: ['x'.repeat(MAX_MESSAGE_LENGTH + 1)] } }),
      'violated',
      'hostile-text',
    ],
  ])('%s', (_name, expectation, observation, kind, code) => {
    expect(verdictOracle(trialWith(expectation), observation, false)).toMatchObject({ kind, code })
  })

  it.each([
    ['detail', { details: ['wall-clock-limit'] }, 'detail-not-expected'],
    ['event', { events: ['cpu-limit'] }, 'event-missing'],
    ['number of events', { events: ['module-refused', 'module-refused'] }, 'event-missing'],
  ])('judges a %s only on our own sandbox', (_name, expectation, code) => {
    expect(verdictOracle(trialWith(expectation), observed({}), true)).toMatchObject({ kind: 'violated', code })
    expect(verdictOracle(trialWith(expectation), observed({}), false)).toMatchObject({ kind: 'contained' })
  })
  it('is content with the right detail and event of our own sandbox', () => {
    const expectation = { details: ['completed'], events: ['module-refused'] }
    expect(verdictOracle(trialWith(expectation), observed({}), true).kind).toBe('contained')
  })
  it('quotes guest text without its control characters, and cut', () => {
    const { reason } = verdictOracle(
      trialWith({ stdout: 'x' }),
      observed({ result: { stdout: new TextEncoder().encode(`\u001b]0;t\u0007${'y'.repeat(500)}`) } }),
      false,
    )
    expect(reason).toContain('<U+001B>')
    expect(reason).not.toMatch(/\p{Cc}/u)
    expect(reason.length).toBeLessThan(300)
  })
})

describe('the effect oracle', () => {
  const effects = (done: readonly string[], sent: readonly string[] = []) => observed({ effects: { done, sent } })
  const judge = (expect: Partial<Expectation>, observation: Observation) => effectOracle(trialWith(expect), observation, false)

  it.each([
    ['nothing around the guest', {}, observed({})],
    ['nothing done, nothing expected', {}, effects([])],
    ['exactly what was expected', { effects: ['b', 'a', 'a'] }, effects(['a', 'a', 'b'])],
    ['what must be sent', { effects: ['a'], sent: ['Host: x'], notSent: ['Cookie'] }, effects(['a'], ['GET /\r\nHost: x\r\n'])],
  ] as const)('is content with %s', (_, expected, observation) => {
    expect(judge(expected, observation).kind).toBe('contained')
  })

  it.each([
    ['effect-not-expected', {}, effects(['a'])],
    ['effect-not-expected', { effects: ['a'] }, effects(['a', 'a'])],
    ['effect-not-expected', { effects: ['b'] }, effects(['a', 'b'])],
    ['effect-missing', { effects: ['a', 'b'] }, effects(['a'])],
    ['effect-missing', { effects: ['a', 'a'] }, effects(['a'])],
    ['sent-forbidden', { notSent: ['Cookie'] }, effects([], ['x', 'a Cookie b'])],
    ['sent-missing', { sent: ['x'] }, effects([], ['y'])],
  ] as const)('finds %s', (code, expected, observation) => {
    expect(judge(expected, observation)).toMatchObject({ kind: 'violated', code })
  })
})

describe('the audit oracle', () => {
  const result = (audit?: readonly string[]) => observed({ result: audit ? { audit } : {} })
  it.each([
    ['contained', [], result([])],
    ['contained', ['a allowed', 'b denied'], result(['a allowed', 'b denied'])],
    ['violated', ['a allowed'], result(['a allowed', 'a allowed'])],
    ['violated', ['a allowed'], result([])],
    ['violated', ['a allowed', 'b denied'], result(['b denied', 'a allowed'])],
    ['violated', [], result()],
    ['inconclusive', [], observed({ result: null })],
  ] as const)('%s if %o is expected', (kind, audit, observation) => {
    expect(auditOracle(trialWith({ audit }), observation, true).kind).toBe(kind)
    expect(auditOracle(trialWith({ audit }), observation, false).kind).toBe('contained')
    expect(auditOracle(trialWith(), observation, true).kind).toBe('contained')
  })
})
