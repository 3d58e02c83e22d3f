// Decisions and overlays in a whole run: what is left out, what the report says, and how the run ends.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AttackGenerator } from '../../src/campaign/generated.ts'
import { type GauntletOptions, runGauntlet } from '../../src/campaign/run.ts'
import { isOn, leftOutText } from '../../src/campaign/switched-off.ts'
import { runRecordSchema } from '../../src/reports/run-record.ts'
import type { Risk, ThreatModel } from '../../src/threats/index.ts'
import { toyRun } from './toy-run.ts'
import { scratch, toyAttack, toyModel } from './toys.ts'

let project: ReturnType<typeof scratch>
let runDirectory: string
beforeEach(() => {
  project = scratch()
  runDirectory = join(project.path, 'reports', 'run-1')
  mkdirSync(runDirectory, { recursive: true })
})
afterEach(() => project.remove())

const EVIL = toyAttack('LNK-01-evil', 'evil')
const LEAK = toyAttack('RES-01-leak', 'xx leak yy', { threats: ['RES-01'] })
const BOTH = toyAttack('LNK-01-both', 'evil', { threats: ['LNK-01', 'RES-01'] })
const off = { switchedOff: [{ threat: 'RES-01', reason: 'It has no such thing.', overlay: 'My host' }] }

function gauntlet(
  model: Partial<ThreatModel>,
  changes: Partial<GauntletOptions> = {},
  generators: readonly AttackGenerator[] = [],
) {
  const attacks = [EVIL, LEAK, BOTH]
  return runGauntlet(toyRun({ root: project.path, runDirectory, attacks, generators, model: { ...toyModel, ...model } }, changes))
}

describe('what an overlay switches off', () => {
  it('is not tried on the target, and the report says on whose word', async () => {
    const record = await gauntlet(off)
    expect(new Set(record.trials.map(({ attack }) => attack))).toEqual(new Set(['LNK-01-evil', 'LNK-01-both']))
    expect(record.stages.find(({ name }) => name === 'corpus')!.reason).toMatch(
      /1 case left out, as an overlay switches off RES-01: It has no such thing/,
    )
    const threat = record.threats.find(({ id }) => id === 'RES-01')!
    expect(threat).toMatchObject({ result: 'not-applicable' })
    expect(threat.reason).toMatch(/"My host" switches it off: It has no such thing\./)
    expect(record.model).toMatchObject(off)
    expect(record.exitCode).toBe(0)
  })

  it('is tried all the same by generators on the host that shows that they bite', async () => {
    const generator = (name: string, threat: string) => ({
      name,
      family: 'toys',
      threats: [threat],
      generate: (seed: number) =>
        toyAttack(name, 'evil', { threats: [threat], origin: { kind: 'generated', generator: name, seed } }),
    })
    const generators = [generator('on', 'LNK-01'), ...['a', 'b', 'c', 'd'].map((name) => generator(name, 'RES-01'))]
    const told = new AbortController()
    const stop = { signal: told.signal, onEvent: ({ type }: { readonly type: string }) => type === 'fault' && told.abort() }
    const record = await gauntlet(off, { targets: undefined as never, stages: ['generated'], ...stop }, generators)
    // None of them is a module, so that none gets through; all five were asked.
    expect(record.faults).toEqual([
      expect.stringMatching(/^of 5 generated attacks only those of 0 generators broke through bare/),
    ])
  })

  it('is tried, and found, without the overlay', async () => {
    const record = await gauntlet({})
    expect(record.trials.map(({ attack }) => attack)).toContain('RES-01-leak')
    expect(record).toMatchObject({ exitCode: 1 })
  })

  it('is only what tries nothing else', () => {
    expect([EVIL, LEAK, BOTH].map((attack) => isOn(attack, { switchedOff: off.switchedOff }))).toEqual([true, false, true])
    expect(isOn({ threats: [] }, { switchedOff: off.switchedOff })).toBe(true)
    expect(isOn(LEAK, null)).toBe(true)
    expect(leftOutText([EVIL, BOTH], 'case', { switchedOff: off.switchedOff })).toBeNull()
  })

  it('is told once for each reason, however many threats have it', () => {
    const switchedOff = ['A', 'B', 'C', 'D', 'E'].map((threat) => ({ threat, reason: 'No network.', overlay: 'X' }))
    expect(
      leftOutText(
        switchedOff.map(({ threat }) => ({ threats: [threat] })),
        'generator',
        { switchedOff },
      ),
    ).toBe('5 generators left out, as an overlay switches off A, B, C and 2 more: No network')
  })
})

describe('decisions in a run', () => {
  const risk = (expires: string): Risk => ({
    id: 'leaks',
    threat: 'RES-01',
    status: 'accepted',
    reason: 'Nobody minds.',
    owner: 'Jane Doe',
    ticket: 'T-1',
    date: '2020-01-01',
    expires,
    file: 'overlay.yaml',
    line: 4,
  })

  it('in force: the finding stays in the report and does not decide the exit code', async () => {
    const record = await gauntlet({ risks: [risk('9999-12-31')] })
    expect(record.findings.map(({ threat }) => threat)).toEqual(['RES-01'])
    expect(record.risks).toEqual([expect.objectContaining({ state: 'in-force', covers: [record.findings[0]!.id] })])
    expect(record.exitCode).toBe(0)
    expect(runRecordSchema.parse(JSON.parse(readFileSync(join(runDirectory, 'report.json'), 'utf8')))).toEqual(record)
  })

  it('expired: the run fails and says by which', async () => {
    const record = await gauntlet({ risks: [risk('2020-12-31')] })
    expect(record.exitCode).toBe(1)
    expect(record.completionReason).toMatch(
      /^the decision leaks of Jane Doe about RES-01 expired on 2020-12-31 \(overlay\.yaml:4\)/,
    )
  })
})
