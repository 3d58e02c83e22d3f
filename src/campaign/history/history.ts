// The runs of a folder of reports, indexed in history.db beside them: what was found, tested and told. The reports stay the truth; what is lost is indexed again.
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Baseline, baselineOf, type OpenFinding } from '../../reports/over-time/changes.ts'
import { pastRunOf } from '../../reports/over-time/past-run.ts'
import { heldIn } from '../../reports/over-time/shown-by.ts'
import { subjectKey } from '../../reports/over-time/subject.ts'
import type { Tested, TestedFrom } from '../../reports/over-time/tested.ts'
import { REPORT_FILE } from '../../reports/read-record.ts'
import type { PastRun, RunRecord } from '../../reports/run-record.ts'
import { Database } from '../../sandbox/store/database.ts'
import { setAside } from '../../sandbox/store/set-aside.ts'
import { StoreError } from '../../sandbox/store/store-error.ts'
import { Alerts } from './alerts.ts'
import { examineIndex } from './examine.ts'
import { HISTORY } from './schema.ts'
import { notifiedBy, readReport, StoredRunError } from './stored-run.ts'

export const HISTORY_FILE = 'history.db'
/** How many runs a report shows beside itself. */
export const HISTORY_LENGTH = 30
/** How long to wait for another run that writes, in milliseconds. */
const BUSY_MS = 5_000

export interface Unusable {
  readonly directory: string
  readonly reason: string
}

/** A row, with the directory of its report as it was indexed; null for one that lies elsewhere, such as a joined report. */
export interface IndexedRun {
  readonly line: PastRun
  readonly subject: string
  readonly directory: string | null
}

interface RunRow {
  readonly id: number
  readonly name: string
  readonly started_at: string
  readonly directory: string | null
  readonly subject: string
  readonly tested_from: string
  readonly line: string
}

type Statement = ReturnType<Database['prepare']>

export class History implements Disposable {
  readonly reports: string
  readonly alerts: Alerts
  /** Where a damaged file was set aside when this was opened; null if none was. */
  readonly setAside: string | null
  readonly #database: Database
  readonly #statements: ReturnType<typeof prepare>

  private constructor(reports: string, database: Database, moved: string | null) {
    this.reports = reports
    this.setAside = moved
    this.#database = database
    this.#statements = prepare(database)
    this.alerts = new Alerts(database)
  }

  /** Opens the index of a folder of reports, or makes it. One that is damaged is set aside: everything in it can be had again. @throws {StoreError} */
  static open(reports: string, busyTimeoutMs = BUSY_MS): History {
    const path = join(reports, HISTORY_FILE)
    const open = (): Database => {
      const database = Database.open(path, HISTORY, { busyTimeoutMs, maxBytes: null })
      try {
        examineIndex(database, HISTORY)
        return database
      } catch (error) {
        database.close()
        throw error
      }
    }
    try {
      return new History(reports, open(), null)
    } catch (error) {
      if (!(error instanceof StoreError) || error.problem !== 'corrupt') throw error
      const moved = setAside(path)
      return new History(reports, open(), moved)
    }
  }

  /**
   * Indexes the directories of runs that are not in it yet, and says which of them could not be. Each is read once only, however many there are.
   * @param most at most so many, the newest
   */
  catchUp(most = Number.POSITIVE_INFINITY): Unusable[] {
    const missing = this.#missing()
    const unusable: Unusable[] = []
    // Oldest first, as they happened.
    for (const directory of missing.slice(Math.max(0, missing.length - most))) {
      const path = join(this.reports, directory)
      try {
        this.add(readReport(join(path, REPORT_FILE)), directory, notifiedBy(path))
      } catch (error) {
        if (!(error instanceof StoredRunError)) throw error
        unusable.push({ directory, reason: error.message })
        const changed = changedMs(join(path, REPORT_FILE))
        if (changed !== null) this.#database.guard(() => this.#statements.setUnusable.run(directory, changed, error.message))
      }
    }
    return unusable
  }

  /** Names of directories with a report that is not indexed, in the order of their names, which is that of time. */
  #missing(): string[] {
    const { directories, unusable } = this.#statements
    const known = this.#database.guard(() => new Set(directories.all().map(({ directory }) => String(directory))))
    const bad = this.#database.guard(
      () => new Map(unusable.all().map(({ directory, changed_ms }) => [String(directory), Number(changed_ms)])),
    )
    return readdirSync(this.reports, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !known.has(entry.name))
      .map(({ name }) => name)
      .filter((name) => {
        const changed = changedMs(join(this.reports, name, REPORT_FILE))
        return changed !== null && changed !== bad.get(name)
      })
      .sort()
  }

  /**
   * Takes in a run; one that is known is replaced.
   * @param directory of its report, relative to the folder @param notified ids of the findings that its summary told of
   */
  add(record: RunRecord, directory: string | null, notified: readonly string[]): void {
    const subject = subjectKey(record)
    const { open, tested, testedFrom } = baselineOf(record)
    const shown = new Set(open.map(({ id }) => id))
    const carried = (record.changes?.unknown ?? []).filter((id) => !shown.has(id))
    const { dropRun, addRun, addFinding, addTested } = this.#statements
    this.#database.transaction(() => {
      const known = new Map(carried.map((id) => [id, this.#lastKnown(id)]))
      dropRun.run(record.run, record.startedAt, directory)
      const line = JSON.stringify(pastRunOf(record))
      const { lastInsertRowid: run } = addRun.run(
        record.run,
        record.startedAt,
        directory,
        subject,
        record.completion,
        testedFrom,
        line,
      )
      for (const finding of open) addFinding.run(run, finding.id, 1, JSON.stringify(finding))
      for (const [id, about] of known) if (about) addFinding.run(run, id, 0, JSON.stringify(about))
      for (const each of tested) addTested.run(run, this.#evidence(each))
      this.alerts.settle({ subject, run: record.run, at: record.startedAt, open, held: heldIn(record), notified })
    })
  }

  #lastKnown(id: string): OpenFinding | null {
    const row = this.#statements.lastFinding.get(id)
    return row ? (JSON.parse(String(row['about'])) as OpenFinding) : null
  }

  #evidence({ id, title, kind }: Tested): number {
    const { findEvidence, addEvidence } = this.#statements
    return Number(findEvidence.get(id)?.['id'] ?? addEvidence.run(id, title, kind).lastInsertRowid)
  }

  /** All runs, or those of one subject, newest first. */
  runs(subject: string | null = null): IndexedRun[] {
    const rows = this.#database.guard(() => this.#statements.allRuns.all(subject, subject)) as unknown as RunRow[]
    return rows.map((row) => ({ line: lineOf(row), subject: row.subject, directory: row.directory }))
  }

  /** The last runs of the same subject before a run, oldest first. */
  before(record: RunRecord, most = HISTORY_LENGTH - 1): PastRun[] {
    const rows = this.#database.guard(() => this.#statements.runsBefore.all(subjectKey(record), record.startedAt, most))
    return (rows as unknown as RunRow[]).map(lineOf).reverse()
  }

  /** What the last complete run of the same subject left, without its report; null if there was none. */
  previous(record: RunRecord): Baseline | null {
    const row = this.#database.guard(() => this.#statements.lastComplete.get(subjectKey(record), record.startedAt))
    return row ? this.#baseline(row as unknown as RunRow) : null
  }

  /** The same of the run with this name, the newest if there are several. */
  named(name: string): Baseline | null {
    const row = this.#database.guard(() => this.#statements.runNamed.get(name, name))
    return row ? this.#baseline(row as unknown as RunRow) : null
  }

  #baseline({ id, name, tested_from }: RunRow): Baseline {
    const { findingsOf, testedOf } = this.#statements
    return this.#database.guard(() => ({
      run: name,
      open: findingsOf.all(id).map(({ about }) => JSON.parse(String(about)) as OpenFinding),
      tested: testedOf.all(id).map((row) => ({ ...row }) as unknown as Tested),
      testedFrom: tested_from as TestedFrom,
    }))
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Whether there is anything to look back at: without it no file is made. */
export const hasHistory = (reports: string): boolean => existsSync(join(reports, HISTORY_FILE))

/** When the file was written; null if there is none. Of a link that leads nowhere, when that was made: one directory must not cost the others. */
function changedMs(path: string): number | null {
  const at = (stat: typeof statSync): number | null => {
    const info = stat(path, { throwIfNoEntry: false })
    return info ? Math.trunc(info.mtimeMs) : null
  }
  try {
    return at(statSync)
  } catch {
    try {
      return at(lstatSync as typeof statSync)
    } catch {
      // A folder that may not be looked into.
      return null
    }
  }
}

const lineOf = ({ line }: RunRow): PastRun => JSON.parse(line) as PastRun

function prepare(database: Database) {
  const all = (sql: string): Statement => database.prepare(sql)
  return {
    directories: all('SELECT directory FROM runs WHERE directory IS NOT NULL'),
    unusable: all('SELECT directory, changed_ms FROM unusable'),
    setUnusable: all('INSERT OR REPLACE INTO unusable VALUES (?, ?, ?)'),
    dropRun: all('DELETE FROM runs WHERE (name = ? AND started_at = ?) OR directory = ?'),
    addRun: all(
      'INSERT INTO runs (name, started_at, directory, subject, completion, tested_from, line) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    // A report that somebody has changed may have one twice.
    addFinding: all('INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?)'),
    addTested: all('INSERT OR IGNORE INTO tested VALUES (?, ?)'),
    findEvidence: all('SELECT id FROM evidence WHERE name = ?'),
    addEvidence: all('INSERT INTO evidence (name, title, kind) VALUES (?, ?, ?)'),
    lastFinding: all('SELECT about FROM findings WHERE finding = ? ORDER BY run DESC LIMIT 1'),
    allRuns: all('SELECT * FROM runs WHERE ? IS NULL OR subject = ? ORDER BY started_at DESC, id DESC'),
    runsBefore: all('SELECT * FROM runs WHERE subject = ? AND started_at < ? ORDER BY started_at DESC, id DESC LIMIT ?'),
    lastComplete: all(
      "SELECT * FROM runs WHERE subject = ? AND started_at < ? AND completion = 'complete' ORDER BY started_at DESC, id DESC LIMIT 1",
    ),
    runNamed: all('SELECT * FROM runs WHERE name = ? OR directory = ? ORDER BY started_at DESC, id DESC LIMIT 1'),
    findingsOf: all('SELECT about FROM findings WHERE run = ? ORDER BY finding'),
    testedOf: all(
      'SELECT evidence.name AS id, evidence.title, evidence.kind FROM tested JOIN evidence ON evidence.id = tested.evidence WHERE run = ? ORDER BY evidence.name',
    ),
  }
}
