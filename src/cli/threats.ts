// `gauntlet threats`: the threat model to look things up in, with what answers each threat and which corpus cases attack it.
import { existsSync } from 'node:fs'
import { visible, visibleJson } from '../reports/visible.ts'
import type { Control, SwitchedOff, Threat, ThreatModel } from '../threats/index.ts'
import { usageError } from './cli-error.ts'
import { modelWith } from './overlay-option.ts'
import { CORPUS_DIR } from './project.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface ThreatsOptions {
  readonly boundary?: string
  readonly overlay?: readonly string[]
  readonly json?: true
}

interface View extends Threat {
  readonly answeredBy: readonly (Control & { readonly built: boolean })[]
  /** Ids of the corpus cases that name the threat. */
  readonly cases: readonly string[]
  readonly switchedOff: SwitchedOff | null
}

/** @param id of one threat to show in full; all are listed if there is none */
export async function threats(id: string | undefined, options: ThreatsOptions, output: Output, notes: Output): Promise<void> {
  const model = modelWith(options.overlay)
  const chosen = choose(model, id, options.boundary)
  const { cases, unreadable } = await corpusCases()
  for (const message of unreadable) await writeLine(notes, `gauntlet: this corpus file is left out: ${message}`)
  const views = chosen.map((threat) => view(threat, model, cases))
  if (options.json) await write(output, visibleJson(id === undefined ? views : views[0]))
  else if (id === undefined) await write(output, shown(listing(views, model)))
  else await write(output, shown(sheet(views[0]!, model)))
}

/** What an overlay says is somebody else's text. */
const shown = (text: string): string => visible(text, { lines: true, limit: Number.POSITIVE_INFINITY })

function choose(model: ThreatModel, id: string | undefined, boundary: string | undefined): readonly Threat[] {
  if (boundary !== undefined && !model.boundaries.some((known) => known.id === boundary)) {
    const known = model.boundaries.map((entry) => entry.id).join(', ')
    throw usageError(`There is no boundary ${JSON.stringify(boundary)}; there are ${known}.`)
  }
  const within = model.threats.filter((threat) => boundary === undefined || threat.boundary === boundary)
  if (id === undefined) return within
  const found = within.filter((threat) => threat.id === id.toUpperCase())
  if (found.length > 0) return found
  throw usageError(
    `There is no threat ${JSON.stringify(id)}${boundary ? ` at the boundary ${boundary}` : ''}; "gauntlet threats" lists all of them.`,
  )
}

async function corpusCases(): Promise<{ cases: Map<string, string[]>; unreadable: string[] }> {
  const cases = new Map<string, string[]>()
  if (!existsSync(CORPUS_DIR)) return { cases, unreadable: [] }
  const { loadCorpus } = await import('../attacks/corpus.ts')
  const corpus = await loadCorpus(CORPUS_DIR)
  for (const attack of corpus.attacks) {
    for (const threat of attack.threats) cases.set(threat, [...(cases.get(threat) ?? []), attack.id])
  }
  return { cases, unreadable: corpus.unreadable.map((error) => error.message) }
}

function view(threat: Threat, model: ThreatModel, cases: ReadonlyMap<string, readonly string[]>): View {
  const answeredBy = threat.controls.map((id) => {
    const control = model.controls.find((known) => known.id === id)!
    return { ...control, built: control.paths.length > 0 }
  })
  const switchedOff = model.switchedOff.find((entry) => entry.threat === threat.id) ?? null
  return { ...threat, answeredBy, cases: cases.get(threat.id) ?? [], switchedOff }
}

function listing(views: readonly View[], model: ThreatModel): string {
  const lines: string[] = []
  for (const boundary of model.boundaries) {
    const group = views.filter((threat) => threat.boundary === boundary.id)
    if (group.length === 0) continue
    lines.push(`${boundary.id}  (${boundary.title}: ${boundary.between.join(' | ')})`)
    for (const { id, title, answeredBy, cases, switchedOff } of group) {
      const built = answeredBy.filter((control) => control.built).length
      const evidence =
        cases.length === 0 ? 'no corpus case' : cases.length === 1 ? '1 corpus case' : `${cases.length} corpus cases`
      const state = switchedOff ? 'switched off' : `${built} of ${answeredBy.length} controls built, ${evidence}`
      lines.push(`  ${id}  ${title.padEnd(64)}  ${state}`)
    }
    lines.push('')
  }
  lines.push(`${views.length} threats. "gauntlet threats <id>" shows one in full.`, '')
  return lines.join('\n')
}

function sheet(threat: View, model: ThreatModel): string {
  const boundary = model.boundaries.find((entry) => entry.id === threat.boundary)!
  const { severity } = threat
  const control = ({ id, title, paths, built }: View['answeredBy'][number]) =>
    `${id}: ${title} (${built ? paths.join(', ') : 'not built yet'})`
  const parts: [string, readonly string[]][] = [
    ['Boundary', [`${boundary.id}: ${boundary.title}, between ${boundary.between.join(' and ')}`]],
    ['STRIDE', [threat.stride.join(', ')]],
    ['CWE', [threat.cwe.join(', ')]],
    ['CAPEC', threat.capec ? [threat.capec.join(', ')] : []],
    ['Severity', [`${severity.level}, ${severity.score} (${severity.vector})`, severity.because]],
    ['Switched off', threat.switchedOff ? [`${threat.switchedOff.reason} (${threat.switchedOff.overlay})`] : []],
    ['What the attacker does', [threat.description]],
    ['What a sandbox must do', [threat.requirement]],
    ['Seen by', [threat.detection]],
    ['False positives', [threat.falsePositives]],
    ['Needs', [threat.needs]],
    ['Controls', threat.answeredBy.map(control)],
    ['Corpus cases', threat.cases.length > 0 ? threat.cases : ['none yet']],
    ['Provenance', threat.provenance],
    ['Entry', [`${threat.file}:${threat.line}`]],
  ]
  const said = parts.filter(([, items]) => items.length > 0)
  const body = said.map(([heading, items]) => `${heading}\n${items.map((item) => wrap(item, '  ')).join('\n')}`)
  return `${threat.id}  ${threat.title}\n\n${body.join('\n\n')}\n`
}

/** Lines of at most 100 characters, broken at spaces. */
function wrap(text: string, indent: string, width = 100): string {
  const lines: string[] = []
  let line = indent
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > width && line !== indent) {
      lines.push(line)
      line = indent
    }
    line += line === indent ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}
