// The engine's check of itself: within so many executions it must find a defect that cannot be found without coverage, or it sees nothing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { runCoverageGuided } from './coverage-guided.ts'

/**
 * It was found after 7,000 to 214,000 executions in 20 runs with 20 seeds, 54,000 on average: ten times that is bad luck once in twenty thousand
 * runs, and without coverage it would be found once in 8,000.
 */
export const CANARY_EXECUTIONS = 500_000
/** For loading the engine and its executions on a machine with other work. It ends with the finding, which is after two seconds as a rule. */
const SECONDS = 45

export interface CanaryOptions {
  readonly engine: typeof runCoverageGuided
  /** Absolute path of the compiled canary, and the part of it to instrument. */
  readonly target: string
  readonly includes: readonly string[]
  readonly seed: number
  readonly signal?: AbortSignal
}

/** Why the engine is not to be trusted, in one sentence; null if it found the canary, or cannot be run here at all, which its own record says. */
export async function coverageCanary({ engine, target, includes, seed, signal }: CanaryOptions): Promise<string | null> {
  const work = mkdtempSync(join(tmpdir(), 'gauntlet-canary-'))
  try {
    const run = await engine({
      target,
      includes,
      corpusDir: join(work, 'corpus'),
      artifactDir: join(work, 'artifacts'),
      seconds: SECONDS,
      seed,
      maxLength: 4,
      minimumEdges: 2,
      maxFindings: 1,
      maxExecutions: CANARY_EXECUTIONS,
      ...(signal && { signal }),
    })
    if (run.status === 'interrupted' || run.status === 'not-run') return null
    if (run.artifacts.some(({ message }) => message.includes('the canary was found'))) return null
    return `the coverage-guided engine did not find a planted defect in ${run.executions} executions (${run.status}: ${run.reason ?? 'no reason given'}), so that it found nothing elsewhere says nothing`
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
