// Every weakening with the best that is known of it: what this run saw, or else what an earlier command showed of the same sources.
import type { EvidenceItem, RunRecord, WeakeningRecord } from '../run-record.ts'

const RAN: readonly WeakeningRecord['result'][] = ['detected', 'missed', 'broken']
const RESULT_OF = { passed: 'detected', failed: 'missed', 'needs-review': 'broken' } as const

/** A short run plants a sample only; what `gauntlet prove` planted in the same sources need not be planted again to count. */
export function knownWeakenings({ weakenings, evidence = [] }: Pick<RunRecord, 'weakenings' | 'evidence'>): WeakeningRecord[] {
  const planted = new Set(weakenings.filter(({ result }) => RAN.includes(result)).map(({ id }) => id))
  const fresh = new Map(
    evidence
      .filter(({ kind, stale }) => kind === 'weakening' && stale === null)
      .map((item) => [item.id.slice('weakening:'.length), item]),
  )
  const known = weakenings.map((weakening) => {
    const item = planted.has(weakening.id) ? undefined : fresh.get(weakening.id)
    const result = item && resultOf(item)
    return item && result ? { ...weakening, result, reason: item.reason } : weakening
  })
  const listed = new Set(weakenings.map(({ id }) => id))
  return [...known, ...[...fresh].filter(([id]) => !listed.has(id)).flatMap(([id, item]) => recordOf(id, item))]
}

const resultOf = ({ result }: EvidenceItem): WeakeningRecord['result'] | undefined =>
  result === 'passed' || result === 'failed' || result === 'needs-review' ? RESULT_OF[result] : undefined

/** A run that was not asked for weakenings lists none. */
function recordOf(id: string, item: EvidenceItem): WeakeningRecord[] {
  const [result, control] = [resultOf(item), item.controls[0]]
  if (!result || control === undefined) return []
  const { title, threats, reason, seconds } = item
  return [
    { id, title, control, threats: [...threats], file: '', result, detectedBy: [], reason, elapsedMs: (seconds ?? 0) * 1000 },
  ]
}
