// One finding as a SARIF result.
import type { Result } from 'sarif'
import type { FindingRecord } from '../../run-record.ts'
import { locationOf, type Place } from './places.ts'
import { LEVEL, SECURITY_SEVERITY } from './rules.ts'
import { fingerprint, message, plain } from './text.ts'

/** @param rules the index of each rule by its id */
export function findingResult(
  finding: FindingRecord,
  rule: string,
  rules: ReadonlyMap<string, number>,
  place: Place | null,
): Result {
  return {
    ruleId: rule,
    ruleIndex: rules.get(rule) ?? -1,
    kind: 'fail',
    level: LEVEL[finding.severity],
    message: {
      text: message(
        `${finding.title}. Target: ${finding.target}. Expected: ${finding.expected} Actual: ${finding.actual} Replay: ${finding.replay}`,
      ),
    },
    ...(place === null ? {} : { locations: [locationOf(place)] }),
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint(finding.id)}:1`,
      'gauntletFinding/v1': fingerprint(finding.id),
    },
    properties: {
      'security-severity': SECURITY_SEVERITY[finding.severity],
      findingId: plain(finding.id),
      target: plain(finding.target),
      oracle: plain(finding.oracle),
      code: plain(finding.code),
      count: finding.count,
    },
  }
}
