// The last comparison of hosts: a matrix of threats by host for the report, and one item of evidence for each host.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { countsOf, matrixOf } from '../../reports/compare/matrix.ts'
import { COMPARED, COMPARISON_VERSION, type ComparedTrial } from '../../reports/compare/record.ts'
import { tally } from '../../reports/compare/words.ts'
import type { EvidenceItem, HostMatrixRecord, Result } from '../../reports/run-record.ts'
import { readLeft } from './file.ts'
import { controlsAnswering, type Looking, threatsNamed } from './looking.ts'
import { staleness } from './made.ts'

/** `gauntlet compare` writes it into a directory of its own, whose name begins with the time. */
const COMPARISON = 'compare.json'

const comparison = z.object({
  schemaVersion: z.literal(COMPARISON_VERSION),
  run: z.string(),
  project: z.object({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  sources: z.string().nullable().optional(),
  startedAt: z.string(),
  finishedAt: z.string(),
  command: z.string(),
  seed: z.number(),
  completion: z.enum(['complete', 'out-of-time', 'interrupted']),
  environment: z.object({ platform: z.string(), node: z.string(), v8: z.string() }),
  hosts: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      own: z.boolean(),
      facts: z.record(z.string(), z.string()),
      problem: z.string().nullable(),
    }),
  ),
  threats: z.array(z.object({ id: z.string(), title: z.string() })),
  trials: z.array(
    z.object({
      host: z.string(),
      attack: z.string(),
      title: z.string(),
      threat: z.string(),
      origin: z.enum(['corpus', 'generated', 'host-calls', 'script']),
      result: z.enum(COMPARED),
      reason: z.string(),
      oracle: z.string().nullable(),
      code: z.string().nullable(),
      replay: z.string().nullable(),
    }),
  ),
})
type Found = z.infer<typeof comparison>

/** Null if there is none. */
export function lastComparison(looking: Looking): { readonly hosts: HostMatrixRecord; readonly evidence: EvidenceItem[] } | null {
  const found = newest(looking.reports)
  if (!found) return null
  return { hosts: matrixRecord(found), evidence: found.hosts.flatMap((host) => itemOf(host, found, looking)) }
}

function newest(reports: string): Found | null {
  for (const name of directoriesOf(reports)) {
    const found = readLeft(join(reports, name, COMPARISON), comparison, 'remove its folder, or run gauntlet compare again')
    // What was stopped half-way has not asked all hosts the same.
    if (found && found.completion !== 'interrupted') return found
  }
  return null
}

/** The latest first. */
function directoriesOf(reports: string): string[] {
  return readdirSync(reports, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /-compare-/.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .reverse()
}

function matrixRecord(found: Found): HostMatrixRecord {
  const { hosts } = found
  return {
    at: found.finishedAt,
    commit: found.project.commit,
    hosts: hosts.map(({ name, version, own }) => ({ name, version, own })),
    rows: matrixOf(found).map(({ threat, cells }) => ({
      threat,
      cells: Object.fromEntries(
        cells.map(({ result, counts }, i) => [
          hosts[i]!.name,
          { result, attacks: counts.violated + counts.contained + counts.undecided, violated: counts.violated },
        ]),
      ),
    })),
  }
}

function itemOf({ name, version, own }: Found['hosts'][number], found: Found, looking: Looking): EvidenceItem[] {
  const trials = found.trials.filter(({ host }) => host === name)
  const tried = trials.filter(({ result }) => result !== 'not-run' && result !== 'not-applicable')
  if (tried.length === 0) return []
  const threats = threatsNamed(
    tried.map(({ threat }) => threat),
    looking,
  )
  return [
    {
      id: `comparison:${name}`,
      kind: 'comparison',
      title: `Attacks on ${name} beside other hosts`,
      threats,
      controls: own ? controlsAnswering(threats, looking) : [],
      result: resultOf(tried),
      reason: `${tally(countsOf(trials))}.`,
      target: name,
      count: tried.length,
      seed: found.seed,
      // The hosts were tried in turns: no time is one's own.
      seconds: null,
      at: found.finishedAt,
      versions: { node: found.environment.node, [name]: version },
      source: found.command,
      stale: staleness({ commit: found.project.commit, sources: found.sources }, looking.now),
      replay: `npx ${found.command}`,
    },
  ]
}

function resultOf(tried: readonly ComparedTrial[]): Result {
  const has = (result: ComparedTrial['result']) => tried.some((trial) => trial.result === result)
  return has('violated') ? 'failed' : has('undecided') ? 'needs-review' : 'passed'
}
