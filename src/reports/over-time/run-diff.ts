// Two runs beside each other: what became of findings, what is no longer tested, and what changed its state.
import type { Result, RunRecord } from '../run-record.ts'
import { type Baseline, baselineOf, changesSince, type OpenFinding, openFinding } from './changes.ts'
import { type FindingLine, lineOf } from './finding-line.ts'
import { isAboutSubject, subjectKey } from './subject.ts'
import type { Tested } from './tested.ts'

export interface DiffedFinding extends FindingLine {
  /** About what the runs are about, and not about a host that is there to show that the attacks bite. */
  readonly decides: boolean
}

export interface DiffedRun {
  readonly run: string
  readonly startedAt: string
  readonly completion: RunRecord['completion']
  readonly exitCode: number
  readonly commit: string | null
  readonly subject: string
}

/** Something whose result is another one; null where one of the runs does not have it. */
export interface StateChange {
  readonly id: string
  readonly title: string
  readonly from: Result | null
  readonly to: Result | null
}

export interface RunDiff {
  readonly from: DiffedRun
  readonly to: DiffedRun
  readonly findings: Readonly<Record<'new' | 'still' | 'fixed' | 'unknown', readonly DiffedFinding[]>>
  readonly noLongerTested: readonly Tested[]
  readonly threats: readonly StateChange[]
  readonly controls: readonly StateChange[]
  /** Of frameworks; ids are `<framework> <requirement>`. */
  readonly requirements: readonly StateChange[]
}

export function diffRuns(from: RunRecord, to: RunRecord): RunDiff {
  const earlier: Baseline = baselineOf(from)
  const changes = changesSince(earlier, to)
  const shown = to.findings.map((finding) => openFinding(finding, to))
  const named = (ids: readonly string[], among: readonly OpenFinding[]): DiffedFinding[] =>
    ids.flatMap((id) => {
      const finding = among.find((each) => each.id === id)
      return finding ? [{ ...lineOf(finding), decides: isAboutSubject(finding, to) }] : []
    })
  return {
    from: headOf(from),
    to: headOf(to),
    findings: {
      new: named(changes.new, shown),
      still: named(changes.still, shown),
      fixed: named(changes.fixed, earlier.open),
      unknown: named(changes.unknown, earlier.open),
    },
    noLongerTested: changes.noLongerTested,
    threats: stateChanges(from.threats, to.threats),
    controls: stateChanges(from.controls, to.controls),
    requirements: stateChanges(requirementsOf(from), requirementsOf(to)),
  }
}

const headOf = (record: RunRecord): DiffedRun => ({
  run: record.run,
  startedAt: record.startedAt,
  completion: record.completion,
  exitCode: record.exitCode,
  commit: record.project.commit,
  subject: subjectKey(record),
})

interface Stated {
  readonly id: string
  readonly title: string
  readonly result: Result
}

function stateChanges(from: readonly Stated[], to: readonly Stated[]): StateChange[] {
  const before = new Map(from.map((each) => [each.id, each]))
  const after = new Map(to.map((each) => [each.id, each]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((id) => ({
      id,
      title: (after.get(id) ?? before.get(id))!.title,
      from: before.get(id)?.result ?? null,
      to: after.get(id)?.result ?? null,
    }))
    .filter((change) => change.from !== change.to)
}

/** Records without frameworks are not said to have lost their requirements. */
const requirementsOf = ({ frameworks = [] }: RunRecord): Stated[] =>
  frameworks.flatMap(({ id, requirements }) => requirements.map((each) => ({ ...each, id: `${id} ${each.id}` })))
