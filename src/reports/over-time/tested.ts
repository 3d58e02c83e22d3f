// What a run tested, by names that are the same in every run, to see what a later one does not test any more.
import type { EvidenceItem, RunRecord } from '../run-record.ts'

export type Tested = Pick<EvidenceItem, 'id' | 'title' | 'kind'>

/** `evidence`: as the record lists it. `lists`: put together here, for records from before they had evidence. */
export type TestedFrom = 'evidence' | 'lists'

export const testedFrom = ({ evidence }: Pick<RunRecord, 'evidence'>): TestedFrom => (evidence ? 'evidence' : 'lists')

/** Everything that was run; what is listed as not run was not. */
export function testedIn(record: RunRecord, from: TestedFrom = testedFrom(record)): Tested[] {
  if (from === 'lists') return testedInLists(record)
  return (record.evidence ?? []).filter(wasRun).map(({ id, title, kind }) => ({ id, title, kind }))
}

/** Names of everything that a run has something to say of, be it that it was not run: that is no loss which nobody would notice. */
export function mentionedIn(record: RunRecord, from: TestedFrom): ReadonlySet<string> {
  if (from === 'evidence') return new Set((record.evidence ?? []).map(({ id }) => id))
  const names = [
    ...record.engines.map(({ kind, name }) => `${kind}:${name}`),
    ...record.weakenings.map(({ id }) => `weakening:${id}`),
  ]
  return new Set([...names, ...testedInLists(record).map(({ id }) => id)])
}

const wasRun = ({ result }: Pick<EvidenceItem, 'result'>): boolean => result !== 'not-run' && result !== 'not-applicable'

function testedInLists({ trials, campaigns, engines, weakenings }: RunRecord): Tested[] {
  const tested: Tested[] = [
    ...trials
      .filter(({ role }) => role === 'attack')
      .map(({ attack, title, target }) => ({ id: `regression:${attack}@${target}`, title, kind: 'regression' as const })),
    ...campaigns.flatMap(({ target, byGenerator }) =>
      Object.entries(byGenerator)
        .filter(([, { modules }]) => modules > 0)
        .map(([name]) => ({ id: `campaign:${name}@${target}`, title: name, kind: 'campaign' as const })),
    ),
    ...engines.filter(wasRun).map(({ kind, name }) => ({ id: `${kind}:${name}`, title: name, kind })),
    ...weakenings
      .filter(({ result }) => result !== 'not-run')
      .map(({ id, title }) => ({ id: `weakening:${id}`, title, kind: 'weakening' as const })),
  ]
  return [...new Map(tested.map((each) => [each.id, each])).values()]
}
