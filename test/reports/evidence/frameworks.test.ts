// Requirements of frameworks: the worst of what supports them decides, and what nothing tests is not run.
import { describe, expect, it } from 'vitest'
import { frameworkStates } from '../../../src/reports/evidence/frameworks.ts'
import type { ControlStateRecord, Result, ThreatStateRecord } from '../../../src/reports/run-record.ts'
import { loadThreatModel } from '../../../src/threats/index.ts'

const states = (results: Readonly<Record<string, Result>>) =>
  Object.entries(results).map(([id, result]) => ({ id, result })) as unknown as ControlStateRecord[]

function requirement(controls: Readonly<Record<string, Result>>, threats: Readonly<Record<string, Result>> = {}, level?: string) {
  const named = { controls: Object.keys(controls), threats: Object.keys(threats) }
  const framework = {
    id: 'f',
    title: 'F',
    version: '1',
    url: 'https://example.test',
    checked: null,
    requirements: [{ id: 'R-1', title: 'R', ...named, ...(level !== undefined && { level }) }],
  }
  const others = states({ other: 'failed' })
  const all = [...states(controls), ...others]
  return frameworkStates([framework], all, states(threats) as unknown as ThreatStateRecord[])[0]!.requirements[0]!
}

describe('a requirement', () => {
  it.each<[Record<string, Result>, Record<string, Result>, Result, RegExp]>([
    [{ a: 'passed', b: 'passed' }, {}, 'passed', /^Evidence that supports it: a and b held\.$/],
    [{ a: 'passed' }, { t: 'passed' }, 'passed', /a and t held/],
    [{ a: 'passed', b: 'failed' }, {}, 'failed', /^b did not hold\.$/],
    [{ a: 'needs-review', b: 'failed' }, {}, 'failed', /^b did not hold\.$/],
    [{ a: 'passed' }, { t: 'failed' }, 'failed', /^t did not hold\.$/],
    [{ a: 'passed', b: 'needs-review' }, {}, 'needs-review', /^b needs review; evidence that supports it: a held\.$/],
    [{ a: 'unknown' }, {}, 'needs-review', /^a needs review\.$/],
    [{ a: 'passed', b: 'not-run' }, {}, 'needs-review', /^b was not run; evidence that supports it: a held\.$/],
    [{ a: 'not-run', b: 'not-run' }, {}, 'not-run', /^a and b were not run\.$/],
    [{ a: 'not-applicable', b: 'passed' }, {}, 'passed', /b held/],
    [{ a: 'not-applicable' }, {}, 'not-applicable', /applies/],
    [{ a: 'not-applicable', b: 'not-run' }, {}, 'not-run', /^b was not run/],
    [{}, {}, 'not-run', /^Nothing that is tested here supports it\.$/],
  ])('that rests on controls %j and threats %j is %s', (controls, threats, result, reason) => {
    const found = requirement(controls, threats)
    expect(found.result).toBe(result)
    expect(found.reason).toMatch(reason)
  })

  it('names a few of many, and keeps its level', () => {
    const many = Object.fromEntries([...'abcdef'].map((id) => [id, 'passed'] as const))
    expect(requirement(many, {}, '3')).toMatchObject({
      level: '3',
      reason: expect.stringContaining('a, b, c, d and 2 others held'),
    })
    expect(requirement({})).toMatchObject({ level: null, controls: [], threats: [] })
  })
})

describe('the frameworks of the threat model', () => {
  const { frameworks, controls } = loadThreatModel()

  it('are these', () => {
    expect(frameworks.map(({ id }) => id).sort()).toEqual([
      'eu-cra-annex-i',
      'iso-27001-2022-a',
      'nist-800-53-r5',
      'nist-ssdf',
      'owasp-asvs-5-0',
      'soc-2',
    ])
  })

  it('say where their ids were checked, and name no requirement twice', () => {
    for (const { id, checked, requirements } of frameworks) {
      expect(checked, id).not.toBeNull()
      expect(new Set(requirements.map((entry) => entry.id)).size, id).toBe(requirements.length)
    }
  })

  it('leave out no control that is built', () => {
    const named = new Set(frameworks.flatMap(({ requirements }) => requirements.flatMap((entry) => entry.controls)))
    expect(controls.filter(({ id, paths }) => paths.length > 0 && !named.has(id)).map(({ id }) => id)).toEqual([])
  })

  it('never speak of compliance', () => {
    const text = JSON.stringify(frameworkStates(frameworks, [], []))
    expect(text).not.toMatch(/compl(y|ies|iant)\b/i)
  })
})
