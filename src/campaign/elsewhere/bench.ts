// Rows of the bench as evidence: how fast a guest was gone that an attack of the corpus keeps running, against what was promised.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { EvidenceItem } from '../../reports/run-record.ts'
import { readLeft } from './file.ts'
import { controlsAnswering, type Looking, threatsNamed } from './looking.ts'
import { staleness } from './made.ts'

const RESULTS = join('bench', 'results')
/** Rows of this group have the name of their attack behind it. */
const KILLS = 'kill/'

const results = z.object({
  schema: z.literal(1),
  finished: z.string(),
  quick: z.boolean(),
  project: z.object({ commit: z.string().nullable() }),
  versions: z.record(z.string(), z.string()),
  rows: z.array(
    z.object({
      id: z.string(),
      what: z.string(),
      ours: z.object({ samples: z.number().int() }),
      aim: z.object({ aim: z.string(), is: z.string(), reached: z.boolean() }).nullable(),
    }),
  ),
})
type Found = z.infer<typeof results>

/** Each row from the latest run that has it. */
export function benchEvidence(looking: Looking): EvidenceItem[] {
  const folder = join(looking.root, RESULTS)
  if (!existsSync(folder)) return []
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => foundIn(join(folder, name)))
    .sort((a, b) => (a.finished < b.finished ? -1 : 1))
  const items = found.flatMap((run) => run.rows.flatMap((row) => itemOf(row, run, looking)))
  return [...new Map(items.map((item) => [item.id, item])).values()]
}

/** Other benches keep results of another form beside these. */
function foundIn(path: string): Found[] {
  try {
    return [readLeft(path, results, '')!]
  } catch {
    return []
  }
}

function itemOf(row: Found['rows'][number], run: Found, looking: Looking): EvidenceItem[] {
  const threats = row.id.startsWith(KILLS) ? threatsNamed([row.id.slice(KILLS.length)], looking) : []
  if (row.aim === null || threats.length === 0) return []
  return [
    {
      id: `bench:${row.id}`,
      kind: 'bench',
      title: `Time until a guest is gone: ${row.what}`,
      threats,
      controls: controlsAnswering(threats, looking),
      // Too few samples, or an aim that a busy machine has missed, prove nothing against it.
      result: row.aim.reached && !run.quick ? 'passed' : 'needs-review',
      reason: `The aim was ${row.aim.aim}; it was ${row.aim.is}.`,
      target: null,
      count: row.ours.samples,
      seed: null,
      seconds: null,
      at: run.finished,
      versions: run.versions,
      source: 'npm run bench',
      stale: staleness({ commit: run.project.commit }, looking.now),
      replay: `npm run bench -- --filter ${row.id}`,
    },
  ]
}
