// The report for people: one file that loads nothing, runs nothing, and reads well on screens and on paper.

import type { RunRecord } from '../run-record.ts'
import { summarise } from '../summary.ts'
import { breachSection } from './breach.ts'
import { cellsSection } from './cells.ts'
import { changesSection } from './changes.ts'
import { controlsSection } from './controls.ts'
import { coveragePicture } from './coverage-picture.ts'
import { detectionSection } from './detection.ts'
import { boundaryDiagram } from './diagram.ts'
import { enginesComparedSection } from './engines-compared.ts'
import { environmentSection } from './environment.ts'
import { evidenceSection } from './evidence.ts'
import { findingsSection } from './findings.ts'
import { firstScreen } from './first-screen.ts'
import { frameworksSection } from './frameworks.ts'
import { fuzzingSection } from './fuzzing.ts'
import { hostsSection } from './hosts.ts'
import { modelSection } from './model.ts'
import { page } from './page.ts'
import { risksSection } from './risks.ts'
import { html } from './template.ts'
import { threatRows } from './threat-rows.ts'
import { trendPlots, trendsSection } from './trends.ts'
import { trialsSection } from './trials.ts'

/** Parts of the page in their order: what was found first, then why one may believe it, then everything else that was looked at. */
const PARTS = [
  ['findings', 'Findings'],
  ['changes', 'Changes'],
  ['threats', 'Threats'],
  ['controls', 'Controls'],
  ['evidence', 'Evidence'],
  ['frameworks', 'Frameworks'],
  ['detection', 'Detection power'],
  ['trials', 'Attacks by target'],
  ['fuzzing', 'Fuzzing'],
  ['cells', 'Witnessed cells'],
  ['hosts', 'Other hosts'],
  ['engines', 'Other engines'],
  ['trends', 'Trends'],
  ['risks', 'Accepted risks'],
  ['model', 'Assumptions'],
  ['plan', 'Plan and surroundings'],
] as const

/** The whole page. Depends on the record alone, so the same record gives the same bytes. */
export async function reportHtml(record: RunRecord): Promise<string> {
  const summary = summarise(record)
  const plots = await trendPlots(record)
  return page(
    html`${summary.alarm !== null && 'Not whole: '}${record.project.name} ${record.run}`,
    'Skip to the tables',
    html`${firstScreen(record, summary)}
<nav aria-label="Parts of this report"><ul>
${PARTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
</ul></nav>
<main id="main">
${findingsSection(record, summary)}
${changesSection(record)}
<section><h2 id="threats">Threat coverage</h2>${record.threats.length > 0 && coveragePicture(record)}${boundaryDiagram(record)}${threatRows(record)}</section>
${controlsSection(record)}
${evidenceSection(record)}
${frameworksSection(record)}
${detectionSection(record, summary)}
${trialsSection(record, summary)}
${breachSection(record)}
${fuzzingSection(record)}
${cellsSection(record)}
${hostsSection(record)}
${enginesComparedSection(record)}
${trendsSection(record, plots)}
${risksSection(record)}
${modelSection(record)}
${environmentSection(record)}
</main>
<footer>Made from report.json (schema version ${record.schemaVersion}) of the same directory, which holds all of this and more. Text that came from guests is shown with invisible characters written as code points.</footer>`,
  )
}
