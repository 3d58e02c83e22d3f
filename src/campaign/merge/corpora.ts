// The inputs that coverage-guided targets gathered on several machines, made into one small corpus for each target.
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { countInputs, mergeCorpora } from '../engines/merge-corpora.ts'
import type { FuzzTargetAbout } from '../property.ts'

/** Folder of a run's directory with the inputs that the run's targets had at its end. */
export const CORPORA = 'corpora'

export interface JoinedCorpus {
  readonly target: string
  readonly inputs: number
  /** Why it was not made smaller; null if it was. */
  readonly whole: string | null
}

/** @param root the project, whose compiled targets are run @param directories of runs @param into `corpora/<target>` is made below it */
export async function joinCorpora(
  root: string,
  directories: readonly string[],
  into: string,
  signal?: AbortSignal,
): Promise<JoinedCorpus[]> {
  const folders = directories.map((directory) => join(directory, CORPORA)).filter(isFolder)
  const names = new Set(folders.flatMap((folder) => readdirSync(folder)).filter((name) => /^[\w-]+$/.test(name)))
  const joined: JoinedCorpus[] = []
  for (const name of [...names].sort()) {
    if (signal?.aborted) break
    const from = folders.map((folder) => join(folder, name)).filter(isFolder)
    if (from.length === 0) continue
    const place = join(into, CORPORA, name)
    const whole = await shrunk(root, name, from, place, signal)
    if (whole !== null) for (const folder of from) copyInputs(folder, place)
    joined.push({ target: name, inputs: countInputs(place), whole })
  }
  return joined
}

/** Not over a link: the directory of another machine's run could name any folder of this one, and a joined report is passed on. */
const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Null if the corpus was merged into `place`; else why not. */
async function shrunk(
  root: string,
  name: string,
  from: readonly string[],
  place: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const target = join(root, 'build', 'fuzz', `${name}.fuzz.js`)
  if (!existsSync(target)) return `build/fuzz/${name}.fuzz.js is not there: compile it with npm run build:fuzz`
  const { about } = (await import(pathToFileURL(target).href)) as { about?: FuzzTargetAbout }
  const result = await mergeCorpora({
    target,
    includes: about?.includes ?? ['build/src/'],
    maxLength: about?.maxLength ?? 4_096,
    from,
    into: place,
    ...(signal && { signal }),
  })
  return result.status === 'merged' ? null : result.reason
}

/** The engine names inputs after their SHA-1, so equal ones meet. */
export function copyInputs(from: string, into: string): void {
  if (!existsSync(from)) return
  mkdirSync(into, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true }))
    if (entry.isFile()) copyFileSync(join(from, entry.name), join(into, entry.name))
}
