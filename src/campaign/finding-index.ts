// What all runs of a folder of reports have found: findings.json beside them, so that a finding is known again, and replayed by its id.
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../reports/atomic.ts'
import { type FindingRecord, findingRecord } from '../reports/run-record.ts'
import { pause } from './clock.ts'

const FILE = 'findings.json'
const REPORTS = ['report.json', 'report.json.partial'] as const

/** The finding as it was seen last, and the runs in which it was. */
const entry = z.strictObject({
  finding: findingRecord,
  firstRun: z.string(),
  lastRun: z.string(),
  runs: z.number().int(),
})
const index = z.strictObject({ version: z.literal(1), findings: z.array(entry) })

export type IndexEntry = z.infer<typeof entry>

/** The index cannot be read or written; the message says what to do about it. */
export class FindingIndexError extends Error {
  override readonly name = 'FindingIndexError'
}

/** By the findings' ids; empty if there is no index yet. @throws {FindingIndexError} if there is one that cannot be read */
export async function readFindingIndex(reports: string): Promise<ReadonlyMap<string, IndexEntry>> {
  const path = join(reports, FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new FindingIndexError(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}): make it readable for this user`,
    )
  }
  const parsed = index.safeParse(asJson(text))
  if (!parsed.success)
    throw new FindingIndexError(`${path} is no index of findings: move it away, and the next run makes a new one`)
  return new Map(parsed.data.findings.map((each) => [each.finding.id, each]))
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Takes in what a run found. The same run may tell of a finding again, when more is known of it. @throws {FindingIndexError} */
export async function noteFindings(reports: string, run: string, findings: readonly FindingRecord[]): Promise<void> {
  if (findings.length === 0) return
  await locked(reports, async () => {
    const known = new Map(await readFindingIndex(reports))
    for (const finding of findings) known.set(finding.id, merged(known.get(finding.id), run, finding))
    const ordered = [...known.values()].sort((a, b) => (a.finding.id < b.finding.id ? -1 : 1))
    await writeAtomically(join(reports, FILE), `${JSON.stringify({ version: 1, findings: ordered }, null, 2)}\n`)
  })
}

function merged(before: IndexEntry | undefined, run: string, finding: FindingRecord): IndexEntry {
  if (!before) return { finding, firstRun: run, lastRun: run, runs: 1 }
  const earlier = before.finding.firstSeen < finding.firstSeen ? before.finding.firstSeen : finding.firstSeen
  return {
    // Once seen to be flaky it stays so: three good tries in a later run prove less than one that did not show it.
    finding: { ...finding, firstSeen: earlier, ...(before.finding.flaky && { flaky: true }) },
    firstRun: before.firstRun,
    lastRun: run,
    runs: before.runs + (before.lastRun === run ? 0 : 1),
  }
}

/** Whoever holds it for so long has died, in milliseconds: a note takes a few. */
const LOCK_STALE_MS = 10_000

/** One writer at a time among all runs with this folder: a directory is made by one of them only. */
async function locked(reports: string, action: () => Promise<void>): Promise<void> {
  const lock = join(reports, `.${FILE}.lock`)
  for (;;) {
    try {
      await mkdir(lock)
      break
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST')
        throw new FindingIndexError(`${lock} cannot be made (${code}): make ${reports} writable for this user`)
      const made = await stat(lock).catch(() => null)
      if (made && Date.now() - made.mtimeMs > LOCK_STALE_MS) await rm(lock, { recursive: true, force: true })
      else await pause(20)
    }
  }
  try {
    await action()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/** A finding of some run, with the run's directory. */
export interface StoredFinding {
  readonly finding: FindingRecord
  readonly runDirectory: string
}

/** Looks a finding up by its id, in the index and, for what never got there, in the reports themselves, the newest first. */
export async function findFinding(reports: string, id: string): Promise<StoredFinding | null> {
  const known = (await readFindingIndex(reports)).get(id)
  if (known) return { finding: known.finding, runDirectory: join(reports, known.lastRun) }
  const entries = await readdir(reports, { withFileTypes: true }).catch(() => [])
  const runs = entries.filter((each) => each.isDirectory()).map(({ name }) => name)
  for (const name of runs.sort().reverse()) {
    const finding = await findingIn(join(reports, name), id)
    if (finding) return { finding, runDirectory: join(reports, name) }
  }
  return null
}

const findingsOnly = z.object({ findings: z.array(z.unknown()) })

async function findingIn(runDirectory: string, id: string): Promise<FindingRecord | null> {
  for (const name of REPORTS) {
    const text = await readFile(join(runDirectory, name), 'utf8').catch(() => null)
    const report = text === null ? null : findingsOnly.safeParse(asJson(text))
    const found = report?.data?.findings.map((each) => findingRecord.safeParse(each).data).find((each) => each?.id === id)
    if (found) return found
  }
  return null
}
