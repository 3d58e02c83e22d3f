// The matrix of threats and evidence as CSV, for spreadsheets: a row for each threat and each requirement of a framework, a column for each
// kind of evidence.
import { stringify } from 'csv-stringify/sync'
import { decisionSentence } from '../evidence/accepted.ts'
import { subjectTargets } from '../evidence/subject.ts'
import { RESULT_ORDER, RESULT_WORD } from '../results.ts'
import { EVIDENCE_KINDS, type EvidenceItem, type FrameworkRecord, type RunRecord, type ThreatStateRecord } from '../run-record.ts'
import { visible } from '../visible.ts'

const COLUMNS = [
  'row',
  'framework',
  'id',
  'title',
  'boundary',
  'severity',
  'result',
  'reason',
  ...EVIDENCE_KINDS,
  'controls',
  'threats',
  'cwe',
  'accepted risk',
] as const

type Row = Partial<Record<(typeof COLUMNS)[number], string>>

export function matrixCsv(record: RunRecord): string {
  // Evidence about other targets shows that the attacks bite; among these figures it would look like a failure of the target under review.
  const subject = subjectTargets(record)
  const items = record.evidence?.filter(({ target }) => target === null || subject.includes(target))
  const rows = [
    ...record.threats.map((threat) => threatRow(threat, items, record)),
    ...(record.frameworks ?? []).flatMap((framework) => requirementRows(framework, items)),
  ]
  return stringify(
    rows.map((row) => COLUMNS.map((column) => cell(row[column] ?? ''))),
    {
      header: true,
      columns: [...COLUMNS],
      // Excel takes a file without it for one in the code page of the machine.
      bom: true,
      quoted: true,
      quoted_empty: true,
      record_delimiter: 'windows',
      escape_formulas: true,
    },
  )
}

type Items = readonly EvidenceItem[] | undefined

function threatRow(threat: ThreatStateRecord, items: Items, record: RunRecord): Row {
  const decisions = (record.risks ?? []).filter((risk) => risk.state === 'in-force' && risk.threat === threat.id)
  return {
    row: 'threat',
    id: threat.id,
    title: threat.title,
    boundary: threat.boundary,
    severity: threat.severity === undefined ? '' : `${threat.severity.level} ${threat.severity.score.toFixed(1)}`,
    result: RESULT_WORD[threat.result],
    reason: threat.reason,
    ...byKind(items?.filter((item) => item.threats.includes(threat.id))),
    controls: threat.controls.join(' '),
    threats: threat.id,
    cwe: (threat.cwe ?? []).join(' '),
    'accepted risk': decisions.map(decisionSentence).join(' '),
  }
}

function requirementRows({ title, version, requirements }: FrameworkRecord, items: Items): Row[] {
  return requirements.map((requirement) => {
    const bears = (item: EvidenceItem) =>
      item.threats.some((id) => requirement.threats.includes(id)) || item.controls.some((id) => requirement.controls.includes(id))
    return {
      row: 'requirement',
      framework: `${title} ${version}`,
      id: requirement.id,
      title: requirement.title,
      result: RESULT_WORD[requirement.result],
      reason: requirement.reason,
      ...byKind(items?.filter(bears)),
      controls: requirement.controls.join(' '),
      threats: requirement.threats.join(' '),
    }
  })
}

/** For each kind how many pieces came to what. Evidence that may not hold any more is told apart from evidence that does. */
function byKind(items: Items): Row {
  if (items === undefined) return Object.fromEntries(EVIDENCE_KINDS.map((kind) => [kind, 'not recorded']))
  return Object.fromEntries(
    EVIDENCE_KINDS.map((kind) => {
      const same = items.filter((item) => item.kind === kind)
      const parts = RESULT_ORDER.flatMap((result) => {
        const fresh = same.filter((item) => item.result === result && item.stale === null).length
        const stale = same.filter((item) => item.result === result && item.stale !== null).length
        return [fresh > 0 ? `${fresh} ${RESULT_WORD[result]}` : '', stale > 0 ? `${stale} ${RESULT_WORD[result]} (stale)` : '']
      })
      return [kind, parts.filter((part) => part !== '').join(', ') || 'none']
    }),
  )
}

/**
 * A cell that begins as a formula does gets an apostrophe from the writer (`escape_formulas`). Where a semicolon is the separator of the machine,
 * Excel splits at those inside quotes that do not begin the field, so what follows one must not be a formula either.
 */
function cell(text: string): string {
  return visible(text).replace(/;(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu, ";'")
}
