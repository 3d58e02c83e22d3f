// oscal-assessment-results.json: what was tested and seen, the risks that follow, and what it says about each control.

import { reviewedTargets } from '../../evidence/reviewed.ts'
import { requiredInstant } from '../../instant.ts'
import { RESULT_WORD } from '../../results.ts'
import type { Result, RunRecord } from '../../run-record.ts'
import { summarise } from '../../summary.ts'
import { stableUuid } from '../../uuid.ts'
import { metadata, type Objective, type ObjectiveList, objectiveLists, reportResource, threatModelResource } from './frame.ts'
import type {
  AssessmentResults,
  ControlSelection,
  Finding,
  Observation,
  Origin,
  Resource,
  Risk,
  SystemComponent,
} from './model.ts'
import { observations, observationUuid } from './observations.ts'
import { risks, riskUuid } from './risks.ts'
import { markup, prop } from './words.ts'

export function oscalAssessmentResults(record: RunRecord): AssessmentResults {
  const lists = objectiveLists(record)
  const plan = planResource(record)
  const tool = toolComponent(record)
  const origin: Origin = { actors: [{ type: 'tool', 'actor-uuid': tool.uuid }] }
  const components = reviewedTargets(record).map(targetComponent)
  const report = reportResource(record)
  const seen = observations(record, { origin, components, report })
  const risk = risks(record, origin)
  const findings = findingsOf(lists, { origin, seen, risk })
  return {
    'assessment-results': {
      uuid: stableUuid('assessment-results', record.run),
      metadata: metadata(record, 'Results of attacks on the sandbox'),
      'import-ap': { href: `#${plan.uuid}` },
      results: [
        {
          uuid: stableUuid('result', record.run),
          title: 'A run of the gauntlet',
          description: markup(descriptionOf(record), 2_000),
          start: requiredInstant(record.startedAt, record.finishedAt),
          end: requiredInstant(record.finishedAt, record.startedAt),
          props: [prop('completion', record.completion), prop('seed', String(record.seed)), prop('command', record.command)],
          'local-definitions': {
            ...(components.length > 0 ? { components } : {}),
            'assessment-assets': { components: [tool], 'assessment-platforms': [platformOf(record, tool)] },
          },
          'reviewed-controls': { 'control-selections': selections(lists, record) },
          ...(seen.length > 0 ? { observations: seen } : {}),
          ...(risk.length > 0 ? { risks: risk } : {}),
          ...(findings.length > 0 ? { findings } : {}),
        },
      ],
      'back-matter': { resources: [plan, report, threatModelResource(record)] },
    },
  }
}

/** A run that is not whole says so before anything else. */
function descriptionOf(record: RunRecord): string {
  const { alarm, headline } = summarise(record)
  return alarm === null ? headline : `${alarm} ${headline}`
}

/** There is no assessment plan in OSCAL: the command is the plan, and what it was to do stands in the report. */
function planResource(record: RunRecord): Resource {
  return {
    uuid: stableUuid('plan', record.run),
    title: 'The plan of the run',
    description: markup(
      `What was asked for: ${record.command}. The parts of the plan, and how each ended, are "stages" in report.json.`,
    ),
  }
}

// --- who tested what ----------------------------------------------------------------------------------------------------------------------

function toolComponent({ project }: RunRecord): SystemComponent {
  return {
    uuid: stableUuid('tool', project.name),
    type: 'software',
    title: 'gauntlet',
    description: 'The harness that attacked, observed and judged.',
    props: [{ name: 'version', value: prop('version', project.version).value }],
    status: { state: 'operational' },
  }
}

function targetComponent(target: RunRecord['targets'][number]): SystemComponent {
  return {
    uuid: stableUuid('target', target.name),
    type: 'software',
    title: markup(target.name),
    description: target.own ? 'Our own sandbox, as it was attacked.' : 'A host that was attacked.',
    props: [{ name: 'version', value: prop('version', target.version).value }],
    status: { state: 'operational' },
  }
}

function platformOf({ environment }: RunRecord, tool: SystemComponent) {
  return {
    uuid: stableUuid('platform', environment.platform, environment.node),
    title: markup(environment.platform),
    props: [prop('node', environment.node), prop('v8', environment.v8)],
    'uses-components': [{ 'component-uuid': tool.uuid }],
  } as const
}

// --- controls -----------------------------------------------------------------------------------------------------------------------------

/** What does not apply is excluded by name: in OSCAL a finding can only be satisfied or not. */
function selections(lists: readonly ObjectiveList[], record: RunRecord): ControlSelection[] {
  const made = lists.map(({ title, objectives }): ControlSelection => {
    const excluded = objectives.filter(({ result }) => result === 'not-applicable').map(idOf)
    return {
      description: markup(title),
      'include-controls': objectives.map(idOf),
      ...(excluded.length > 0 ? { 'exclude-controls': excluded } : {}),
    }
  })
  if (made.length > 0) return made
  // A run that failed before it had the threat model: the field must be there, and nothing was reviewed.
  const none = { 'control-id': 'none' }
  return [
    {
      description: markup(`No control was reviewed: ${record.completionReason}`),
      'include-controls': [none],
      'exclude-controls': [none],
    },
  ]
}

const idOf = ({ id }: Objective) => ({ 'control-id': id })

/** OSCAL knows two states. Only a pass is `satisfied`; what was not run, or needs a person, is not, for another reason than a failure. */
const REASON: Readonly<Record<Result, 'pass' | 'fail' | 'other'>> = {
  passed: 'pass',
  failed: 'fail',
  'needs-review': 'other',
  'not-run': 'other',
  'not-applicable': 'other',
  unknown: 'other',
}

function findingsOf(
  lists: readonly ObjectiveList[],
  made: { readonly origin: Origin; readonly seen: readonly Observation[]; readonly risk: readonly Risk[] },
): Finding[] {
  const observed = new Set(made.seen.map(({ uuid }) => uuid))
  const risky = new Set(made.risk.map(({ uuid }) => uuid))
  const there = (uuids: readonly string[], known: ReadonlySet<string>) => [...new Set(uuids)].filter((uuid) => known.has(uuid))
  return lists.flatMap(({ objectives }) =>
    objectives
      .filter(({ result }) => result !== 'not-applicable')
      .map((objective): Finding => {
        const related = there(objective.threats.map(observationUuid), observed)
        const risks = there(objective.threats.map(riskUuid), risky)
        return {
          uuid: stableUuid('finding', objective.uuid),
          title: markup(objective.title),
          description: markup(`Evidence that supports it: ${RESULT_WORD[objective.result]}. ${objective.reason}`),
          props: [prop('evidence-result', objective.result)],
          origins: [made.origin],
          target: {
            type: 'objective-id',
            'target-id': objective.id,
            title: markup(objective.title),
            status: {
              state: objective.result === 'passed' ? 'satisfied' : 'not-satisfied',
              reason: REASON[objective.result],
              remarks: markup(
                objective.result === 'passed'
                  ? 'The evidence of this run supports it; the word of the format says no more here.'
                  : `${RESULT_WORD[objective.result]}: ${objective.reason}`,
              ),
            },
          },
          ...(related.length > 0 ? { 'related-observations': related.map((uuid) => ({ 'observation-uuid': uuid })) } : {}),
          ...(risks.length > 0 ? { 'related-risks': risks.map((uuid) => ({ 'risk-uuid': uuid })) } : {}),
        }
      }),
  )
}
