// Requirements of frameworks, and what follows for each from the states of our controls and threats: evidence that supports it, never a claim.
import type { Framework } from '../../threats/index.ts'
import { count, list } from '../results.ts'
import type { ControlStateRecord, FrameworkRecord, Result, ThreatStateRecord } from '../run-record.ts'

type Requirement = Framework['requirements'][number]
type Deciding = Pick<ControlStateRecord, 'id' | 'result'>

/** How many ids a reason names; the requirement has all of them. */
const NAMED = 4

export function frameworkStates(
  frameworks: readonly Framework[],
  controls: readonly ControlStateRecord[],
  threats: readonly ThreatStateRecord[],
): FrameworkRecord[] {
  return frameworks.map(({ id, title, version, url, requirements }) => ({
    id,
    title,
    version,
    url,
    requirements: requirements.map((requirement) => requirementState(requirement, controls, threats)),
  }))
}

function requirementState(
  requirement: Requirement,
  controls: readonly Deciding[],
  threats: readonly Deciding[],
): FrameworkRecord['requirements'][number] {
  const named = { controls: requirement.controls, threats: requirement.threats ?? [] }
  const deciding = [
    ...controls.filter(({ id }) => named.controls.includes(id)),
    ...threats.filter(({ id }) => named.threats.includes(id)),
  ]
  return {
    id: requirement.id,
    title: requirement.title,
    level: requirement.level ?? null,
    controls: [...named.controls],
    threats: [...named.threats],
    ...stateOf(deciding),
  }
}

/** The worst decides. What was not run beside what passed leaves a gap that a person has to judge: neither word alone would be true. */
function stateOf(deciding: readonly Deciding[]): { result: Result; reason: string } {
  const having = (...results: readonly Result[]) => deciding.filter(({ result }) => results.includes(result))
  const [failed, doubtful, open, passed] = [
    having('failed'),
    having('needs-review', 'unknown'),
    having('not-run'),
    having('passed'),
  ]
  if (failed.length > 0) return { result: 'failed', reason: `${names(failed)} did not hold.` }
  if (passed.length + doubtful.length + open.length === 0) {
    if (deciding.length > 0)
      return { result: 'not-applicable', reason: 'Nothing that supports it applies to what this run is about.' }
    return { result: 'not-run', reason: 'Nothing that is tested here supports it.' }
  }
  if (passed.length + doubtful.length === 0) return { result: 'not-run', reason: `${wasNotRun(open)}.` }
  if (doubtful.length > 0)
    return {
      result: 'needs-review',
      reason: `${names(doubtful)} ${doubtful.length === 1 ? 'needs' : 'need'} review${support(passed)}.`,
    }
  if (open.length > 0) return { result: 'needs-review', reason: `${wasNotRun(open)}${support(passed)}.` }
  return { result: 'passed', reason: `Evidence that supports it: ${names(passed)} held.` }
}

const wasNotRun = (open: readonly Deciding[]): string => `${names(open)} ${open.length === 1 ? 'was' : 'were'} not run`

const support = (passed: readonly Deciding[]): string =>
  passed.length === 0 ? '' : `; evidence that supports it: ${names(passed)} held`

function names(items: readonly Deciding[]): string {
  const ids = items.map(({ id }) => id)
  return ids.length <= NAMED ? list(ids) : `${ids.slice(0, NAMED).join(', ')} and ${count(ids.length - NAMED, 'other')}`
}
