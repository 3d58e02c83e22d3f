// The score of the last mutation test (`npm run mutation`), read from what Stryker wrote: which small changes of the boundary no test noticed.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { MutationRecord } from '../reports/run-record.ts'

/** As stryker.config.mjs names it. */
export const MUTATION_REPORT = join('.cache', 'stryker', 'mutation.json')
/** Survivors that a report names one by one; Stryker's own report has all. */
const NAMED = 50
/** Characters of what stands in the place of the original. */
const SHOWN = 120

/** The part that is read of the mutation-testing report schema, version 1 or 2. */
const report = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string().optional(),
          status: z.string(),
          location: z.object({ start: z.object({ line: z.number() }) }),
        }),
      ),
    }),
  ),
})
type Report = z.infer<typeof report>

const notRun = (reason: string): MutationRecord => ({
  result: 'not-run',
  reason,
  measuredAt: null,
  score: null,
  mutants: 0,
  killed: 0,
  survived: 0,
  uncovered: 0,
  changed: [],
  survivors: [],
})

/** Never throws: what cannot be read was not measured, and the reason says so. */
export function readMutationScore(root: string): MutationRecord {
  const path = join(root, MUTATION_REPORT)
  if (!existsSync(path)) return notRun('no mutation test has been made here; npm run mutation makes one')
  try {
    return scoreOf(report.parse(JSON.parse(readFileSync(path, 'utf8'))), statSync(path).mtime, root)
  } catch {
    return notRun(`${MUTATION_REPORT} is no report of a mutation test; npm run mutation writes a new one`)
  }
}

export interface MutatedFile {
  readonly file: string
  readonly mutants: number
  readonly killed: number
  /** It is not any more what was measured. */
  readonly changed: boolean
}

/** The same, file by file; null if nothing was measured, or it cannot be read. */
export function mutantsByFile(root: string): { readonly at: string; readonly files: readonly MutatedFile[] } | null {
  const path = join(root, MUTATION_REPORT)
  if (!existsSync(path)) return null
  try {
    const { files } = report.parse(JSON.parse(readFileSync(path, 'utf8')))
    const measured = Object.entries(files).map(([file, { source, mutants }]) => {
      const having = (statuses: readonly string[]) => mutants.filter(({ status }) => statuses.includes(status)).length
      const killed = having(KILLED)
      return { file, killed, mutants: killed + having(ALIVE), changed: sourceNow(root, file) !== source }
    })
    return { at: statSync(path).mtime.toISOString(), files: measured }
  } catch {
    return null
  }
}

/** A mutant that makes its test hang is noticed as well. What does not compile, or is left out by a comment, is no mutant. */
const KILLED = ['Killed', 'Timeout']
const ALIVE = ['Survived', 'NoCoverage']

function scoreOf({ files }: Report, measuredAt: Date, root: string): MutationRecord {
  const all = Object.entries(files).flatMap(([file, { mutants }]) => mutants.map((mutant) => ({ file, ...mutant })))
  const having = (...statuses: readonly string[]) => all.filter(({ status }) => statuses.includes(status))
  const killed = having(...KILLED).length
  const alive = having(...ALIVE)
  const mutants = killed + alive.length
  if (mutants === 0) return notRun('the last mutation test had no mutants')
  return {
    result: 'measured',
    reason: `${killed} of ${mutants} mutants of the boundary were noticed by a test`,
    measuredAt: measuredAt.toISOString(),
    score: killed / mutants,
    mutants,
    killed,
    survived: having('Survived').length,
    uncovered: having('NoCoverage').length,
    changed: Object.entries(files)
      .filter(([file, { source }]) => sourceNow(root, file) !== source)
      .map(([file]) => file)
      .sort(),
    survivors: alive
      .sort((a, b) => (a.file === b.file ? a.location.start.line - b.location.start.line : a.file < b.file ? -1 : 1))
      .slice(0, NAMED)
      .map(({ file, location, mutatorName, replacement = '' }) => ({
        file,
        line: location.start.line,
        mutator: mutatorName,
        replacement: replacement.slice(0, SHOWN),
      })),
  }
}

function sourceNow(root: string, file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return null
  }
}
