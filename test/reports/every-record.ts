// The records that every format is tried with: clean, with findings, broken off, hostile, about somebody else's host, and from an older version.
import type { RunRecord } from '../../src/reports/run-record.ts'
import { hostileRecord } from './hostile.ts'
import { sampleRecord } from './sample-record.ts'

export const EVERY_RECORD: readonly (readonly [string, () => RunRecord])[] = [
  ['held', () => sampleRecord('held')],
  ['findings', () => sampleRecord('findings')],
  ['interrupted', () => sampleRecord('interrupted')],
  ['fault', () => sampleRecord('fault')],
  ['empty', () => sampleRecord('empty')],
  ['hostile', hostileRecord],
  ['foreign', foreignRecord],
  ['older', () => olderRecord(sampleRecord('findings'))],
  ['nothing', nothingRecord],
]

/** As before the optional fields were there. */
export function olderRecord(record: RunRecord): RunRecord {
  const { subject, model, evidence, frameworks, risks, history, changes, engineRuns, hosts, cells, mutation, ...rest } = record
  return {
    ...rest,
    threats: rest.threats.map(
      ({ capec, stride, severity, detection, falsePositives, provenance, mappedTo, cwe, description, requirement, ...threat }) =>
        threat,
    ),
  }
}

/** Of a run that failed before it had anything. */
export function nothingRecord(): RunRecord {
  const record = olderRecord(sampleRecord('fault'))
  return {
    ...record,
    targets: [],
    stages: [],
    trials: [],
    engines: [],
    weakenings: [],
    findings: [],
    boundaries: [],
    threats: [],
    controls: [],
  }
}

function foreignRecord(): RunRecord {
  const record = sampleRecord('findings')
  const targets = record.targets.filter(({ own }) => !own)
  const findings = record.findings.filter(({ own }) => !own)
  return {
    ...record,
    targets,
    subject: targets.map(({ name }) => name),
    findings,
    threats: record.threats.map((threat) => ({
      ...threat,
      result: findings.some((finding) => finding.threat === threat.id) ? 'failed' : 'not-run',
    })),
    trials: record.trials.filter(({ target }) => targets.some(({ name }) => name === target)),
  }
}
