// A comparison as pages for people: the matrix, and a page for each host. They load nothing and run nothing.
import { badge } from '../html/marks.ts'
import { page } from '../html/page.ts'
import { type Content, html, type Markup } from '../html/template.ts'
import { countsOf, matrixOf } from './matrix.ts'
import { COMPARED, type Compared, type ComparedHost, type ComparedTrial, type Comparison } from './record.ts'
import { statementOf } from './statements.ts'
import { COMPARED_WORD, cellText, endingOf, fileOf, MARK_OF, MEANINGS, tally } from './words.ts'

const resultBadge = (result: Compared, word: Content = COMPARED_WORD[result]): Markup => badge(MARK_OF[result], word)

const provenance = ({ startedAt, project, environment, seed, command }: Comparison): Markup =>
  html`<p class="run"><span><strong>${startedAt.slice(0, 10)}</strong></span><span>${project.name} ${project.version}</span><span>Node ${environment.node}, V8 ${environment.v8}</span><span>${environment.platform}</span><span>seed ${String(seed)}</span></p><p><code class="command">${command}</code></p>`

/** @param folder where the pages of the hosts are, seen from this one */
export function comparisonHtml(comparison: Comparison, folder: string): string {
  const { hosts, trials } = comparison
  const ending = endingOf(comparison)
  const link = ({ name }: ComparedHost) => html`<a href="${folder}/${fileOf(name)}.html">${name}</a>`
  const summary = hosts.map(
    (host) =>
      html`<tr><th scope="row">${link(host)}</th><td>${host.version}</td><td>${host.problem ?? tally(countsOf(trials.filter((trial) => trial.host === host.name)))}</td></tr>`,
  )
  const rows = matrixOf(comparison).map(
    ({ threat, title, cells }) =>
      html`<tr><th scope="row" class="wide">${threat} ${title}</th>${cells.map((cell) => html`<td>${resultBadge(cell.result, cellText(cell))}</td>`)}</tr>`,
  )
  return page(
    'The same attacks on several hosts',
    'Skip to the tables',
    html`<header><h1>The same attacks on several hosts</h1>${provenance(comparison)}${ending !== null && html`<p><strong>${ending}</strong></p>`}</header>
<main id="main"><section><h2>What the words mean</h2><dl class="pairs">${MEANINGS.map(([result, meaning]) => html`<dt>${resultBadge(result)}</dt><dd>${meaning}</dd>`)}</dl>
<p>What a host answers for is what its own project promises: its page says that first. A violation here is a fact about an attack, not a defect of a project that never promised to stop it.</p></section>
<section><h2>Hosts</h2><div class="scroll" tabindex="0" role="region" aria-label="Hosts"><table><thead><tr><th scope="col">host</th><th scope="col">version</th><th scope="col">attacks</th></tr></thead><tbody>${summary}</tbody></table></div></section>
<section><h2>Threats</h2><div class="scroll" tabindex="0" role="region" aria-label="Threats by host"><table><thead><tr><th scope="col">threat</th>${hosts.map((host) => html`<th scope="col">${link(host)}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div></section></main>`,
  )
}

/** @param index where the matrix is, seen from this page */
export function hostHtml(comparison: Comparison, host: ComparedHost, index: string): string {
  const trials = comparison.trials.filter((trial) => trial.host === host.name)
  const statement = statementOf(host.name)
  const facts = Object.entries({ version: host.version, ...host.facts })
  return page(
    `${host.name}: the attacks of the gauntlet`,
    'Skip to the tables',
    html`<header><p><a href="${index}">All hosts</a></p><h1>${host.name}</h1>${provenance(comparison)}</header>
<main id="main"><section>${statement && html`<p>${statement.what}</p><h2>What it promises</h2><p>${statement.says} ${statement.link !== null && html`<a href="${statement.link}" rel="noreferrer">Its own words</a>.`}</p>`}
<h2>What was run</h2><dl class="pairs">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
<p>${host.problem === null ? tally(countsOf(trials)) : `It could not be opened: ${host.problem}`}</p></section>
${COMPARED.map((result) => section(result, trials))}</main>`,
  )
}

function section(result: Compared, trials: readonly ComparedTrial[]): Content {
  const found = trials.filter((trial) => trial.result === result)
  if (found.length === 0) return false
  const rows = found.map(
    ({ threat, attack, title, oracle, reason, replay }) =>
      html`<tr><th scope="row" class="nobreak">${threat}</th><td>${title}<code class="command">${replay ?? attack}</code></td><td>${oracle !== null && `${oracle}: `}${reason}</td></tr>`,
  )
  return html`<section><h2>${resultBadge(result)} (${found.length})</h2><div class="scroll" tabindex="0" role="region" aria-label="Attacks: ${COMPARED_WORD[result]}"><table><thead><tr><th scope="col">threat</th><th scope="col">attack</th><th scope="col">what was seen</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}
