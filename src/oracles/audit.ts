// The audit oracle: the log holds one record for each decision, no more and no fewer.
import { type Oracle, speaker } from './oracle.ts'
import { quote } from './text.ts'

const say = speaker('audit')

export const auditOracle: Oracle = ({ expect }, { result }, own) => {
  if (!own || !expect.audit) return say('contained', 'not-asked', 'the audit log is not part of what is expected here')
  if (result === null) return say('inconclusive', 'no-result', 'the target returned no result to judge')
  const [wanted, seen] = [expect.audit.join(', '), result.audit?.join(', ') ?? 'no audit log']
  return wanted === seen
    ? say('contained', 'as-expected', `the audit log holds ${quote(wanted, 300)}`)
    : say('violated', 'audit-not-expected', `the audit log must hold ${quote(wanted, 300)}, but holds ${quote(seen, 300)}`)
}
