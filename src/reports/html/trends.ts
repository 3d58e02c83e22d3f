// Trends over the last runs: what was found, what is proven, how much was executed and how fast. Four small plots, and the table behind them.
import { count, duration } from '../results.ts'
import type { PastRun, RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { type Point, plot } from './plot.ts'
import { fold, scrollTable } from './tables.ts'
import { html, type Markup } from './template.ts'

/** More than these are a smear; the table and the index of the runs have the rest. */
const PLOTTED = 60

interface Trend {
  readonly title: string
  readonly unit: string
  readonly of: (run: PastRun) => number | null
}

const TRENDS: readonly Trend[] = [
  { title: 'Findings on our own sandbox', unit: 'findings', of: (run) => run.findings.own },
  { title: 'Threats with full evidence', unit: 'percent', of: provenShare },
  { title: 'Edges that coverage-guided engines reached', unit: 'edges', of: (run) => run.edges },
  { title: 'Executions', unit: 'executions', of: (run) => run.executions },
  { title: 'Speed of the engines', unit: 'executions per second', of: (run) => positive(run.executionsPerSecond) },
  { title: 'Planted weakenings detected', unit: 'percent', of: detectedShare },
]

/** Drawn before the page is put together, because the library answers later. Null if there is nothing to compare. */
export async function trendPlots({ history = [] }: RunRecord): Promise<readonly Markup[] | null> {
  const runs = history.slice(-PLOTTED)
  if (runs.length < 2) return null
  const plots: Markup[] = []
  for (const trend of TRENDS) {
    const points = runs.map(
      (run, index): Point => ({ run: index + 1, value: trend.of(run), whole: run.completion === 'complete' ? 1 : 0 }),
    )
    const known = points.filter(({ value }) => value !== null)
    if (known.length > 0) plots.push(await figure(trend, points, known))
  }
  return plots
}

async function figure({ title, unit }: Trend, points: readonly Point[], known: readonly Point[]): Promise<Markup> {
  const last = known.at(-1)?.['value'] ?? 0
  const label = `${title} over ${count(points.length, 'run')}, ${unit}; the last known value is ${Math.round(last).toLocaleString('en-US')}.`
  return html`<figure><figcaption>${title} <span class="quiet">(${unit})</span></figcaption>${await plot(shape(points.length, unit), points, label)}</figure>`
}

/** A value that is not known breaks the line: it is not zero. A run that was cut short is a hollow point. */
function shape(runs: number, unit: string): Readonly<Record<string, unknown>> {
  const axes = {
    x: {
      field: 'run',
      type: 'quantitative',
      title: null,
      scale: { domain: [1, runs], nice: false },
      axis: { grid: false, format: 'd', tickMinStep: 1, tickCount: 6 },
    },
    y: {
      field: 'value',
      type: 'quantitative',
      title: null,
      scale: unit === 'percent' ? { domain: [0, 100] } : { domainMin: 0, nice: true },
      axis: {
        tickCount: 4,
        tickMinStep: unit === 'findings' ? 1 : 0,
        format: unit === 'percent' || unit === 'findings' ? 'd' : '~s',
      },
    },
  }
  return {
    width: 250,
    height: 110,
    encoding: axes,
    layer: [
      { mark: { type: 'line', color: 'var(--link)', strokeWidth: 1.5, invalid: 'break-paths-show-path-domains' } },
      {
        mark: { type: 'point', filled: false, opacity: 1, size: 26, invalid: 'filter' },
        encoding: {
          fill: { condition: { test: 'datum.whole === 1', value: 'var(--link)' }, value: 'var(--paper)' },
          stroke: { value: 'var(--link)' },
          shape: { condition: { test: 'datum.whole === 1', value: 'circle' }, value: 'diamond' },
        },
      },
    ],
  }
}

export function trendsSection({ history = [] }: RunRecord, plots: readonly Markup[] | null): Markup {
  return html`<section><h2 id="trends">Trends</h2>
${
  plots === null
    ? html`<p>${badge('not-run', 'No earlier run')} is in the record, so there is nothing to compare this one with. From the second run of a folder of reports on, the trend is here.</p>`
    : html`<p class="quiet small">The last ${count(Math.min(history.length, PLOTTED), 'run')} of this folder of reports, oldest first, this run at the right. A hollow diamond is a run that was cut short; a gap is a value that nobody measured.</p>
<div class="plots">${plots}</div>${table(history)}`
}
</section>`
}

function table(history: readonly PastRun[]): Markup {
  const rows = history
    .slice(-PLOTTED)
    .reverse()
    .map(
      (run) => html`<tr><th scope="row" class="mono">${run.run}</th>
<td data-label="Ended">${run.completion === 'complete' ? badge('passed', 'complete') : badge('needs-review', run.completion)}</td>
<td data-label="Findings" class="number">${run.findings.own > 0 ? badge('failed', run.findings.own) : run.findings.own}</td>
<td data-label="On other targets" class="number">${run.findings.other}</td>
<td data-label="Attacks" class="number">${run.attacks}</td>
<td data-label="Executions" class="number">${run.executions}</td>
<td data-label="Per second" class="number">${run.executionsPerSecond > 0 ? Math.round(run.executionsPerSecond) : '–'}</td>
<td data-label="Edges" class="number">${run.edges ?? '–'}</td>
<td data-label="Weakenings" class="number">${run.weakenings.planted === 0 ? '–' : html`${run.weakenings.detected} of ${run.weakenings.planted}`}</td>
<td data-label="Mutants noticed" class="number">${run.mutationScore === null ? '–' : `${(100 * run.mutationScore).toFixed(1)} %`}</td>
<td data-label="Took" class="number">${duration(run.seconds * 1_000)}</td></tr>
`,
    )
  const columns = [
    'Findings',
    'On other targets',
    'Attacks',
    'Executions',
    'Per second',
    'Edges',
    'Weakenings',
    'Mutants noticed',
    'Took',
  ]
  return fold(
    'The runs in figures',
    count(rows.length, 'run'),
    scrollTable('Runs', ['Run', 'Ended', ...columns.map((number) => ({ number }))], rows),
  )
}

function provenShare({ threats }: PastRun): number | null {
  const all = Object.values(threats).reduce((sum, number) => sum + number, 0)
  return all === 0 ? null : (100 * (threats.passed ?? 0)) / all
}

function detectedShare({ weakenings: { detected, planted } }: PastRun): number | null {
  return planted === 0 ? null : (100 * detected) / planted
}

/** No engine ran: that is no speed, and not a speed of zero. */
function positive(number: number): number | null {
  return number > 0 ? number : null
}
