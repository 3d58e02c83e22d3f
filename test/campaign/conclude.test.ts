// What follows at the end of a run: the figures are those of the evidence that is there, and a step that fails costs only itself.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { conclude } from '../../src/campaign/conclude.ts'
import { sourcesDigest } from '../../src/campaign/elsewhere/made.ts'
import { noteTests, sha256Of } from '../../src/campaign/elsewhere/tests-file.ts'
import { runGauntlet } from '../../src/campaign/run.ts'
import { type RunRecord, runRecordSchema } from '../../src/reports/run-record.ts'
import type { ThreatModel } from '../../src/threats/index.ts'
import { plainRecord } from '../reports/sample-record.ts'
import { toyRun } from './toy-run.ts'
import { scratch, toyAttack, toyModel } from './toys.ts'

const TEST = 'test/sandbox/toy.test.ts'
const framework: ThreatModel['frameworks'][number] = {
  id: 'f',
  title: 'F',
  version: '1',
  url: 'https://example.test',
  checked: null,
  requirements: [{ id: 'R-1', title: 'R', controls: ['import-match'] }],
}
const model: ThreatModel = { ...toyModel, frameworks: [framework] }

let project: ReturnType<typeof scratch>
beforeEach(() => {
  project = scratch()
  mkdirSync(join(project.path, 'reports'))
  mkdirSync(join(project.path, 'test', 'sandbox'), { recursive: true })
  writeFileSync(join(project.path, TEST), 'LNK-01')
  noteTests(project.path, [
    {
      file: TEST,
      tests: 4,
      failed: 0,
      skipped: 0,
      seconds: 1,
      threats: ['LNK-01'],
      sha256: sha256Of(join(project.path, TEST)),
      at: '2026-03-01T00:00:00.000Z',
      node: '24',
      commit: plainRecord('held').project.commit,
      sources: sourcesDigest(project.path),
    },
  ])
})
afterEach(() => project.remove())

/** One threat, one control, one case on each target. */
function small(changes: Partial<RunRecord> = {}): RunRecord {
  const held = plainRecord('held')
  return {
    ...held,
    trials: held.trials.filter(({ attack }) => attack === 'LNK-01-sample'),
    weakenings: held.weakenings
      .filter(({ threats }) => threats.includes('LNK-01'))
      .map((weakening) => ({ ...weakening, control: 'import-match' })),
    findings: [],
    engines: [],
    campaigns: [],
    ...changes,
  }
}

function concluded(record: RunRecord = small(), given: ThreatModel | null = model): RunRecord {
  const reports = join(project.path, 'reports')
  conclude(record, { root: project.path, reports, history: null, model: given, decides: () => true, settle: () => {} })
  return runRecordSchema.parse(record)
}
const threat = (record: RunRecord) => record.threats.find(({ id }) => id === 'LNK-01')!

describe('the figures of a report', () => {
  it('are those of all evidence', () => {
    const record = concluded()
    expect(threat(record)).toMatchObject({
      result: 'passed',
      evidence: { regressions: 1, twins: 1, weakenings: 1, weakeningsDetected: 1, tests: 4 },
    })
    expect(record.controls[0]).toMatchObject({ id: 'import-match', result: 'passed' })
    expect(record.frameworks?.[0]?.requirements[0]).toMatchObject({ result: 'passed' })
    expect(record.evidence?.map(({ id }) => id)).toEqual([
      'regression:LNK-01-sample@sandbox-jail',
      'regression:LNK-01-sample@sandbox-inline',
      'regression:LNK-01-sample@bare',
      'weakening:weak-lnk-01',
      `test:${TEST}`,
    ])
    expect(record.faults).toEqual([])
  })

  it.each<[what: string, remove: () => RunRecord, result: string, figures: object, requirement?: string]>([
    ['a case', () => small({ trials: [] }), 'needs-review', { regressions: 0, twins: 0 }],
    ['its twin', () => small({ trials: small().trials.filter(({ role }) => role === 'attack') }), 'needs-review', { twins: 0 }],
    ['a weakening', () => small({ weakenings: [] }), 'needs-review', { weakenings: 0, weakeningsDetected: 0 }, 'needs-review'],
    [
      'a unit test',
      () => {
        rmSync(join(project.path, TEST))
        return small()
      },
      'passed',
      { tests: 0 },
    ],
  ])('change when this is removed: %s', (_, remove, result, figures, requirement = 'passed') => {
    const before = concluded()
    const after = concluded(remove())
    expect(after.evidence).not.toEqual(before.evidence)
    expect(threat(after)).toMatchObject({ result, evidence: figures })
    expect(threat(after).evidence).not.toEqual(threat(before).evidence)
    expect(after.frameworks![0]!.requirements[0]!.result).toBe(requirement)
  })
})

describe('a step that fails', () => {
  it('is a fault, and the others are done', () => {
    const broken = { ...model, frameworks: null } as unknown as ThreatModel
    const record = concluded(small(), broken)
    expect(record.faults).toEqual([expect.stringMatching(/^the frameworks could not be computed: /)])
    expect(threat(record).result).toBe('passed')
  })

  it('is none without a threat model: there is nothing to say then', () => {
    const record = concluded(small({ threats: [], controls: [] }), null)
    expect(record).toMatchObject({ threats: [], faults: [] })
    expect(record.evidence).toBeUndefined()
  })

  it('in the reading of what another command left is said among the stages, and is no fault', () => {
    writeFileSync(join(project.path, 'reports', 'prove.json'), '{')
    const record = concluded()
    expect(record.faults).toEqual([])
    expect(record.stages.at(-1)).toMatchObject({
      name: 'evidence of other commands',
      result: 'needs-review',
      reason: expect.stringContaining('prove.json'),
    })
  })
})

describe('whom a run is about', () => {
  const runWith = async (overlays: ThreatModel['overlays']) => {
    const runDirectory = join(project.path, 'reports', 'run-1')
    mkdirSync(runDirectory)
    const attacks = [toyAttack('LNK-01-a', 'evil')]
    return await runGauntlet(toyRun({ root: project.path, runDirectory, attacks, model: { ...model, overlays } }))
  }

  it('is a named host that an overlay describes, and whose controls ours are not', async () => {
    const record = await runWith([{ title: 'A host', file: 'host.yaml', sha256: '0'.repeat(64) }])
    expect(record.subject).toEqual(['toy-host'])
    expect(threat(record).evidence).toMatchObject({ regressions: 1, twins: 1 })
    expect(record.evidence?.[0]?.controls).toEqual([])
  })

  it('is the named host without an overlay too', async () => {
    const record = await runWith([])
    expect(record.subject).toEqual(['toy-host'])
    expect(threat(record)).toMatchObject({ result: 'passed', controls: [] })
  })
})
