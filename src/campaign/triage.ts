// Triage: which violations are the same finding, how bad it is, and where a reviewer can look at it.
import type { Attack } from '../attacks/attack.ts'
import type { FindingRecord } from '../reports/run-record.ts'
import { type Cause, findingId } from './cause.ts'

export type Severity = FindingRecord['severity']

/**
 * What a broken rule means for whoever runs the host, by oracle and code; `*` for the oracle's other codes. A canary that was reached is an
 * escape, and so is a secret that was sent; a dead or blocked host is denial of service; text is a means to fool people.
 */
const SEVERITIES: Readonly<Record<string, Severity>> = {
  'canary *': 'critical',
  'effect sent-forbidden': 'critical',
  'effect effect-not-expected': 'high',
  'effect *': 'medium',
  'audit *': 'medium',
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

/** What is known of a finding when it is made, beside its cause. */
export interface FoundFacts {
  readonly title: string
  readonly own: boolean
  readonly source: FindingRecord['source']
  readonly expected: string
  readonly actual: string
  readonly replay: string
  readonly location: FindingRecord['location']
  readonly bytes?: number | null
}

/** The record of a finding, however it was made. Its reproducer, and how often it can be seen again, are filled in later. */
export function findingOf(cause: Cause, { bytes = null, ...facts }: FoundFacts): FindingRecord {
  const { threat, oracle, code, target, hostCall, place } = cause
  const now = new Date().toISOString()
  return {
    id: findingId(cause),
    ...facts,
    threat,
    target,
    severity: severityOf(threat, oracle, code),
    oracle,
    code,
    ...(hostCall !== undefined && { hostCall }),
    ...(place && { place }),
    count: 1,
    firstSeen: now,
    lastSeen: now,
    reproducer: [],
    wat: null,
    bytesBefore: bytes,
    bytesAfter: null,
    reproduced: { runs: 0, times: 0 },
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
    known.lastSeen = finding.lastSeen ?? finding.firstSeen
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
