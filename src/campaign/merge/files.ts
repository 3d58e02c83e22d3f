// The files of runs that are joined: their records are read, and the reproducers of their findings go where the joined report is.
import { copyFile, lstat, mkdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative } from 'node:path'
import { MAX_REPORT_BYTES, REPORT_FILE, readRecord } from '../../reports/read-record.ts'
import type { FindingRecord, RunRecord } from '../../reports/run-record.ts'
import { PARTIAL_NAME } from '../run-context.ts'
import { MergeError } from './compatible.ts'

/** A run's directory with what its report says. */
export interface StoredRun {
  readonly directory: string
  readonly record: RunRecord
}

/** Far above any reproducer: modules are bounded by admission, and a module that is to be refused for its size is generated again. */
const MAX_REPRODUCER_BYTES = 256 * 2 ** 20

/** The report of a run, or what a killed run had written down of it. @throws {MergeError} if there is none, or it is not one of this version */
export async function readRun(directory: string): Promise<StoredRun> {
  for (const name of [REPORT_FILE, PARTIAL_NAME]) {
    const path = join(directory, name)
    const content = await contentOf(path)
    if (content === null) continue
    const read = readRecord(content)
    if ('record' in read) return { directory, record: read.record }
    throw new MergeError(`${path} ${read.problem}.`)
  }
  throw new MergeError(`${directory} is no directory of a run: there is no report.json in it.`)
}

async function contentOf(path: string): Promise<Uint8Array | null> {
  try {
    const info = await lstat(path)
    if (!info.isFile() || info.size > MAX_REPORT_BYTES)
      throw new MergeError(`${path} is no report: it is not a file, or too large.`)
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new MergeError(`${path} cannot be read (${code}): look at its permissions, or name another run.`)
  }
}

/**
 * Copies the reproducers of a run's findings to `runs/<run>/` below `into`, and says where they are in the returned record. A path that a report
 * of another machine names is followed within its directory only, and never over a link.
 *
 * @throws {MergeError} if the name of the run cannot be that of a folder
 */
export async function adoptReproducers({ directory, record }: StoredRun, into: string): Promise<RunRecord> {
  // The name is the report's word as well, and becomes a folder.
  if (!isRunName(record.run))
    throw new MergeError(
      `${join(directory, REPORT_FILE)}: ${JSON.stringify(record.run)} is no name of a run's directory; it was changed, or no run wrote it.`,
    )
  const findings: FindingRecord[] = []
  for (const finding of record.findings) {
    const moved = new Map<string, string>()
    for (const path of finding.reproducer) {
      const target = join('runs', record.run, path)
      if (isInside(path) && (await copyInside(directory, path, join(into, target)))) moved.set(path, target)
    }
    const reproducer = finding.reproducer.flatMap((path) => moved.get(path) ?? [])
    findings.push({ ...finding, reproducer, replay: replayThere(finding.replay, moved, into) })
  }
  return { ...record, findings }
}

/** Of letters that mean themselves on every system, and no way out. */
const isRunName = (run: string): boolean => /^[\w-][\w.-]{0,127}$/.test(run)

const isInside = (path: string): boolean => !isAbsolute(path) && !normalize(path).split(/[\\/]/).includes('..')

async function copyInside(directory: string, path: string, target: string): Promise<boolean> {
  let walked = directory
  for (const name of normalize(path).split(/[\\/]/)) {
    walked = join(walked, name)
    const info = await lstat(walked).catch(() => null)
    if (!info || info.isSymbolicLink()) return false
  }
  // A copy of a named pipe would wait for somebody to write to it.
  const info = await lstat(walked)
  if (!info.isFile() || info.size > MAX_REPRODUCER_BYTES) return false
  await mkdir(dirname(target), { recursive: true })
  await copyFile(walked, target)
  return true
}

/** The command with the file's new place in it: where the run was, nobody has a file any more. */
function replayThere(replay: string, moved: ReadonlyMap<string, string>, into: string): string {
  return replay
    .split(' ')
    .map((word) => {
      const [, target] = [...moved].find(([path]) => word === path || word.endsWith(`/${path}`)) ?? []
      return target === undefined ? word : relative(process.cwd(), join(into, target))
    })
    .join(' ')
}
