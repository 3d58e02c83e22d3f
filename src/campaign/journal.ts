// The journal of a run: every trial is on disk before it is run, so that nothing is lost when the campaign itself is killed.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProcess } from './processes.ts'
import { formatTrial, type StoredTrial } from './trial-file.ts'

const INFLIGHT = 'inflight'
const UNFINISHED = 'unfinished'
const OWNER = 'owner.json'

/** A name that is a file's name on every system, of an id that a generator or a file of the corpus gave. */
export const fileNameOf = (id: string): string => id.replace(/[^\w.-]+/g, '_').slice(0, 100)

export class Journal {
  readonly #directory: string
  #count = 0

  /** @param runDirectory the directory of the run, which must exist */
  constructor(runDirectory: string) {
    this.#directory = join(runDirectory, INFLIGHT)
    mkdirSync(this.#directory, { recursive: true })
    writeFileSync(
      join(this.#directory, OWNER),
      JSON.stringify({ pid: process.pid, started: readProcess(process.pid)?.started ?? null }),
    )
  }

  /** Writes a trial down; the returned function takes it out again, and is to be called once there is a verdict. */
  begin(trial: StoredTrial, bytes: Uint8Array): () => void {
    const base = join(this.#directory, `${String(++this.#count).padStart(6, '0')}-${fileNameOf(trial.attack)}`)
    writeFileSync(`${base}.wasm`, bytes)
    writeFileSync(`${base}.json`, formatTrial(trial))
    return () => {
      rmSync(`${base}.wasm`, { force: true })
      rmSync(`${base}.json`, { force: true })
    }
  }

  /** Takes the journal away if nothing is in flight. */
  close(): void {
    if (trialsIn(this.#directory).length === 0) rmSync(this.#directory, { recursive: true, force: true })
  }
}

export interface Unfinished {
  /** Name of the run that was killed. */
  readonly run: string
  /** Paths of the modules that were in flight, without extension. */
  readonly trials: readonly string[]
}

const trialsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.wasm'))
    .map((name) => join(directory, name.slice(0, -'.wasm'.length)))
    .sort()

/** The process that writes a journal still runs: then its trials are not left over but at work. */
function atWork(directory: string): boolean {
  try {
    const { pid, started } = JSON.parse(readFileSync(join(directory, OWNER), 'utf8')) as { pid: number; started: string | null }
    if (started !== null) return readProcess(pid)?.started === started
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Finds what killed runs left in flight below the folder of all runs, and renames it (`inflight` to `unfinished`), so that it is kept and
 * reported once.
 */
export function collectUnfinished(runsDirectory: string): Unfinished[] {
  if (!existsSync(runsDirectory)) return []
  const found: Unfinished[] = []
  for (const entry of readdirSync(runsDirectory, { withFileTypes: true })) {
    const inflight = join(runsDirectory, entry.name, INFLIGHT)
    // `latest` is a link to one of the others.
    if (!entry.isDirectory() || !existsSync(inflight) || atWork(inflight)) continue
    const kept = join(runsDirectory, entry.name, UNFINISHED)
    try {
      if (existsSync(kept)) rmSync(inflight, { recursive: true, force: true })
      else renameSync(inflight, kept)
    } catch {
      // Another run collects at the same moment: it reports them.
      continue
    }
    const trials = existsSync(kept) ? trialsIn(kept) : []
    if (trials.length > 0) found.push({ run: entry.name, trials })
    else rmSync(kept, { recursive: true, force: true })
  }
  return found
}
