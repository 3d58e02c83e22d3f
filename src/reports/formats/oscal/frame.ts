// What both OSCAL files have: metadata, the resources at their end, and the frameworks as lists of controls.
import { createHash } from 'node:crypto'
import { threatsOf } from '../../evidence/reviewed.ts'
import { requiredInstant } from '../../instant.ts'
import type { Result, RunRecord } from '../../run-record.ts'
import { stableUuid } from '../../uuid.ts'
import { visibleJson } from '../../visible.ts'
import type { Metadata, Resource } from './model.ts'
import { controlId, line, markup, prop, token } from './words.ts'

/** The version of the models that is written. */
const OSCAL_VERSION = '1.2.2'

export function metadata(record: RunRecord, title: string): Metadata {
  return {
    title,
    'last-modified': requiredInstant(record.finishedAt, record.startedAt),
    version: line(record.run),
    'oscal-version': OSCAL_VERSION,
    props: [prop('run', record.run), prop('commit', record.project.commit ?? 'none')],
  }
}

/** Beside this file; its digest is that of the file that is written from the same record. */
export function reportResource(record: RunRecord): Resource {
  const digest = createHash('sha256').update(visibleJson(record)).digest('hex')
  return {
    uuid: stableUuid('report', record.run),
    title: 'The report of the run',
    description: 'All that was run, with seeds, versions, results and commands that repeat it; this file was made from it.',
    rlinks: [{ href: 'report.json', 'media-type': 'application/json', hashes: [{ algorithm: 'SHA-256', value: digest }] }],
  }
}

/** A control that somebody wants to see evidence for: a requirement of a framework, or a control of the threat model. */
export interface Objective {
  readonly id: string
  readonly uuid: string
  readonly title: string
  readonly result: Result
  readonly reason: string
  /** Ids of all threats whose evidence bears on it, those of its controls among them. */
  readonly threats: readonly string[]
  readonly controls: readonly string[]
}

export interface ObjectiveList {
  readonly id: string
  readonly title: string
  /** Where the controls are written down. */
  readonly source: string
  readonly objectives: readonly Objective[]
}

export const threatModelResource = (record: RunRecord): Resource => ({
  uuid: stableUuid('threat-model'),
  title: markup(record.model?.title ?? 'The threat model of the gauntlet'),
  description: markup(
    `The threats, and the controls that answer them, as they were in this run${record.model === undefined ? '' : `: SHA-256 ${record.model.sha256}`}.`,
  ),
})

/** The frameworks, and the controls of the threat model itself as the last of the lists, for auditors who have one of their own. */
export function objectiveLists(record: RunRecord): ObjectiveList[] {
  const frameworks = (record.frameworks ?? []).map(
    ({ id, title, version, url, requirements }): ObjectiveList => ({
      id,
      title: `${title} ${version}`,
      source: sourceOf(url, record),
      objectives: requirements.map((requirement) => ({
        ...requirement,
        id: controlId(id, requirement.id),
        uuid: stableUuid('requirement', id, requirement.id),
        title: `${requirement.id} ${requirement.title}`,
        threats: threatsOf(requirement, record).map((threat) => threat.id),
      })),
    }),
  )
  const controls: ObjectiveList = {
    id: 'threat-model',
    title: 'Controls of the threat model',
    source: `#${threatModelResource(record).uuid}`,
    objectives: record.controls.map((control) => ({
      ...control,
      id: token(control.id),
      uuid: stableUuid('control', control.id),
      controls: [control.id],
    })),
  }
  return [...frameworks, controls].filter(({ objectives }) => objectives.length > 0)
}

/** The address, if it is a plain one; what a format calls a URI is stricter than what browsers take. */
function sourceOf(url: string, record: RunRecord): string {
  return /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][\w.~:/?#@!$&'()*+,;=-]*)?$/.test(url) && URL.canParse(url)
    ? url
    : `#${threatModelResource(record).uuid}`
}
