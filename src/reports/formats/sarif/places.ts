// Where in the source tree a finding or a threat stands.
import type { Location } from 'sarif'
import type { FindingRecord, RunRecord } from '../../run-record.ts'

export interface Place {
  /** Relative to the source root, percent-encoded. */
  readonly uri: string
  readonly line: number
}

/** Where the finding stands: its own location, else its threat's. One result without a location makes GitHub refuse the whole file. */
export function placeOf(finding: FindingRecord, record: RunRecord): Place | null {
  const threat = record.threats.find((candidate) => candidate.id === finding.threat)
  return place(finding.location.path, finding.location.line) ?? (threat === undefined ? null : place(threat.file, threat.line))
}

/** Null for what lies outside the project. */
export function place(file: string, line: number): Place | null {
  const segments = file
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  const outside = file.startsWith('/') || /^[A-Za-z]:/.test(file) || segments.includes('..')
  if (outside || segments.length === 0) return null
  return { uri: segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/'), line: Math.max(1, line) }
}

export function locationOf({ uri, line }: Place): Location {
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region: { startLine: line } } }
}
