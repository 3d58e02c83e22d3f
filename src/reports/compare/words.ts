// The words and marks of a comparison's results, the same on every page.
import type { Result } from '../run-record.ts'
import type { Cell } from './matrix.ts'
import { COMPARED, type Compared, type Comparison } from './record.ts'

export const COMPARED_WORD: Readonly<Record<Compared, string>> = {
  violated: 'violated',
  contained: 'contained',
  undecided: 'undecided',
  'not-run': 'not run',
  'not-applicable': 'not applicable',
}

/** The picture of a result is that of its equal in the other reports. */
export const MARK_OF: Readonly<Record<Compared, Result>> = {
  violated: 'failed',
  contained: 'passed',
  undecided: 'needs-review',
  'not-run': 'not-run',
  'not-applicable': 'not-applicable',
}

/** `violated (2 of 5)`: how many of the attacks that could be tried had the result of the cell. */
export function cellText({ result, counts }: Cell): string {
  const tried = counts.violated + counts.contained + counts.undecided
  return tried > 1 && tried !== counts[result]
    ? `${COMPARED_WORD[result]} (${counts[result]} of ${tried})`
    : COMPARED_WORD[result]
}

/** `3 violated, 20 contained`: what there is, the worst first. */
export const tally = (counts: Cell['counts']): string =>
  COMPARED.flatMap((result) => (counts[result] > 0 ? [`${counts[result]} ${COMPARED_WORD[result]}`] : [])).join(', ') ||
  'nothing was run'

export function endingOf({ completion }: Comparison): string | null {
  if (completion === 'complete') return null
  return completion === 'interrupted'
    ? 'The run was interrupted: what is not run says nothing.'
    : 'The time was spent before all was run.'
}

/** What the words mean, for readers who see the matrix first. */
export const MEANINGS: readonly (readonly [Compared, string])[] = [
  [
    'violated',
    'the host was hurt (it died, hung, swelled, or a canary was touched), or answered otherwise than the case demands although the benign twin was allowed',
  ],
  ['contained', 'the host answered as the case demands, and the benign twin was allowed'],
  ['undecided', 'something was seen that proves nothing, mostly as the benign twin was not allowed either'],
  ['not-applicable', 'the attack cannot be expressed on the host, or needs what the host does not offer'],
  ['not-run', 'the time was spent before'],
]

/** A file name for a host, whatever it is called. */
export const fileOf = (host: string): string => host.replace(/[^A-Za-z0-9_-]+/g, '-')
