// judgeExit and saveInput: each way in which an engine process can end has its meaning.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { judgeExit, saveInput } from '../../../src/campaign/engines/jazzer-failure.ts'
import { type EngineOutput, emptyOutput } from '../../../src/campaign/engines/jazzer-output.ts'
import type { JazzerExit } from '../../../src/campaign/engines/jazzer-process.ts'
import { createJournal, JOURNAL_VARIABLE, journalled, thrownRecordPath } from '../../../src/campaign/engines/journal.ts'

const directory = mkdtempSync(join(tmpdir(), 'gauntlet-failure-'))
const journal = join(directory, 'journal.bin')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function runInput(text: string): void {
  vi.stubEnv(JOURNAL_VARIABLE, journal)
  journalled(() => undefined)(Buffer.from(text))
  vi.unstubAllEnvs()
}

beforeEach(() => {
  createJournal(journal, 8)
  rmSync(thrownRecordPath(journal), { force: true })
})

function exit(change: Partial<JazzerExit>, output: Partial<EngineOutput> = {}): JazzerExit {
  return { code: null, signal: null, killed: undefined, fuzzingSeconds: 1, ...change, output: { ...emptyOutput(), ...output } }
}

const failures: [string, JazzerExit, { kind: string; message?: RegExp }][] = [
  ['timeout', exit({ code: 70 }), { kind: 'timeout' }],
  ['out of memory', exit({ code: 71 }), { kind: 'out-of-memory' }],
  ['process.exit', exit({ code: 77 }, { exited: true }), { kind: 'exit' }],
  ['abort', exit({ signal: 'SIGABRT' }), { kind: 'abort', message: /SIGABRT/ }],
  ['abort, as an exit code', exit({ code: 134 }), { kind: 'abort' }],
  [
    'V8 heap',
    exit({ signal: 'SIGABRT' }, { fatal: 'JavaScript heap out of memory' }),
    { kind: 'out-of-memory', message: /heap/ },
  ],
  ['V8 allocation in a trap', exit({ signal: 'SIGTRAP' }, { fatal: 'Zone: Allocation failed' }), { kind: 'out-of-memory' }],
  ['segmentation fault', exit({ code: 139 }, { fatal: 'Segmentation Fault' }), { kind: 'signal', message: /Segmentation/ }],
  ['illegal instruction', exit({ signal: 'SIGILL' }), { kind: 'signal', message: /SIGILL/ }],
  ['killed by somebody', exit({ signal: 'SIGKILL' }), { kind: 'killed' }],
  [
    'an input that the engine cannot interrupt',
    exit({ signal: 'SIGKILL', killed: 'overrun' }),
    { kind: 'timeout', message: /could not interrupt/ },
  ],
  [
    'a bug detector, known from the output only',
    exit({ code: 77 }, { tail: ['noise', '==12== Prototype Pollution: x', '    at f (file:///a.js:1:2)'] }),
    { kind: 'throw', message: /^Prototype Pollution: x$/ },
  ],
  ['a finding that said nothing', exit({ code: 77 }), { kind: 'throw', message: /without a message/ }],
]

describe('judgeExit', () => {
  test.each(failures)('%s', (_name, end, { kind, message }) => {
    runInput('x')
    const outcome = judgeExit(end, journal)
    if (outcome.status !== 'failure') throw new Error(`judged ${outcome.status}`)
    expect(outcome.failure.kind).toBe(kind)
    expect(outcome.failure.message).toMatch(message ?? /./)
  })

  test.each(failures)('%s, but before any input ran: not the target', (_name, end) => {
    expect(judgeExit(end, journal).status).toBe('engine-fault')
  })

  test('a throw is taken from its record, not from the output', () => {
    runInput('x')
    writeFileSync(thrownRecordPath(journal), JSON.stringify({ kind: 'throw', message: 'E: real', stack: [] }))
    const outcome = judgeExit(exit({ code: 77 }, { tail: ['==1== Uncaught Exception: spoofed'] }), journal)
    expect(outcome).toEqual({ status: 'failure', failure: { kind: 'throw', message: 'E: real', stack: [] } })
  })

  test('a target that cannot be fuzzed synchronously is a fault of the set-up', () => {
    runInput('x')
    writeFileSync(thrownRecordPath(journal), JSON.stringify({ kind: 'misuse', message: 'it returned a promise' }))
    expect(judgeExit(exit({ code: 77 }), journal)).toEqual({ status: 'engine-fault', reason: 'it returned a promise' })
  })

  test('clean ends', () => {
    runInput('x')
    expect(judgeExit(exit({ code: 0 }), journal)).toEqual({ status: 'clean' })
    expect(judgeExit(exit({ signal: 'SIGKILL', killed: 'lingering' }), journal)).toEqual({ status: 'clean' })
  })

  test.each([1, 78, 255])('exit code %i is the engine, and the reason quotes it', (code) => {
    runInput('x')
    const outcome = judgeExit(exit({ code }, { tail: ['first', 'TypeError: cannot import it', 'last'] }), journal)
    expect(outcome).toMatchObject({
      status: 'engine-fault',
      reason: expect.stringMatching(`exit code ${code} .*TypeError: cannot import it`),
    })
  })
})

describe('saveInput', () => {
  const failure = { kind: 'abort', message: '', stack: [] } as const

  test('comes from the journal if the engine saved nothing', () => {
    runInput('input')
    const saved = saveInput(emptyOutput(), failure, journal, directory)
    expect(readFileSync(saved.path, 'utf8')).toBe('input')
    expect(saved).toMatchObject({
      truncated: false,
      bytesSha256: 'c96c6d5be8d08a12e7b5cdc1b207fa6b2430974c86803d8891675e76fd992c20',
    })
    expect(basename(saved.path)).toBe('abort-c96c6d5be8d08a12e7b5cdc1b207fa6b2430974c')
  })

  test('comes from the engine if that saved something readable', () => {
    runInput('journal')
    const artifact = join(directory, 'crash-1')
    writeFileSync(artifact, 'engine')
    expect(saveInput({ ...emptyOutput(), artifact }, failure, journal, directory).path).toBe(artifact)
    const missing = saveInput({ ...emptyOutput(), artifact: join(directory, 'none') }, failure, journal, directory)
    expect(readFileSync(missing.path, 'utf8')).toBe('journal')
  })

  test('says so if only the beginning is left', () => {
    runInput('more than eight bytes')
    expect(saveInput(emptyOutput(), failure, journal, directory).truncated).toBe(true)
  })
})
