// Everything that other commands left in the folders of the project and of its reports. A file that cannot be read is said, and costs nothing else.
import type { EngineRunsRecord, EvidenceItem, HostMatrixRecord } from '../../reports/run-record.ts'
import { benchEvidence } from './bench.ts'
import { lastComparison } from './compared.ts'
import { lastEngines } from './engines.ts'
import type { Looking } from './looking.ts'
import { mutationEvidence } from './mutants.ts'
import { provedEvidence } from './proved.ts'
import { testEvidence } from './tests.ts'

export interface Elsewhere {
  readonly evidence: readonly EvidenceItem[]
  readonly engineRuns: EngineRunsRecord | null
  readonly hosts: HostMatrixRecord | null
  /** Sentences about what could not be read. */
  readonly problems: readonly string[]
}

export function readElsewhere(looking: Looking): Elsewhere {
  const problems: string[] = []
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return null
    }
  }
  const proved = attempt(() => provedEvidence(looking)) ?? []
  const tests = attempt(() => testEvidence(looking)) ?? []
  const mutation = attempt(() => mutationEvidence(looking)) ?? []
  const engines = attempt(() => lastEngines(looking))
  const comparison = attempt(() => lastComparison(looking))
  const bench = attempt(() => benchEvidence(looking)) ?? []
  return {
    evidence: [...proved, ...tests, ...mutation, ...(engines?.evidence ?? []), ...(comparison?.evidence ?? []), ...bench],
    engineRuns: engines?.engineRuns ?? null,
    hosts: comparison?.hosts ?? null,
    problems,
  }
}
