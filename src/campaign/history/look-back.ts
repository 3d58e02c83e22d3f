// What a run has to do with its history: at its end it looks back, and when its report is written it becomes a part of it.
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { writeAtomically } from '../../reports/atomic.ts'
import { acceptedFindings } from '../../reports/evidence/accepted.ts'
import { FORMATS } from '../../reports/formats.ts'
import { type Baseline, baselineOf, changesSince } from '../../reports/over-time/changes.ts'
import { pastRunOf } from '../../reports/over-time/past-run.ts'
import { RUN_SUMMARY_FILE, runSummary } from '../../reports/over-time/run-summary.ts'
import { isAboutSubject, subjectKey } from '../../reports/over-time/subject.ts'
import { ReportError } from '../../reports/report-error.ts'
import type { FindingRecord, RunRecord } from '../../reports/run-record.ts'
import { visibleJson } from '../../reports/visible.ts'
import { StoreError } from '../../sandbox/store/store-error.ts'
import { findReport } from './find-run.ts'
import { HISTORY_LENGTH, History } from './history.ts'
import { readReport } from './stored-run.ts'

type Decides = (finding: Pick<FindingRecord, 'own' | 'target'>) => boolean

/** How many runs that are not indexed the end of a run indexes: those that a report shows. `gauntlet report list` indexes all. */
const CATCH_UP = HISTORY_LENGTH

/**
 * Fills in the earlier runs, and what has changed since the last complete one or the one that is named.
 * @throws {StoreError} @throws {StoredRunError} if there is no run of that name
 */
export function lookBack(record: RunRecord, reports: string, against?: string): void {
  if (!existsSync(reports)) return
  using history = History.open(reports)
  history.catchUp(CATCH_UP)
  record.history = history.before(record)
  const earlier = against === undefined ? history.previous(record) : namedBaseline(history, against)
  if (earlier) record.changes = changesSince(earlier, record)
}

/** Adds this run as the last one, when it is settled how it ended. */
export function appendSelf(record: RunRecord): void {
  record.history = [...(record.history ?? []).slice(1 - HISTORY_LENGTH), pastRunOf(record)]
}

function namedBaseline(history: History, against: string): Baseline {
  return history.named(against) ?? baselineOf(readReport(findReport(history.reports, against)))
}

/**
 * Writes summary.json beside the report and enters the run into the history. The summary comes first: if the disk is full in between, somebody may
 * be told twice, but never not at all.
 * @param reports the folder of all runs
 * @param decides whether a finding is worth an alert, as it decides the exit code
 * @returns what could not be done, in a sentence, or null; the next run enters this one then
 */
export async function enterHistory(
  record: RunRecord,
  runDirectory: string,
  reports: string,
  decides: Decides = (finding) => isAboutSubject(finding, record),
): Promise<string | null> {
  const directory = dirname(resolve(runDirectory)) === resolve(reports) ? basename(runDirectory) : null
  try {
    using history = History.open(reports)
    const told = history.alerts.told(subjectKey(record))
    const earlier = record.changes ? history.named(record.changes.against) : null
    const notify = await writeSummary(record, runDirectory, { told, earlier, decides })
    history.add(record, directory, notify)
    return null
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof ReportError)) throw error
    const unwritten = error instanceof StoreError ? await summaryWithoutHistory(record, runDirectory, decides) : null
    return `the run is not in the history: ${unwritten ?? error.message}`
  }
}

/** Who cannot know what was told tells of everything that is new. */
async function summaryWithoutHistory(record: RunRecord, runDirectory: string, decides: Decides): Promise<string | null> {
  try {
    await writeSummary(record, runDirectory, { told: new Set(record.changes?.still), earlier: null, decides })
    return null
  } catch (error) {
    if (error instanceof ReportError) return error.message
    throw error
  }
}

async function writeSummary(
  record: RunRecord,
  runDirectory: string,
  { told, earlier, decides }: { told: ReadonlySet<string>; earlier: Baseline | null; decides: Decides },
): Promise<string[]> {
  const accepted = acceptedFindings(record)
  const notify = record.findings
    .filter((finding) => decides(finding) && !told.has(finding.id) && !accepted.has(finding.id))
    .map(({ id }) => id)
  const openBefore = earlier && new Set(earlier.open.filter(decides).map(({ id }) => id))
  const files = FORMATS.map(({ file }) => file).filter((file) => existsSync(join(runDirectory, file)))
  const summary = runSummary(record, { decides, notify: new Set(notify), openBefore, files })
  await writeAtomically(join(runDirectory, RUN_SUMMARY_FILE), visibleJson(summary))
  return notify
}
