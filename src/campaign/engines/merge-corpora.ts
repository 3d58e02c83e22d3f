// Makes one small corpus of several: libFuzzer's merge keeps, of all inputs, those that together reach what all of them reach.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type AddonLocation, type LocateAddonOptions, locateAddon } from './jazzer-addon.ts'
import { jazzerCommand, writeEntry } from './jazzer-command.ts'
import { addonArguments, type JazzerCommand, runJazzer } from './jazzer-process.ts'

export interface CorpusMerge {
  /** Absolute path of the compiled target. */
  readonly target: string
  readonly includes: readonly string[]
  readonly maxLength: number
  /** Folders of inputs; one that is not there has none. The first may be `into`. */
  readonly from: readonly string[]
  /** Folder that holds the small corpus afterwards, in place of what it held. Its parent must be writable. */
  readonly into: string
  /** Keep one input for each edge, however often others pass it: a third as many, for seeds that are committed. */
  readonly edgesOnly?: boolean
  readonly signal?: AbortSignal
  readonly addon?: LocateAddonOptions
}

export type CorpusMergeResult =
  | { readonly status: 'merged'; readonly before: number; readonly after: number }
  /** Nothing was changed; the reason is one phrase. */
  | { readonly status: 'not-run'; readonly reason: string }

/** For loading the target, twice, and for an input that hangs; the inputs themselves take milliseconds. */
const LONGEST_MS = 60_000
const TIMEOUT_MS = 5_000
const RSS_LIMIT_MB = 2_048

export const countInputs = (directory: string): number =>
  existsSync(directory) ? readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile()).length : 0

/** `into` is replaced in one step, and only by a corpus that is whole. */
export async function mergeCorpora(merge: CorpusMerge): Promise<CorpusMergeResult> {
  const from = merge.from.filter((folder) => countInputs(folder) > 0)
  const before = from.reduce((sum, folder) => sum + countInputs(folder), 0)
  if (before === 0) return { status: 'not-run', reason: 'there is no input' }
  if (!existsSync(merge.target)) return { status: 'not-run', reason: `there is no compiled target ${merge.target}` }
  const addon = await locateAddon(merge.addon ?? {})
  if (addon.status === 'unavailable') return { status: 'not-run', reason: `jazzer.js' addon cannot be loaded: ${addon.reason}` }
  const work = mkdtempSync(join(tmpdir(), 'gauntlet-merge-'))
  mkdirSync(dirname(merge.into), { recursive: true })
  // Beside its place, so that the rename stays on one file system.
  const fresh = mkdtempSync(`${merge.into}.new-`)
  try {
    const exit = await runJazzer({
      command: mergeCommand(merge, addon, writeEntry(work, merge.target), work, [fresh, ...from]),
      workDirectory: work,
      journalPath: join(work, 'journal.bin'),
      killAfter: LONGEST_MS,
      signal: merge.signal ?? new AbortController().signal,
      onProgress: () => {},
    })
    const after = countInputs(fresh)
    // An input that ends the engine's inner process is left out by libFuzzer; an end of the outer one is no merge.
    if (exit.code !== 0 || exit.killed !== undefined || after === 0) {
      const said = exit.output.tail.at(-1) ?? 'nothing'
      return { status: 'not-run', reason: `the engine ended with ${exit.killed ?? exit.code ?? exit.signal}; it said: ${said}` }
    }
    rmSync(merge.into, { recursive: true, force: true })
    renameSync(fresh, merge.into)
    return { status: 'merged', before, after }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(work, { recursive: true, force: true })
  }
}

function mergeCommand(
  { includes, maxLength, edgesOnly = false }: CorpusMerge,
  addon: AddonLocation,
  entry: string,
  artifactDir: string,
  corpora: readonly string[],
): JazzerCommand {
  const { arguments: preload, environment } = addonArguments(addon)
  const command = jazzerCommand(
    {
      nodePath: process.execPath,
      nodeArguments: [],
      // Of the arguments of this process, the engine hands none of Node's on to the one that does the work: they must come by the environment.
      addon: { ...addon, status: 'native' },
      entry,
      includes,
      bugDetectors: [],
      artifactDir,
      dictionary: undefined,
      maxLength,
      timeoutMs: TIMEOUT_MS,
      rssLimitMb: RSS_LIMIT_MB,
      environment,
    },
    corpora,
    ['-merge=1', ...(edgesOnly ? ['-use_counters=0'] : [])],
  )
  const options = preload.map((argument) => JSON.stringify(argument)).join(' ')
  return options === '' ? command : { ...command, environment: { ...command.environment, NODE_OPTIONS: options } }
}
