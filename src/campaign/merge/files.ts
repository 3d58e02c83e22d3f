// The files of runs that are joined: their records are read, and the reproducers of their findings go where the joined report is.
import { copyFile, lstat, mkdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative } from 'node:path'
import type { FindingRecord, RunRecord } from '../../reports/run-record.ts'
import { runRecordSchema } from '../../reports/run-record.ts'
import { PARTIAL_NAME } from '../run-context.ts'
import { MergeError } from './compatible.ts'

/** A run's directory with what its report says. */
export interface StoredRun {
  readonly directory: string
  readonly record: RunRecord
}

/** Reports have some megabytes; what is larger than this was not written by a run. */
const MAX_REPORT_BYTES = 512 * 2 ** 20
/** Far above any reproducer: modules are bounded by admission, and a module that is to be refused for its size is generated again. */
const MAX_REPRODUCER_BYTES = 256 * 2 ** 20

/** The report of a run, or what a killed run had written down of it. @throws {MergeError} if there is none, or it is not one of this version */
export async function readRun(directory: string): Promise<StoredRun> {
  for (const name of ['report.json', PARTIAL_NAME]) {
    const path = join(directory, name)
    const text = await textOf(path)
    if (text === null) continue
    const parsed = runRecordSchema.safeParse(jsonOf(text))
    if (parsed.success) return { directory, record: parsed.data }
    const [issue] = parsed.error.issues
    throw new MergeError(
      `${path} is no report of this version of the project: at ${issue?.path.join('.') || 'its top level'}: ${issue?.message ?? 'not valid'}.`,
    )
  }
  throw new MergeError(`${directory} is no directory of a run: there is no report.json in it.`)
}

async function textOf(path: string): Promise<string | null> {
  const info = await lstat(path).catch(() => null)
  if (!info) return null
  if (!info.isFile() || info.size > MAX_REPORT_BYTES)
    throw new MergeError(`${path} is no report: it is not a file, or too large.`)
  return await readFile(path, 'utf8')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Copies the reproducers of a run's findings to `runs/<run>/` below `into`, and says where they are in the returned record. A path that a report
 * of another machine names is followed within its directory only, and never over a link.
 */
export async function adoptReproducers({ directory, record }: StoredRun, into: string): Promise<RunRecord> {
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

const isInside = (path: string): boolean => !isAbsolute(path) && !normalize(path).split(/[\\/]/).includes('..')

async function copyInside(directory: string, path: string, target: string): Promise<boolean> {
  let walked = directory
  for (const name of normalize(path).split(/[\\/]/)) {
    walked = join(walked, name)
    const info = await lstat(walked).catch(() => null)
    if (!info || info.isSymbolicLink()) return false
  }
  const { size } = await lstat(walked)
  if (size > MAX_REPRODUCER_BYTES) return false
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
