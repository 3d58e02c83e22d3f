// Of what something was made, against what is there now: evidence of other sources may not hold any more, and says so.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

export interface Made {
  /** Null: in no repository. */
  readonly commit: string | null
  /** See `sourcesDigest`; absent or null: it was not kept. */
  readonly sources?: string | null | undefined
}

/** What decides the verdicts: the code and the attacks. An installed package has compiled code in place of sources. */
const FOLDERS = ['src', 'dist', 'fuzz', 'corpus']

/** A digest over every file below these folders; a commit alone does not tell of what was changed since. */
export function sourcesDigest(root: string): string {
  const hash = createHash('sha256')
  // What is compiled follows from the sources, and is not made anew at each change.
  const folders = FOLDERS.filter((folder) => folder !== 'dist' || !existsSync(join(root, 'src')))
  for (const folder of folders) {
    for (const path of filesBelow(join(root, folder))) {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex')
      hash.update(`${digest} ${relative(root, path).split(sep).join('/')}\n`)
    }
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Why something that was made then may not hold now, as a sentence; null if it is of the same commit and the same sources. */
export function staleness(then: Made, now: Required<Made>): string | null {
  const short = (commit: string | null) => (commit === null ? 'no commit' : `the commit ${commit.slice(0, 12)}`)
  if (then.commit !== now.commit) return `It is of ${short(then.commit)}, this run of ${short(now.commit)}.`
  if (typeof then.sources === 'string' && then.sources !== now.sources) return 'The sources have changed since.'
  if (then.sources === null) return 'The sources changed while it was made.'
  return null
}
