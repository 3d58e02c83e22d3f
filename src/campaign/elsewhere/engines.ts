// The last `gauntlet engines`: a table for the report, and one item of evidence for each engine.
import type { EngineRunsRecord, EvidenceItem } from '../../reports/run-record.ts'
import { type EnginesRecord, enginesFile, enginesRecordSchema } from './engines-record.ts'
import { readLeft } from './file.ts'
import { controlsAnswering, type Looking, threatsNamed } from './looking.ts'
import { staleness } from './made.ts'

/** Null if there is none. */
export function lastEngines(
  looking: Looking,
): { readonly engineRuns: EngineRunsRecord; readonly evidence: EvidenceItem[] } | null {
  const record = readLeft(enginesFile(looking.reports), enginesRecordSchema, 'gauntlet engines writes a new one')
  if (!record) return null
  return { engineRuns: tableOf(record), evidence: record.engines.map((engine) => itemOf(engine, record, looking)) }
}

function tableOf({ engines, differences, project, finishedAt }: EnginesRecord): EngineRunsRecord {
  return {
    at: finishedAt,
    commit: project.commit,
    engines: engines.map(({ node, v8, contained, attacks, notApplicable, killed, longestKillMs }) => ({
      engine: node,
      runtime: v8,
      contained,
      doubtful: attacks - contained,
      notApplicable: notApplicable.length,
      slowestKillMs: killed > 0 ? longestKillMs : null,
    })),
    differences: differences.map(({ attack, outcomes }) => ({
      attack,
      outcomes: Object.fromEntries(outcomes.map((outcome, i) => [engines[i]!.node, outcome])),
    })),
  }
}

function itemOf(engine: EnginesRecord['engines'][number], record: EnginesRecord, looking: Looking): EvidenceItem {
  const { node, v8, level, attacks, contained, notApplicable, doubts, outcomes } = engine
  const threats = threatsNamed(Object.keys(outcomes), looking)
  const left = notApplicable.length > 0 ? `; ${notApplicable.length} cannot be tried there` : ''
  const said = `${contained} of ${attacks} attacks were contained with their twins allowed${left}.`
  return {
    id: `engine-run:${node}`,
    kind: 'engine-run',
    title: `The corpus on ${node}${level === 'inline' ? ', without jails' : ''}`,
    threats,
    controls: controlsAnswering(threats, looking),
    // An engine that cannot be given a jail is none that guests are run on: what it shows is a difference, not a failure.
    result: attacks === 0 ? 'not-run' : contained === attacks ? 'passed' : level === 'inline' ? 'needs-review' : 'failed',
    reason: doubts[0] === undefined ? said : `${said} ${doubts[0]}`,
    target: null,
    count: attacks,
    seed: null,
    // The record has the time of all engines together.
    seconds: null,
    at: record.finishedAt,
    versions: { engine: node, v8 },
    source: record.command,
    stale: staleness({ commit: record.project.commit, sources: record.sources }, looking.now),
    replay: 'npx gauntlet engines',
  }
}
