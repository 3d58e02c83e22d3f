// The last mutation test as evidence: for each source file, how many small changes of it a unit test noticed.
import { count } from '../../reports/results.ts'
import type { EvidenceItem } from '../../reports/run-record.ts'
import { mutantsByFile } from '../mutation-score.ts'
import { controlsIn, type Looking } from './looking.ts'

export function mutationEvidence(looking: Looking): EvidenceItem[] {
  const measured = mutantsByFile(looking.root)
  if (!measured) return []
  return measured.files
    .filter(({ mutants }) => mutants > 0)
    .map(({ file, mutants, killed, changed }) => ({
      id: `mutation:${file}`,
      kind: 'mutation',
      title: `Mutants of ${file}`,
      threats: [],
      controls: controlsIn(file, looking),
      // What nobody noticed may be a change that changes nothing: only a person can tell.
      result: killed === mutants ? 'passed' : 'needs-review',
      reason: `${killed} of ${count(mutants, 'mutant')} ${killed === 1 ? 'was' : 'were'} noticed by a test.`,
      target: null,
      count: mutants,
      seed: null,
      seconds: null,
      at: measured.at,
      versions: {},
      source: 'npm run mutation',
      stale: changed ? `${file} has changed since.` : null,
      replay: `npm run mutation -- --mutate ${file}`,
    }))
}
