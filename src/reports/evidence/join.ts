// All evidence of a report in one list: what the run tried, and what other commands left of what it did not try itself.
import type { EvidenceItem } from '../run-record.ts'

/** What the run did itself counts, whatever an earlier command says; what it only lists as not run gives way to what was run before. */
export function joinEvidence(own: readonly EvidenceItem[], elsewhere: readonly EvidenceItem[]): EvidenceItem[] {
  const earlier = new Map(elsewhere.map((item) => [item.id, item]))
  const listed = new Set(own.map(({ id }) => id))
  return [
    ...own.map((item) => (item.result === 'not-run' ? (earlier.get(item.id) ?? item) : item)),
    ...elsewhere.filter(({ id }) => !listed.has(id)),
  ]
}
