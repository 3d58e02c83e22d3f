// gauntlet accept: a finding by its short id, its long id or its file becomes a case that a run would take, or is refused in one sentence.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { noteFindings } from '../../src/campaign/finding-index.ts'
import { portableInput, portableTrial } from '../../src/campaign/portable.ts'
import { findingOf } from '../../src/campaign/triage.ts'
import type { StoredTrial } from '../../src/campaign/trial-file.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
let corpus: string
let count = 0
beforeEach(() => {
  corpus = join(dir, `corpus-${++count}`)
  mkdirSync(corpus)
})

const attack = await assemble('(module (import "constructor" "constructor" (func)) (func (export "run")))')
const twin = await assemble('(module (func (export "run")))')
const trial: StoredTrial = {
  attack: 'links@17',
  target: 'bare',
  threats: ['LNK-01'],
  trial: { run: {}, expect: { outcomes: ['refused'] } },
  twin: { bytes: twin, run: {}, expect: { outcomes: ['completed'] } },
}
const word = portableTrial(trial, attack)!

const about = {
  title: 'An import, by the name of "constructor"',
  own: false,
  expected: 'e',
  actual: 'a',
  replay: 'r',
  location: { path: 'p', line: 1 },
}
const finding = (portable: string, code = 'outcome-not-expected', source: 'campaign' | 'corpus' = 'campaign') => ({
  ...findingOf({ threat: 'LNK-01', oracle: 'verdict', code, target: 'bare' }, { ...about, source }),
  portable,
})

describe('a finding', () => {
  it('becomes a case by its id alone, which is read, violated as it was found, and says where it comes from', async () => {
    const reports = join(dir, 'reports')
    mkdirSync(reports)
    const found = finding(word)
    await noteFindings(reports, 'run-1', [found])
    const ended = await gauntlet(['accept', found.id, '--reports', reports, '--corpus', corpus])
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(/It is violated on bare, as it was found/)
    expect(readdirSync(corpus)).toEqual(['LNK-01-an-import-by-the-name-of-constructor.wat'])
    const { attacks, unreadable } = await loadCorpus(corpus)
    expect(unreadable).toEqual([])
    expect(attacks).toMatchObject([
      {
        title: about.title,
        threats: ['LNK-01'],
        provenance: `found by gauntlet as links@17 (finding ${found.id})`,
        expect: { outcomes: ['refused'] },
        valid: true,
      },
    ])
    expect(attacks[0]!.notices).toMatch(/LNK-01: .*import-match/)
    expect([Buffer.from(attacks[0]!.bytes), Buffer.from(attacks[0]!.twin.bytes)]).toEqual([
      Buffer.from(attack),
      Buffer.from(twin),
    ])

    const replay = await gauntlet(['replay', found.id, '--reports', reports, '--json'])
    expect([JSON.parse(replay.stdout).verdict, replay.code]).toEqual(['violated', 1])
    const again = await gauntlet(['accept', found.id, '--reports', reports, '--corpus', corpus])
    expect(complaint(again)).toMatch(/is there already; name the case with --name/)
    expect(again.code).toBe(66)
  }, 60_000)

  it('becomes a case by its long id alone, under a name that was asked for, and says so where it is contained by now', async () => {
    const ended = await gauntlet([
      'accept',
      word,
      '--corpus',
      corpus,
      '--name',
      'constructor-again',
      '--title',
      'Again',
      '--target',
      'jail',
    ])
    expect(ended.stdout).toMatch(/It is contained on jail now/)
    expect(readFileSync(join(corpus, 'LNK-01-constructor-again.wat'), 'utf8')).toMatch(/^;;! title: Again$/m)
  }, 60_000)

  it('that no text can describe keeps its bytes', async () => {
    const malformed = Uint8Array.from([...attack.subarray(0, -1), 0x0c])
    const ended = await gauntlet([
      'accept',
      portableTrial({ ...trial, threats: ['MOD-01'], target: 'jail' }, malformed)!,
      '--name',
      'cut',
      '--corpus',
      corpus,
    ])
    expect(ended.code, ended.stderr).toBe(0)
    const { attacks } = await loadCorpus(corpus)
    expect(attacks).toMatchObject([{ id: 'MOD-01-cut', valid: false }])
    expect(Buffer.from(attacks[0]!.bytes)).toEqual(Buffer.from(malformed))
  }, 60_000)

  it('of a fuzzing target becomes a seed, once', async () => {
    const input = portableInput('reader', Uint8Array.of(1, 2, 3))!
    expect((await gauntlet(['accept', input, '--corpus', corpus])).code).toBe(0)
    const [name] = readdirSync(join(corpus, 'seeds', 'reader'))
    expect([...readFileSync(join(corpus, 'seeds', 'reader', name!))]).toEqual([1, 2, 3])
    expect(complaint(await gauntlet(['accept', input, '--corpus', corpus]))).toMatch(/it was accepted before/)
  }, 60_000)
})

describe('what cannot be a case', () => {
  const refused: [what: string, args: () => string[], code: number, message: RegExp][] = [
    ['a finding that nobody made', () => ['000000000000', '--reports', dir], 66, /No run in .* found 000000000000/],
    ['a trial without a twin', () => [portableTrial({ ...trial, twin: undefined } as never, attack)!], 64, /needs a twin/],
    [
      'a threat that is not in the model',
      () => [portableTrial({ ...trial, threats: ['XXX-99'] }, attack)!],
      64,
      /no threat XXX-99/,
    ],
    ['a name that is no name', () => [word, '--name', '../x'], 64, /cannot be the name of a case/],
    ['a damaged id', () => [word.slice(0, -4)], 64, /is damaged: copy all of it/],
    [
      'a twin that is not allowed',
      () => [portableTrial({ ...trial, target: 'jail', twin: { ...trial.twin!, bytes: attack } }, attack)!, '--name', 'x'],
      2,
      /would prove nothing on jail/,
    ],
  ]
  it.each(refused)(
    '%s',
    async (_, args, code, message) => {
      const ended = await gauntlet(['accept', ...args(), '--corpus', corpus])
      expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
      expect(ended.code).toBe(code)
      expect(readdirSync(corpus)).toEqual([])
    },
    60_000,
  )

  it('is a finding of the corpus itself', async () => {
    const reports = join(dir, 'reports-of-corpus')
    mkdirSync(reports)
    const found = finding('case:LNK-01-x/bare', 'other', 'corpus')
    await noteFindings(reports, 'run-1', [found])
    const ended = await gauntlet(['accept', found.id, '--reports', reports, '--corpus', corpus])
    expect(complaint(ended)).toMatch(/is a finding of the corpus itself/)
  })
})
