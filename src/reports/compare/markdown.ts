// A comparison as Markdown: the matrix, and a page for each host.
import { table } from '../markdown-blocks.ts'
import { md, mdCode } from '../markdown-text.ts'
import { countsOf, matrixOf } from './matrix.ts'
import type { ComparedHost, ComparedTrial, Comparison } from './record.ts'
import { statementOf } from './statements.ts'
import { COMPARED_WORD, cellText, endingOf, fileOf, MEANINGS, tally } from './words.ts'

/** None of its columns has figures. */
const wordTable: typeof table = (head, rows) => table(head, rows, { figuresFrom: head.length })

/** @param folder where the pages of the hosts are, seen from this one */
export function comparisonMarkdown(comparison: Comparison, folder: string): string {
  const { hosts, trials } = comparison
  const ending = endingOf(comparison)
  const summary = hosts.map((host) => [
    `[${md(host.name)}](${folder}/${fileOf(host.name)}.md)`,
    md(host.version),
    host.problem === null
      ? tally(countsOf(trials.filter((trial) => trial.host === host.name)))
      : `could not be opened: ${md(host.problem)}`,
  ])
  const matrix = matrixOf(comparison).map(({ threat, title, cells }) => [`${threat} ${md(title)}`, ...cells.map(cellText)])
  return `${[
    '# The same attacks on several hosts',
    provenance(comparison),
    ...(ending === null ? [] : [ending]),
    MEANINGS.map(([result, meaning]) => `- **${COMPARED_WORD[result]}**: ${meaning}`).join('\n'),
    'What a host answers for is what its own project promises: its page says that first. A violation here is a fact about an attack, not a defect of a project that never promised to stop it.',
    '## Hosts',
    wordTable(['host', 'version', 'attacks'], summary),
    '## Threats',
    wordTable(['threat', ...hosts.map(({ name }) => md(name))], matrix),
  ].join('\n\n')}\n`
}

const provenance = ({ startedAt, project, environment, seed, command }: Comparison): string =>
  `Measured on ${startedAt.slice(0, 10)} with ${md(project.name)} ${md(project.version)} on ${md(environment.platform)}, Node ${md(environment.node)}, V8 ${md(environment.v8)}, seed ${seed}, by ${mdCode(command)}.`

/** The page of one host. */
export function hostMarkdown(comparison: Comparison, host: ComparedHost): string {
  const trials = comparison.trials.filter((trial) => trial.host === host.name)
  const statement = statementOf(host.name)
  const says = statement?.link ? `${statement.says} ([its own words](${statement.link}))` : statement?.says
  return `${[
    `# ${md(host.name)}`,
    ...(statement ? [statement.what, `**What it promises.** ${says}`] : []),
    `**What was run.** ${md(host.version)}. ${Object.entries(host.facts)
      .map(([name, text]) => `${md(name)}: ${md(text)}.`)
      .join(' ')}`,
    provenance(comparison),
    ...(endingOf(comparison) === null ? [] : [endingOf(comparison)!]),
    host.problem === null ? `**What came of it.** ${tally(countsOf(trials))}.` : `It could not be opened: ${md(host.problem)}.`,
    ...violations(trials),
    ...listed('Undecided', trials, 'undecided'),
    ...notApplicable(trials),
  ].join('\n\n')}\n`
}

function violations(trials: readonly ComparedTrial[]): string[] {
  const violated = trials.filter(({ result }) => result === 'violated')
  if (violated.length === 0) return []
  const rows = violated.map(({ threat, attack, title, oracle, reason, replay }) => [
    threat,
    `${md(title)}${replay === null ? ` (${mdCode(attack)})` : `<br>${mdCode(replay)}`}`,
    `${md(oracle ?? '')}: ${md(reason, 300)}`,
  ])
  return ['## Violated', wordTable(['threat', 'attack', 'what was seen'], rows)]
}

function listed(heading: string, trials: readonly ComparedTrial[], result: ComparedTrial['result']): string[] {
  const found = trials.filter((trial) => trial.result === result)
  if (found.length === 0) return []
  return [
    `## ${heading}`,
    wordTable(
      ['threat', 'attack', 'why'],
      found.map((t) => [t.threat, mdCode(t.attack), md(t.reason, 300)]),
    ),
  ]
}

/** By reason: hundreds of attacks share a few. */
function notApplicable(trials: readonly ComparedTrial[]): string[] {
  const byReason = Map.groupBy(
    trials.filter(({ result }) => result === 'not-applicable'),
    ({ reason }) => reason,
  )
  if (byReason.size === 0) return []
  const rows = [...byReason]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, list]) => [String(list.length), md(reason, 300)])
  return ['## Not applicable', wordTable(['attacks', 'why'], rows)]
}
