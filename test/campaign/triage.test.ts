// Findings: one for each cause, worst first, with a place that can be opened.
import { describe, expect, it } from 'vitest'
import { Findings, type FoundFacts, findingOf, locationOf, severityOf } from '../../src/campaign/triage.ts'
import { toyAttack } from './toys.ts'

const about = {
  title: 't',
  own: false,
  source: 'corpus',
  expected: 'e',
  actual: 'because',
  replay: 'r',
  location: { path: 'p', line: 1 },
  bytes: 4,
} as const
const finding = (words: string, { target = 'bare', ...more }: Partial<FoundFacts> & { target?: string } = {}) => {
  const [oracle = '', code = ''] = words.split(' ')
  return findingOf({ threat: 'LNK-01', oracle, code, target }, { ...about, ...more })
}

describe('severityOf', () => {
  it.each([
    ['LNK-01', 'canary', 'file-secret', 'critical'],
    ['NET-01', 'effect', 'sent-forbidden', 'critical'],
    ['FSX-01', 'effect', 'effect-not-expected', 'high'],
    ['LNK-01', 'verdict', 'outcome-not-expected', 'high'],
    ['RES-01', 'verdict', 'outcome-not-expected', 'medium'],
    ['RES-01', 'time', 'hung', 'high'],
    ['RES-01', 'time', 'too-slow', 'medium'],
    ['OUT-01', 'verdict', 'hostile-text', 'medium'],
    ['OUT-01', 'verdict', 'event-missing', 'low'],
    [null, 'property', 'any', 'high'],
    [null, 'unheard of', 'any', 'medium'],
  ] as const)('%s, %s %s: %s', (threat, oracle, code, severity) => expect(severityOf(threat, oracle, code)).toBe(severity))
})

describe('Findings', () => {
  it('counts violations of one cause as one finding', () => {
    const findings = new Findings()
    expect(findings.add(finding('time hung'))).toBe(true)
    expect(findings.add(finding('time hung'))).toBe(false)
    expect(findings.add(finding('time too-slow'))).toBe(true)
    expect(findings.list().map(({ code, count }) => [code, count])).toEqual([
      ['hung', 2],
      ['too-slow', 1],
    ])
  })
  it('lists our own first, then the worst', () => {
    const findings = new Findings()
    for (const one of [
      finding('verdict event-missing'),
      finding('canary file-secret'),
      finding('time too-slow', { own: true, target: 'jail' }),
    ])
      findings.add(one)
    expect(findings.list().map(({ code }) => code)).toEqual(['too-slow', 'file-secret', 'event-missing'])
  })
  it('takes what is found out later', () => {
    const findings = new Findings()
    const one = finding('time hung')
    findings.add(one)
    findings.update(one.id, { bytesAfter: 3 })
    findings.update('nothing of that name', { bytesAfter: 9 })
    expect(findings.list()).toMatchObject([{ bytesAfter: 3 }])
    expect([findings.has(one.id), findings.has('x')]).toEqual([true, false])
  })
})

describe('locationOf', () => {
  const places = new Map([['LNK-01', { file: 'threat-model/threats/LNK.yaml', line: 12 }]])
  it('is the corpus file, else the threat, else the model', () => {
    const corpus = toyAttack('A', 'a')
    const generated = toyAttack('A', 'a', { origin: { kind: 'generated', generator: 'g', seed: 1 } })
    expect(locationOf(corpus, 'LNK-01', places)).toEqual({ path: 'corpus/A.wat', line: 1 })
    expect(locationOf(generated, 'LNK-01', places)).toEqual({ path: 'threat-model/threats/LNK.yaml', line: 12 })
    expect(locationOf(generated, 'RES-09', places).path).toMatch(/^threat-model\//)
    expect(locationOf(null, null, places).line).toBe(1)
  })
})
