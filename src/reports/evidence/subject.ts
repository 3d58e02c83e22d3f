// Whose evidence decides the states: our own sandbox, or the host that a run was made for.
import type { RunRecord } from '../run-record.ts'

type Targets = Pick<RunRecord, 'targets' | 'subject'>

/** Names of the targets that states are about. */
export function subjectTargets({ targets, subject }: Targets): string[] {
  return targets.filter(({ name, own }) => subject?.includes(name) ?? own).map(({ name }) => name)
}

/**
 * Those of them on which every attack must be contained with its twin allowed. Of our own that is each one with a jail; a target is one unless it
 * says otherwise (`isolation: inline` among its facts, or `inline` in its name): one too many makes the rules stricter, one too few would let an
 * attack pass without a jail. A host of somebody else has whatever isolation it has.
 */
export function decisiveTargets(record: Targets): string[] {
  const names = new Set(subjectTargets(record))
  return record.targets
    .filter(({ name }) => names.has(name))
    .filter((target) => !target.own || (target.facts['isolation'] !== 'inline' && !/\binline\b/.test(target.name)))
    .map((target) => target.name)
}

/** Whether states are about a host of somebody else. */
export function isForeign(record: Targets): boolean {
  const names = new Set(subjectTargets(record))
  return names.size > 0 && record.targets.every(({ name, own }) => !names.has(name) || !own)
}
