// Of which findings somebody was told: one finding, one alert, until it is fixed; if it comes back, another.
import type { OpenFinding } from '../../reports/over-time/changes.ts'
import { wasTriedAgain } from '../../reports/over-time/shown-by.ts'
import type { Database } from '../../sandbox/store/database.ts'

/**
 * In how many runs that tried it again a finding must not have shown before it counts as fixed, if it does not show each time, or was found by
 * chance: one quiet night proves little, and an alert at every other one is what makes people turn alerts off. A case of the corpus is the same
 * each time.
 */
const QUIET_RUNS = 3

/** A run as far as alerts depend on it. */
export interface AlertingRun {
  readonly subject: string
  readonly run: string
  readonly at: string
  readonly open: readonly OpenFinding[]
  /** What the run tried that held; see `heldIn`. */
  readonly held: ReadonlySet<string>
  /** Ids of the findings that its summary told of. */
  readonly notified: readonly string[]
}

interface AlertRow {
  readonly finding: string
  readonly last_at: string
  readonly quiet: number
  readonly about: string
}

export class Alerts {
  readonly #database: Database
  readonly #of
  readonly #put
  readonly #drop

  constructor(database: Database) {
    this.#database = database
    this.#of = database.prepare('SELECT finding, last_at, quiet, about FROM alerted WHERE subject = ?')
    this.#put = database.prepare(
      `INSERT INTO alerted (subject, finding, run, last_at, quiet, about) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (subject, finding) DO UPDATE SET last_at = excluded.last_at, quiet = excluded.quiet, about = excluded.about`,
    )
    this.#drop = database.prepare('DELETE FROM alerted WHERE subject = ? AND finding = ?')
  }

  /** Ids of findings that somebody was told of and that nobody has seen fixed. */
  told(subject: string): ReadonlySet<string> {
    return new Set(this.#rows(subject).map(({ finding }) => finding))
  }

  /** Takes in what a run told, showed and tried in vain. A run that is older than what is known changes nothing. */
  settle({ subject, run, at, open, held, notified }: AlertingRun): void {
    const shown = new Map(open.map((finding) => [finding.id, finding]))
    for (const row of this.#rows(subject)) {
      if (row.last_at >= at) continue
      const now = shown.get(row.finding)
      const about = now ?? (JSON.parse(row.about) as OpenFinding)
      const quiet = now ? 0 : row.quiet + (wasTriedAgain(about.shownBy, held) ? 1 : 0)
      if (quiet >= quietRuns(about)) this.#drop.run(subject, row.finding)
      else this.#put.run(subject, row.finding, run, at, quiet, JSON.stringify(about))
    }
    for (const id of notified) {
      const about = shown.get(id)
      if (about) this.#put.run(subject, id, run, at, 0, JSON.stringify(about))
    }
  }

  #rows(subject: string): AlertRow[] {
    return this.#database.guard(() => this.#of.all(subject)) as unknown as AlertRow[]
  }
}

const quietRuns = ({ source, flaky }: OpenFinding): number => (source === 'corpus' && !flaky ? 1 : QUIET_RUNS)
