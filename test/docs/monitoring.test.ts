// The program of docs/monitoring.md prints what stands below it, and its tables name what there is.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { METRICS, OPERATION_DURATION, PREFIX, principalMetrics } from '../../src/sandbox/monitor/metrics.ts'
import { ALERT_METRICS } from '../../src/sandbox/monitor/thresholds.ts'
import { printing } from '../sandbox/support/guests.ts'
import { wat } from '../sandbox/support/wat.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs', 'monitoring.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-docs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** First cells of the rows of the table under a heading. */
const cells = (heading: string, column: number): string[] =>
  PAGE.slice(PAGE.indexOf(`\n## ${heading}\n`))
    .split('\n## ')[1]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ')[column]!.replace(/^\| /, ''))

describe('docs/monitoring.md', () => {
  it('has a program that does what it says', () => {
    const [, program = '', output] = /^```ts test\n([\s\S]*?)^```\n\n```text output\n([\s\S]*?)^```/m.exec(PAGE) ?? []
    writeFileSync(join(dir, 'probe.wasm'), wat(printing('x'.repeat(90))))
    const sandbox = JSON.stringify(join(ROOT, 'src', 'sandbox', 'index.ts'))
    writeFileSync(join(dir, 'program.ts'), program.replaceAll(`'wasm-gauntlet/sandbox'`, sandbox))
    const ran = spawnSync(process.execPath, ['program.ts'], { cwd: dir, encoding: 'utf8' })
    expect([ran.stdout, ran.status]).toEqual([output, 0])
  })

  it('names every quota that an alert can be given for, and who measures it', () => {
    const names = cells('Alerts', 0)
    const measuredBy = cells('Alerts', 1)
    const told = names.flatMap((list, row) => [...list.matchAll(/`(\w+)`/g)].map(([, name]) => [name, measuredBy[row]]))
    expect(Object.fromEntries(told)).toEqual(ALERT_METRICS)
  })

  it('names every metric with its kind, unit and attributes', () => {
    const told = cells('Metrics', 0).map((name, row) => [name, ...[1, 2, 3].map((column) => cells('Metrics', column)[row])])
    const { name, unit, attribute } = OPERATION_DURATION
    const there = [...METRICS, ...principalMetrics(1)].map((metric) => [
      `\`${PREFIX}${metric.name}\``,
      metric.kind,
      `\`${metric.unit}\``,
      metric.attributes.map((each) => `\`${each}\``).join(', '),
    ])
    expect(told.toSorted()).toEqual([...there, [`\`${name}\``, 'histogram', `\`${unit}\``, `\`${attribute}\``]].toSorted())
  })
})
