// The report for people: one file that loads nothing, runs nothing, and reads well on screens and on paper.
import { createHash } from 'node:crypto'
import { breachSection } from './html/breach.ts'
import { cellsSection } from './html/cells.ts'
import { controlsSection } from './html/controls.ts'
import { coveragePicture } from './html/coverage-picture.ts'
import { detectionSection } from './html/detection.ts'
import { environmentSection } from './html/environment.ts'
import { findingsSection } from './html/findings.ts'
import { firstScreen } from './html/first-screen.ts'
import { fuzzingSection } from './html/fuzzing.ts'
import { markDefinitions } from './html/marks.ts'
import { STYLE } from './html/style.ts'
import { html, type Markup, trusted } from './html/template.ts'
import { FILTER_STYLE, threatRows } from './html/threat-rows.ts'
import { trialsSection } from './html/trials.ts'
import type { RunRecord } from './run-record.ts'
import { summarise } from './summary.ts'

const SHEET = STYLE + FILTER_STYLE

/** Nothing may be loaded and no script may run; the one style sheet is named by its hash. */
export const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(SHEET).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** The whole page. Depends on the record alone, so the same record gives the same bytes. */
export function reportHtml(record: RunRecord): string {
  const summary = summarise(record)
  const page: Markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(CONTENT_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${summary.alarm !== null && 'Not whole: '}${record.project.name} ${record.run}</title>
<style>${trusted(SHEET)}</style>
</head>
<body>
${markDefinitions()}
<a class="skip" href="#main">Skip to the tables</a>
${firstScreen(record, summary)}
<nav aria-label="Parts of this report"><ul>
<li><a href="#threats">Threats</a></li><li><a href="#findings">Findings</a></li><li><a href="#detection">Detection power</a></li><li><a href="#trials">Attacks by target</a></li><li><a href="#fuzzing">Fuzzing</a></li><li><a href="#cells">Witnessed cells</a></li><li><a href="#controls">Controls</a></li><li><a href="#plan">Plan and surroundings</a></li>
</ul></nav>
<main id="main">
<section><h2 id="threats">Threat coverage</h2>${record.threats.length > 0 && coveragePicture(record)}${threatRows(record)}</section>
${findingsSection(summary)}
${detectionSection(record, summary)}
${trialsSection(record, summary)}
${breachSection(record)}
${fuzzingSection(record)}
${cellsSection(record)}
${controlsSection(record)}
${environmentSection(record)}
</main>
<footer>Made from report.json (schema version ${record.schemaVersion}) of the same directory, which holds all of this and more. Text that came from guests is shown with invisible characters written as code points.</footer>
</body>
</html>
`
  return page.toString()
}
