// Makes a record hostile: every text that is not one of the schema's fixed words gets a tail that tries to break out of its format.
import { COMPARED } from '../../src/reports/compare/record.ts'
import { EVIDENCE_KINDS, RESULTS, type RunRecord, runRecordSchema } from '../../src/reports/run-record.ts'
import { sampleRecord } from './sample-record.ts'

/** Breaks out of elements, attributes, style, title and comments; terminal, bidirectional, zero-width and tag characters; Markdown; mentions. */
export const HOSTILE =
  '"\'></style></title></pre></code></svg><script>alert(1)</script><img src=x onerror=alert(1)><!-- ]]>&lt;&#60;`` ` \u001b]0;x\u0007\u001b[31m\u202e\u2066\u200b\u0000\r\n' +
  '\u{e0041}\ud800 e\u0301\u0302\u0303\u0304\u0305 [x](javascript:alert(1)) ![i](https://evil.test/i.png) https://evil.test www.evil.test @everyone #1 **b** _i_ ~~s~~ $x$ {0} | a | <b onclick=x>' +
  'A'.repeat(300)

export const FIXED = new Set<string>([
  ...RESULTS,
  ...[
    'attack',
    'twin',
    'contained',
    'violated',
    'inconclusive',
    'corpus',
    'campaign',
    'property',
    'coverage-guided',
    'weakening',
  ],
  ...['critical', 'high', 'medium', 'low', 'detected', 'missed', 'broken', 'complete', 'interrupted', 'fault'],
  ...EVIDENCE_KINDS,
  ...COMPARED,
  ...['granted', 'filtered', 'not-granted', 'measured', 'none', 'unconfirmed', 'confirmed', 'rejected'],
  ...['unchecked', 'in-discussion', 'accepted', 'in-progress', 'mitigated', 'false-positive', 'in-force', 'expired', 'open'],
])

/** A record with few entries of every kind, so that the tests stay fast. */
export function smallRecord(): RunRecord {
  const record = sampleRecord('findings')
  const threats = record.threats.filter((threat) => /^(LNK|ENG)-0[1-4]$|^RES-03$/.test(threat.id))
  const known = new Set(threats.map((threat) => threat.id))
  const named = (item: { threats: readonly string[] }) => item.threats.some((id) => known.has(id))
  return {
    ...record,
    threats,
    controls: record.controls.map((control) => ({ ...control, threats: control.threats.filter((id) => known.has(id)) })),
    trials: record.trials.filter(named),
    weakenings: record.weakenings.filter(named),
    findings: record.findings
      .filter((finding) => finding.threat !== null && known.has(finding.threat))
      .map((finding) => ({ ...finding, reproducer: [] })),
    evidence:
      record.evidence?.filter((item) => named(item) && (item.kind !== 'regression' || item.threats.includes('LNK-02'))) ?? [],
    faults: ['A fault.'],
  }
}

/** The record with HOSTILE after every free text and name (an empty text stays one, as what is shown depends on it); references still fit together, and the record is still valid. */
export function hostileRecord(): RunRecord {
  const record = smallRecord()
  const tainted = taint(record) as RunRecord
  const findings = tainted.findings.map((finding) => ({
    ...finding,
    reproducer: [HOSTILE, `javascript:alert(1)`, '../../etc/passwd', 'findings/ok.wat'],
  }))
  return runRecordSchema.parse({ ...tainted, findings })
}

const MAPS = new Set(['facts', 'tools', 'byGenerator', 'byOutcome', 'versions', 'outcomes'])

function taint(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return value === '' || (FIXED.has(value) && name !== 'name') ? value : value + HOSTILE
  if (Array.isArray(value)) return value.map((item) => taint(item))
  if (typeof value !== 'object' || value === null) return value
  // The cells of a row are a map by host; those of the record are not.
  const isMap = MAPS.has(name) || (name === 'cells' && !Object.hasOwn(value, 'rows'))
  const taintKey = (key: string) => (isMap ? key + HOSTILE : key)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [taintKey(key), taint(item, key)]))
}
