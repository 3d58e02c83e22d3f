// Properties, coverage-guided engines and the generated campaigns.
import { engineBlind } from '../evidence/states.ts'
import { applicableEngines } from '../not-ours.ts'
import { count, duration } from '../results.ts'
import type { CampaignRecord, EngineRunRecord, RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { type Content, html, type Markup } from './template.ts'

export function fuzzingSection(record: RunRecord): Markup {
  const { shown, rest } = applicableEngines(record.engines)
  return html`<section><h2 id="fuzzing">Fuzzing</h2>
<h3>Properties and coverage-guided engines</h3>
${record.engines.length === 0 && html`<p>${badge('not-run', 'No engine was run')}.</p>`}
${shown.length > 0 && engines(shown)}
${rest !== null && html`<p>${badge('not-applicable')} ${rest}</p>`}
<h3>Generated campaigns</h3>
${record.campaigns.length === 0 ? html`<p>${badge('not-run', 'No campaign was run')}.</p>` : record.campaigns.map(campaign)}
</section>`
}

function engines(runs: readonly EngineRunRecord[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Engines"><table>
<thead><tr><th scope="col">Engine</th><th scope="col">Result</th><th scope="col" class="number">Executions</th><th scope="col" class="number">per second</th><th scope="col" class="number">Edges</th><th scope="col" class="number">Coverage</th><th scope="col" class="number">Corpus</th><th scope="col" class="number">Seed</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${runs.map(engineRow)}</tbody></table></div>`
}

function engineRow(engine: EngineRunRecord): Markup {
  const blind = engineBlind(engine)
  const coverage: Content[] =
    engine.coverage === null
      ? ['–', '–', '–']
      : [
          engine.coverage.instrumentedEdges,
          `${engine.coverage.initial.toLocaleString('en-US')} → ${engine.coverage.final.toLocaleString('en-US')}`,
          engine.coverage.corpus,
        ]
  const numbers: Content[] = [
    engine.executions,
    Math.round(engine.executionsPerSecond),
    ...coverage,
    engine.seed === null ? '–' : String(engine.seed),
    engine.result === 'not-run' ? '–' : duration(engine.seconds * 1_000),
  ]
  return html`<tr><th scope="row" class="wide">${engine.name} <span class="quiet">${engine.kind}</span><div class="quiet small">${engine.reason !== '' && html`${engine.reason}<br>`}<code>${engine.replay}</code></div></th>
<td>${blind ? badge('failed', 'blind: no coverage') : badge(engine.result)}</td>${numbers.map((number) => html`<td class="number">${number}</td>`)}</tr>
`
}

function campaign(run: CampaignRecord): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Campaign on ${run.target}"><table>
<caption>${run.target}: ${run.modules === 0 ? badge('not-run', 'no module') : count(run.modules, 'module')}, seed ${String(run.seed)}, ${duration(run.seconds * 1_000)}</caption>
<thead><tr><th scope="col">Generator</th><th scope="col" class="number">Modules</th><th scope="col" class="number">contained</th><th scope="col" class="number">violated</th><th scope="col" class="number">inconclusive</th><th scope="col">Outcomes</th></tr></thead>
<tbody>${Object.entries(run.byGenerator).map(([name, generator]) => generatorRow(name, generator))}</tbody></table></div>`
}

function generatorRow(name: string, generator: CampaignRecord['byGenerator'][string]): Markup {
  const outcomes = Object.entries(generator.byOutcome).sort(([, a], [, b]) => b - a)
  return html`<tr><th scope="row">${name}</th>${[generator.modules, generator.contained].map((number) => html`<td class="number">${number}</td>`)}
<td class="number">${generator.violated > 0 ? badge('failed', generator.violated) : generator.violated}</td><td class="number">${generator.inconclusive > 0 ? badge('needs-review', generator.inconclusive) : generator.inconclusive}</td>
<td class="wide">${outcomes.length === 0 ? 'none' : outcomes.map(([outcome, number], index) => html`${index > 0 && ', '}<span class="nobreak">${outcome} ${number}</span>`)}</td></tr>
`
}
