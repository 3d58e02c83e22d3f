// Triage: which violations are the same finding, how bad it is, and where a reviewer can look at it.
import { createHash } from 'node:crypto'
import type { Attack } from '../attacks/attack.ts'
import type { OracleVerdict } from '../oracles/observation.ts'
import type { FindingRecord } from '../reports/run-record.ts'

export type Severity = FindingRecord['severity']

/** What makes two violations one finding: the cause, not the bytes. */
export interface Cause {
  readonly threat: string | null
  readonly oracle: string
  readonly code: string
  readonly target: string
  /** The host call that went wrong, where that is known. */
  readonly hostCall?: string
}

/** Stable over runs and machines: 12 hexadecimal digits. */
export function findingId({ threat, oracle, code, target, hostCall }: Cause): string {
  const key = JSON.stringify([threat, oracle, code, target, hostCall ?? null])
  return createHash('sha256').update(key).digest('hex').slice(0, 12)
}

/**
 * What a broken rule means for whoever runs the host, by oracle and code; `*` for the oracle's other codes. A canary that was reached is an
 * escape; a dead or blocked host is denial of service; text is a means to fool people.
 */
const SEVERITIES: Readonly<Record<string, Severity>> = {
  'canary *': 'critical',
  'process host-died': 'high',
  'process orphans': 'high',
  'process *': 'medium',
  'time hung': 'high',
  'time *': 'medium',
  'resource memory-overrun': 'high',
  'resource *': 'medium',
  'verdict forbidden-text': 'high',
  'verdict outcome-not-expected': 'high',
  'verdict fault': 'medium',
  'verdict outcome-unknown': 'medium',
  'verdict hostile-text': 'medium',
  'verdict event-missing': 'low',
  'verdict detail-not-expected': 'low',
  'verdict *': 'medium',
  'property *': 'high',
  'coverage-guided *': 'medium',
}

/** Boundaries at which an attack that went through gave the guest host objects, rather than time or memory. */
const ESCAPE_BOUNDARIES = ['LNK', 'HST', 'MEM', 'FSX', 'NET']

export function severityOf(threat: string | null, oracle: string, code: string): Severity {
  const base = SEVERITIES[`${oracle} ${code}`] ?? SEVERITIES[`${oracle} *`] ?? 'medium'
  const wentThrough = oracle === 'verdict' && code === 'outcome-not-expected'
  if (wentThrough) return ESCAPE_BOUNDARIES.includes(threat?.slice(0, 3) ?? '') ? 'high' : 'medium'
  return base
}

/** Where threats are described, so that a finding without a corpus file points at something that can be opened. */
export type ThreatPlaces = ReadonlyMap<string, { readonly file: string; readonly line: number }>

export function locationOf(
  attack: Pick<Attack, 'origin' | 'threats'> | null,
  threat: string | null,
  places: ThreatPlaces,
): FindingRecord['location'] {
  if (attack?.origin.kind === 'corpus') return { path: attack.origin.path, line: 1 }
  const place = threat === null ? undefined : places.get(threat)
  return place ? { path: place.file, line: place.line } : { path: 'threat-model/model.yaml', line: 1 }
}

/** The record of a violation that a trial showed. Reproducer and counts are filled in later. */
export function findingOf(
  violation: OracleVerdict,
  about: {
    readonly threat: string | null
    readonly title: string
    readonly target: string
    readonly own: boolean
    readonly source: FindingRecord['source']
    readonly expected: string
    readonly replay: string
    readonly location: FindingRecord['location']
    readonly bytes: number | null
  },
): FindingRecord {
  const { oracle, code, reason } = violation
  return {
    id: findingId({ threat: about.threat, oracle, code, target: about.target }),
    title: about.title,
    threat: about.threat,
    target: about.target,
    own: about.own,
    source: about.source,
    severity: severityOf(about.threat, oracle, code),
    oracle,
    code,
    expected: about.expected,
    actual: reason,
    count: 1,
    firstSeen: new Date().toISOString(),
    replay: about.replay,
    reproducer: [],
    wat: null,
    bytesBefore: about.bytes,
    bytesAfter: null,
    reproduced: { runs: 0, times: 0 },
    location: about.location,
  }
}

/** The findings of a run: a violation with the cause of an earlier one only raises its count. */
export class Findings {
  readonly #byId = new Map<string, FindingRecord>()

  /** Adds a finding. Returns true if its cause is new. */
  add(finding: FindingRecord): boolean {
    const known = this.#byId.get(finding.id)
    if (!known) {
      this.#byId.set(finding.id, finding)
      return true
    }
    known.count += finding.count
    return false
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  /** Fills in what was found out later, such as the reproducer. */
  update(id: string, changes: Partial<FindingRecord>): void {
    const known = this.#byId.get(id)
    if (known) Object.assign(known, changes)
  }

  /** Worst first, then in the order of the ids. */
  list(): FindingRecord[] {
    const order: readonly Severity[] = ['critical', 'high', 'medium', 'low']
    return [...this.#byId.values()].sort(
      (a, b) => Number(b.own) - Number(a.own) || order.indexOf(a.severity) - order.indexOf(b.severity) || (a.id < b.id ? -1 : 1),
    )
  }
}
