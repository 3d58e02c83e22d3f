// What an attestation says of a run: in-toto's predicate "test-result" v0.1, computed from the record and from nothing else.
// https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
import { reviewedFindings } from '../evidence/reviewed.ts'
import type { Result, RunRecord } from '../run-record.ts'
import { summarise } from '../summary.ts'
import { visible } from '../visible.ts'

export const PREDICATE_TYPE = 'https://in-toto.io/attestation/test-result/v0.1'

export type TestResult = 'PASSED' | 'WARNED' | 'FAILED'

export interface Predicate {
  readonly result: TestResult
  readonly configuration: readonly ResourceDescriptor[]
  readonly passedTests: readonly string[]
  readonly warnedTests: readonly string[]
  readonly failedTests: readonly string[]
}

interface ResourceDescriptor {
  readonly name: string
  readonly mediaType?: string
  readonly digest: { readonly sha256: string }
  readonly annotations?: Readonly<Record<string, string | number | readonly string[]>>
}

/**
 * The tests are the threats. One that was not run is in none of the three lists, so a policy that asks for it by name finds nothing; the list of
 * those is an annotation of the report.
 *
 * @param reportSha256 of the bytes of report.json
 */
export function predicateOf(record: RunRecord, reportSha256: string): Predicate {
  const named = (...results: Result[]) =>
    record.threats.filter(({ result }) => results.includes(result)).map(({ id }) => visible(id))
  return {
    result: resultOf(record),
    configuration: [
      {
        name: 'report.json',
        mediaType: 'application/json',
        digest: { sha256: reportSha256 },
        annotations: {
          run: visible(record.run),
          command: visible(record.command),
          seed: record.seed,
          budgetSeconds: record.budgetSeconds,
          commit: visible(record.project.commit ?? 'none'),
          completion: record.completion,
          exitCode: record.exitCode,
          notRun: named('not-run'),
          notApplicable: named('not-applicable'),
        },
      },
      ...(record.model !== undefined && /^[0-9a-f]{64}$/.test(record.model.sha256)
        ? [{ name: 'threat-model', digest: { sha256: record.model.sha256 } }]
        : []),
    ],
    passedTests: named('passed'),
    warnedTests: named('needs-review', 'unknown'),
    failedTests: named('failed'),
  }
}

/**
 * Whatever failed makes it FAILED, an accepted risk too: somebody's decision lets a build go on, and does not make a test pass. Only a whole run
 * in which nothing stayed open has PASSED.
 */
function resultOf(record: RunRecord): TestResult {
  const { tone } = summarise(record)
  const failed = record.threats.some(({ result }) => result === 'failed')
  if (failed || tone === 'escape' || record.exitCode === 1 || reviewedFindings(record).length > 0) return 'FAILED'
  const proven =
    record.threats.length > 0 && record.threats.every(({ result }) => result === 'passed' || result === 'not-applicable')
  const whole = record.completion === 'complete' && record.faults.length === 0 && record.exitCode === 0
  return tone === 'held' && proven && whole ? 'PASSED' : 'WARNED'
}
