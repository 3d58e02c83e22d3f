// The rules that make states out of evidence: each piece of evidence that is taken away must change the state.
import { describe, expect, it } from 'vitest'
import { type Evidence, engineBlind, type StateModel, threatStates } from '../../../src/reports/evidence/states.ts'
import { decisiveTargets } from '../../../src/reports/evidence/subject.ts'
import type { EngineRunRecord, TrialRecord, WeakeningRecord } from '../../../src/reports/run-record.ts'
import { sampleFinding } from '../sample-record.ts'

const threat = {
  boundary: 'linking',
  cwe: ['CWE-20'],
  description: 'd',
  requirement: 'r',
  file: 'threat-model/threats/LNK.yaml',
  line: 3,
}
const model: StateModel = {
  threats: [
    { ...threat, id: 'LNK-01', title: 'First', controls: ['import-match'] },
    { ...threat, id: 'LNK-02', title: 'Second', controls: ['unbuilt'] },
  ],
  controls: [
    { id: 'import-match', title: 'Import match', paths: ['src/sandbox/admission/imports.ts'] },
    { id: 'unbuilt', title: 'Unbuilt', paths: [] },
  ],
}

function target(name: string, own: boolean, facts: Record<string, string> = {}) {
  return { name, version: '1', own, facts }
}

function trial(over: Partial<TrialRecord> = {}): TrialRecord {
  const base = {
    attack: 'LNK-01-a',
    title: 'A',
    threats: ['LNK-01'],
    target: 'jail-a',
    role: 'attack',
    verdict: 'contained',
    reason: 'Because.',
  } as const
  const rest = {
    oracles: [],
    outcome: 'refused',
    elapsedMs: 1,
    peakResidentBytes: 1,
    replay: 'x',
    sha256: '0',
    origin: 'corpus/a.wat',
  }
  return { ...base, ...rest, threats: [...base.threats], ...over }
}

function weakening(over: Partial<WeakeningRecord> = {}): WeakeningRecord {
  return {
    id: 'w1',
    title: 'W',
    control: 'import-match',
    threats: ['LNK-01'],
    file: 'f',
    result: 'detected',
    detectedBy: ['LNK-01-a'],
    reason: '',
    elapsedMs: 1,
    ...over,
  }
}

function engine(over: Partial<EngineRunRecord> = {}): EngineRunRecord {
  return {
    name: 'e',
    kind: 'property',
    threats: ['LNK-01'],
    result: 'passed',
    reason: '',
    seed: 1,
    executions: 10,
    executionsPerSecond: 1,
    coverage: null,
    seconds: 1,
    replay: 'x',
    ...over,
  }
}

/** Two jails and one target of somebody else; one attack with its twin on both jails, and one weakening detected. */
function fullEvidence(): Evidence {
  const trials = ['jail-a', 'jail-b'].flatMap((name) => [trial({ target: name }), trial({ target: name, role: 'twin' })])
  return {
    targets: [target('jail-a', true), target('jail-b', true), target('bare', false)],
    trials,
    weakenings: [weakening()],
    engines: [],
    campaigns: [],
    findings: [],
  }
}

function campaign(name: string, violated: number): Evidence['campaigns'][number] {
  const generator = { modules: 5, contained: 5 - violated, violated, inconclusive: 0, byOutcome: {}, threats: ['LNK-01'] }
  return { target: name, seed: 1, modules: 5, byGenerator: { lies: generator }, seconds: 1 }
}

function first(change: Partial<Evidence> = {}) {
  return threatStates(model, { ...fullEvidence(), ...change }).threats[0]!
}

function without(predicate: (trial: TrialRecord) => boolean): TrialRecord[] {
  return fullEvidence().trials.filter((candidate) => !predicate(candidate))
}

function changed(predicate: (trial: TrialRecord) => boolean, over: Partial<TrialRecord>): TrialRecord[] {
  return fullEvidence().trials.map((candidate) => (predicate(candidate) ? { ...candidate, ...over } : candidate))
}

const attackOnB = (candidate: TrialRecord) => candidate.target === 'jail-b' && candidate.role === 'attack'
const twinOnB = (candidate: TrialRecord) => candidate.target === 'jail-b' && candidate.role === 'twin'

describe('a threat', () => {
  it('passes with an attack contained on every jail, its twin allowed, and a weakening detected', () => {
    const state = first()
    expect(state).toMatchObject({
      result: 'passed',
      evidence: { regressions: 1, twins: 1, weakenings: 1, weakeningsDetected: 1 },
    })
    expect(state.reason).toBe('1 attack was contained on every jail target with the twin allowed; 1 of 1 weakening detected.')
  })

  it('is not run without any evidence, whatever other threats have', () => {
    const { threats } = threatStates(model, fullEvidence())
    expect(threats[1]).toMatchObject({ id: 'LNK-02', result: 'not-run', reason: 'Nothing in this run tried it.' })
    expect(first({ trials: [], weakenings: [] }).result).toBe('not-run')
  })

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['the attack on one jail', { trials: without(attackOnB) }, /^LNK-01-a did not run on jail-b/],
    ['the twin on one jail', { trials: without(twinOnB) }, /twin of LNK-01-a did not run on jail-b/],
    ['all attacks', { trials: without((candidate) => candidate.role === 'attack') }, /^No regression attack ran/],
    ['all trials', { trials: [] }, /only evidence is 1 weakening/],
    ['the weakening', { weakenings: [] }, /^Contained, but unproven: no weakening shows that the attack would notice\.$/],
    ['the weakening of this threat', { weakenings: [weakening({ threats: ['LNK-02'] })] }, /unproven: no weakening/],
  ])('needs review when this is taken away: %s', (_, change, reason) => {
    const state = first(change)
    expect(state.result).toBe('needs-review')
    expect(state.reason).toMatch(reason)
  })

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['an inconclusive attack', { trials: changed(attackOnB, { verdict: 'inconclusive' }) }, /is inconclusive on jail-b: Because/],
    ['a twin that is not allowed', { trials: changed(twinOnB, { verdict: 'violated' }) }, /was not allowed on jail-b/],
    ['an inconclusive twin', { trials: changed(twinOnB, { verdict: 'inconclusive' }) }, /twin of LNK-01-a is inconclusive/],
    [
      'a repetition that is worse',
      { trials: [...fullEvidence().trials, trial({ verdict: 'inconclusive' })] },
      /inconclusive on jail-a/,
    ],
    [
      'a second attack that is doubtful',
      { trials: [...fullEvidence().trials, trial({ attack: 'LNK-01-b' })] },
      /LNK-01-b.*And 2 more\./,
    ],
    [
      'a missed weakening beside a detected one',
      { weakenings: [weakening(), weakening({ id: 'w2', result: 'missed' })] },
      /blind here: w2/,
    ],
    ['a weakening that was not run', { weakenings: [weakening({ result: 'not-run' })] }, /w1 was not run/],
    ['a weakening that is broken', { weakenings: [weakening({ result: 'broken' })] }, /w1 could not be planted/],
    [
      'a failed engine',
      { engines: [engine({ result: 'failed', reason: 'No new coverage.' })] },
      /e engine failed: No new coverage/,
    ],
    [
      'another jail on which nothing ran',
      { targets: [...fullEvidence().targets, target('jail-c', true)] },
      /did not run on jail-c/,
    ],
  ])('needs review because of %s', (_, change, reason) => {
    const state = first(change)
    expect(state.result).toBe('needs-review')
    expect(state.reason).toMatch(reason)
  })

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['a violated attack', { trials: changed(attackOnB, { verdict: 'violated' }) }, /violated jail-b/],
    ['an own finding', { findings: [sampleFinding({ threat: 'LNK-01', target: 'jail-a' })] }, /Finding F-19c07a52 on jail-a/],
    [
      'a finding on an own target that is not marked as own',
      { findings: [sampleFinding({ threat: 'LNK-01', target: 'jail-a', own: false })] },
      /F-19c07a52/,
    ],
    ['a violated campaign module', { campaigns: [campaign('jail-a', 1)] }, /1 module of the generator lies violated jail-a/],
    [
      'an attack that violated a target without a jail',
      {
        targets: [...fullEvidence().targets, target('sandbox-inline', true)],
        trials: [...fullEvidence().trials, trial({ target: 'sandbox-inline', verdict: 'violated' })],
      },
      /violated sandbox-inline/,
    ],
  ])('fails because of %s', (_, change, reason) => {
    const state = first(change)
    expect(state.result).toBe('failed')
    expect(state.reason).toMatch(reason)
  })

  it('does not fail by a violated generator that covers it, when a finding names another threat of the generator', () => {
    const run = campaign('jail-a', 1)
    const covering = { ...run, byGenerator: { lies: { ...run.byGenerator['lies']!, threats: ['LNK-01', 'LNK-02'] } } }
    const finding = sampleFinding({ threat: 'LNK-02', target: 'jail-a', source: 'campaign' })
    expect(first({ campaigns: [covering], findings: [finding] }).result).toBe('passed')
    for (const over of [{ source: 'corpus' }, { target: 'jail-b' }, { threat: null }, { threat: 'LNK-09' }] as const) {
      expect(first({ campaigns: [covering], findings: [{ ...finding, ...over }] }).result).toBe('failed')
    }
  })

  it('takes no notice of other targets, of findings about weakenings, or of findings on other threats', () => {
    const other = trial({ target: 'bare', verdict: 'violated' })
    expect(first({ trials: [...fullEvidence().trials, other], campaigns: [campaign('bare', 3)] }).result).toBe('passed')
    expect(first({ findings: [sampleFinding({ threat: 'LNK-01', target: 'bare', own: false })] }).result).toBe('passed')
    expect(first({ findings: [sampleFinding({ threat: 'LNK-01', target: 'jail-a', source: 'weakening' })] }).result).toBe(
      'passed',
    )
    expect(first({ findings: [sampleFinding({ threat: 'LNK-02', target: 'jail-a' })] }).result).toBe('passed')
    expect(first({ trials: [other], weakenings: [], campaigns: [campaign('bare', 0)] }).result).toBe('not-run')
  })

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['a campaign', { campaigns: [campaign('jail-a', 0)] }, /only evidence is 5 campaign modules/],
    ['a property', { engines: [engine()] }, /only evidence is 1 property/],
    [
      'attacks without a jail',
      { targets: [target('sandbox-inline', true)], trials: [trial({ target: 'sandbox-inline' })] },
      /1 attack without a jail/,
    ],
  ])('needs review when the only evidence is %s', (_, change, reason) => {
    const state = first({ trials: [], weakenings: [], ...change })
    expect(state.result).toBe('needs-review')
    expect(state.reason).toMatch(reason)
  })

  it.each<[string, Partial<EngineRunRecord>]>([
    ['was not run', { result: 'not-run', executions: 0 }],
    ['executed nothing', { executions: 0 }],
    ['was blind', { kind: 'coverage-guided', coverage: { instrumentedEdges: 0, initial: 0, final: 0, corpus: 0 } }],
  ])('has no evidence in an engine that %s', (_, over) => {
    expect(first({ trials: [], weakenings: [], engines: [engine(over)] })).toMatchObject({
      result: 'not-run',
      evidence: { properties: 0, coverageGuided: 0 },
    })
  })
})

describe('a control', () => {
  const control = (change: Partial<Evidence> = {}) => threatStates(model, { ...fullEvidence(), ...change }).controls[0]!

  it('passes with a weakening detected', () => {
    expect(control()).toMatchObject({ result: 'passed', threats: ['LNK-01'], weakenings: 1, weakeningsDetected: 1 })
  })

  it('is not run without source paths, whatever was detected', () => {
    const { controls } = threatStates(model, { ...fullEvidence(), weakenings: [weakening({ control: 'unbuilt' })] })
    expect(controls[1]).toMatchObject({ id: 'unbuilt', result: 'not-run' })
    expect(controls[1]!.reason).toMatch(/^Not built yet/)
  })

  it.each<[string, Partial<Evidence>, string, RegExp]>([
    ['its weakening', { weakenings: [] }, 'needs-review', /^Unproven: no weakening/],
    ['the detection', { weakenings: [weakening({ result: 'missed' })] }, 'needs-review', /blind/],
    ['the run of its weakening', { weakenings: [weakening({ result: 'not-run' })] }, 'needs-review', /^Unproven: w1 was not run/],
    ['everything', { trials: [], weakenings: [] }, 'not-run', /nothing in this run tried it/],
  ])('changes when this is taken away: %s', (_, change, result, reason) => {
    expect(control(change).result).toBe(result)
    expect(control(change).reason).toMatch(reason)
  })

  it('fails when a threat that it answers did not hold', () => {
    const state = control({ trials: changed(attackOnB, { verdict: 'violated' }) })
    expect(state).toMatchObject({ result: 'failed', reason: 'It answers LNK-01, which did not hold in this run.' })
  })
})

describe('targets and engines', () => {
  it('takes every own target for a jail that does not say otherwise', () => {
    const targets = [
      target('sandbox-jail', true),
      target('x', true),
      target('y', true, { isolation: 'inline' }),
      target('sandbox-inline', true),
      target('bare', false),
    ]
    expect(decisiveTargets({ targets })).toEqual(['sandbox-jail', 'x'])
  })

  it('calls a coverage-guided engine blind that saw nothing', () => {
    const seen = { instrumentedEdges: 9, initial: 1, final: 4, corpus: 2 }
    expect(engineBlind(engine({ kind: 'coverage-guided', coverage: seen }))).toBe(false)
    expect(engineBlind(engine({ kind: 'coverage-guided', coverage: { ...seen, instrumentedEdges: 0 } }))).toBe(true)
    expect(engineBlind(engine({ kind: 'coverage-guided', coverage: { ...seen, final: 0 } }))).toBe(true)
    expect(engineBlind(engine({ kind: 'coverage-guided', coverage: null }))).toBe(true)
    expect(engineBlind(engine({ kind: 'coverage-guided', coverage: null, result: 'not-run' }))).toBe(false)
    expect(engineBlind(engine())).toBe(false)
  })
})
