// A run against an earlier one: which findings are new, still there, fixed or not tested again, and what is no longer tested.
import type { ChangesRecord, FindingRecord, RunRecord } from '../run-record.ts'
import { heldIn, shownBy, wasTriedAgain } from './shown-by.ts'
import { mentionedIn, type Tested, type TestedFrom, testedFrom, testedIn } from './tested.ts'

/** A finding as it is kept of an earlier run, with what showed it. */
export type OpenFinding = Pick<FindingRecord, 'id' | 'title' | 'severity' | 'threat' | 'target' | 'own' | 'source' | 'replay'> & {
  readonly shownBy: readonly string[]
  readonly flaky: boolean
}

/** What has to be known of an earlier run. */
export interface Baseline {
  readonly run: string
  /** Those that it showed, and those of runs before it that it had not tested again: nobody has seen them fixed. */
  readonly open: readonly OpenFinding[]
  readonly tested: readonly Tested[]
  readonly testedFrom: TestedFrom
}

export function openFinding(finding: FindingRecord, record: Pick<RunRecord, 'trials' | 'campaigns'>): OpenFinding {
  const { id, title, severity, threat, target, own, source, replay, flaky = false } = finding
  return { id, title, severity, threat, target, own, source, replay, flaky, shownBy: shownBy(finding, record) }
}

/** @param carried findings that the run's `changes` call unknown, as far as they are known */
export function baselineOf(record: RunRecord, carried: readonly OpenFinding[] = []): Baseline {
  const shown = record.findings.map((finding) => openFinding(finding, record))
  return { run: record.run, open: [...shown, ...carried], tested: testedIn(record), testedFrom: testedFrom(record) }
}

export function changesSince(earlier: Baseline, record: RunRecord): ChangesRecord {
  const ids = new Set(record.findings.map(({ id }) => id))
  const before = new Set(earlier.open.map(({ id }) => id))
  const held = heldIn(record)
  const gone = earlier.open.filter(({ id }) => !ids.has(id))
  const isFixed = (finding: OpenFinding): boolean => wasTriedAgain(finding.shownBy, held)
  const mentioned = mentionedIn(record, earlier.testedFrom)
  return {
    against: earlier.run,
    new: [...ids].filter((id) => !before.has(id)),
    still: [...ids].filter((id) => before.has(id)),
    fixed: gone.filter(isFixed).map(({ id }) => id),
    unknown: gone.filter((finding) => !isFixed(finding)).map(({ id }) => id),
    // A record without evidence says nothing about what it lacks.
    noLongerTested:
      earlier.testedFrom === 'evidence' && !record.evidence ? [] : earlier.tested.filter(({ id }) => !mentioned.has(id)),
  }
}

/** The findings of an earlier run that this one leaves open without having tested them. */
export const carriedOver = (earlier: Baseline, changes: ChangesRecord): OpenFinding[] =>
  earlier.open.filter(({ id }) => changes.unknown.includes(id))
