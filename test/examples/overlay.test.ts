// examples/overlay: the text filter is attacked under its own threat model, from the overlay to the report.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runGauntlet } from '../../src/campaign/run.ts'
import type { RunRecord } from '../../src/reports/run-record.ts'
import { resolveTarget } from '../../src/targets/load.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const EXAMPLE = join(ROOT, 'examples', 'overlay')
let reports: string
let record: RunRecord
beforeAll(async () => {
  reports = mkdtempSync(join(tmpdir(), 'overlay-example-'))
  record = await runGauntlet({
    root: ROOT,
    runDirectory: reports,
    run: 'example',
    command: 'gauntlet fuzz --target examples/overlay/adapter.ts --overlay examples/overlay/text-filter.yaml',
    seed: 1,
    budgetMs: 20_000,
    targets: [resolveTarget(join(EXAMPLE, 'adapter.ts'))],
    overlays: [join(EXAMPLE, 'text-filter.yaml')],
    stages: ['corpus'],
    only: ['LNK-01', 'LNK-02', 'MOD-11', 'NET-01'],
    parallel: 2,
  })
}, 120_000)
afterAll(() => rmSync(reports, { recursive: true, force: true }))
const threat = (id: string) => record.threats.find((entry) => entry.id === id)!

describe('the worked example', () => {
  it('is about the host under attack, and its report names the overlay', () => {
    expect(record.faults).toEqual([])
    expect(record.subject).toEqual(['text-filter'])
    expect(record.model!.overlays).toEqual([
      { title: 'Text filter', file: 'examples/overlay/text-filter.yaml', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    const written = JSON.parse(readFileSync(join(reports, 'report.json'), 'utf8'))
    expect(written.model).toEqual(record.model)
  })

  it('leaves out what the host switches off, with its reason', () => {
    expect(record.trials.filter(({ attack }) => attack.startsWith('NET-'))).toEqual([])
    expect(threat('NET-01')).toMatchObject({ result: 'not-applicable' })
    expect(threat('NET-01').reason).toContain('Filters have no function that reaches a network.')
  })

  it('maps threats to the controls of the host', () => {
    expect(threat('LNK-01')).toMatchObject({ mappedTo: ['filter-imports'], controls: ['filter-imports'] })
    expect(record.controls.find(({ id }) => id === 'filter-imports')!.threats).toEqual(
      expect.arrayContaining(['LNK-01', 'LNK-02']),
    )
  })

  it('knows the threats that the host has added, and that nothing has tried them', () => {
    expect(threat('FLT-01')).toMatchObject({ result: 'not-run', boundary: 'filtered-text', severity: { level: 'high' } })
  })

  it('finds what the host really lacks: a bound on the memory that a filter declares', () => {
    expect(threat('MOD-11')).toMatchObject({ result: 'failed' })
    expect(record.exitCode).toBe(1)
  })
})
