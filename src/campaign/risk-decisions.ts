// Decisions about risks at the end of a run: which are in force on its day, which findings they cover, and which have run out.
import type { FindingRecord, RiskRecord, RunRecord } from '../reports/run-record.ts'
import type { Risk } from '../threats/index.ts'

/** With these the owner takes responsibility for a finding; the others only tell that somebody is at it. */
const ACCEPTING: readonly Risk['status'][] = ['accepted', 'false-positive']

/**
 * @param day of the run, as in `2026-12-31`
 * @param decides whether a finding would decide the exit code
 */
export function riskRecords(
  risks: readonly Risk[],
  findings: readonly FindingRecord[],
  day: string,
  decides: (finding: FindingRecord) => boolean,
): RiskRecord[] {
  return risks.map(({ threat, finding, ...risk }) => {
    const about = { threat: threat ?? null, finding: finding ?? null }
    const covered = findings.filter((found) => decides(found) && covers(about, found))
    return { ...risk, ...about, state: stateOf(risk, day), covers: covered.map(({ id }) => id) }
  })
}

/** Days are compared as texts, which sorts them by time; `expires` is the last one that counts. A decision of tomorrow accepts nothing today. */
export function stateOf({ status, date, expires }: Pick<Risk, 'status' | 'date' | 'expires'>, day: string): RiskRecord['state'] {
  if (!ACCEPTING.includes(status) || day < date) return 'open'
  return day <= expires ? 'in-force' : 'expired'
}

/** A weakening that nothing noticed says that the gauntlet is blind: nobody can accept that on behalf of its other verdicts. */
function covers({ threat, finding }: Pick<RiskRecord, 'threat' | 'finding'>, found: FindingRecord): boolean {
  if (found.source === 'weakening') return false
  return finding === null ? found.threat === threat : found.id === finding
}

/** Ids of the findings that a decision in force covers: they do not decide the exit code. */
export function coveredFindings({ risks = [] }: Pick<RunRecord, 'risks'>): ReadonlySet<string> {
  return new Set(risks.filter(({ state }) => state === 'in-force').flatMap((risk) => risk.covers))
}

/** Why the run fails by its decisions, or null: one that has run out is a promise that nobody has kept. */
export function expiredDecision({ risks = [] }: Pick<RunRecord, 'risks'>): string | null {
  const [first, ...others] = risks.filter(({ state }) => state === 'expired')
  if (!first) return null
  const about = first.threat ?? `the finding ${first.finding}`
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  return `the decision ${first.id} of ${first.owner} about ${about} expired on ${first.expires} (${first.file}:${first.line})${more}: renew or remove it`
}
