// Directories of the host for guests of a host that only knows such: one that exists, or an empty one in place of a mount in memory.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TargetRun } from '../target.ts'
import { mountsOf } from './translate.ts'

/** A folder for the files of one run, and the directories that its guest sees by their place. Removed when disposed. */
export interface Preopens extends AsyncDisposable {
  readonly folder: string
  readonly paths: Record<string, string>
}

export async function preopensOf(run: TargetRun): Promise<Preopens> {
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-host-'))
  const paths: Record<string, string> = {}
  for (const { kind, at, source } of mountsOf(run))
    paths[at] = kind === 'directory' ? source! : await mkdtemp(join(folder, 'mount-'))
  return { folder, paths, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
