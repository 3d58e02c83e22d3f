// Proof of the detection power: plants the stored weakenings, or those that are asked for, and keeps a record of what found them.
import { availableParallelism, release } from 'node:os'
import { join } from 'node:path'
import { PROVE_RECORD_VERSION, type ProveRecord, plantedOf } from '../reports/prove/record.ts'
import type { WeakeningRecord } from '../reports/run-record.ts'
import type { Budget } from './budget.ts'
import { monotonicMs } from './clock.ts'
import { sourcesDigest } from './elsewhere/made.ts'
import { describeProject } from './environment.ts'
import type { GauntletParts } from './options.ts'
import { plant } from './planting.ts'
import { inRotation } from './rotation.ts'
import { loadWeakenings, type Weakening } from './weakening-file.ts'

/** Nothing fits what was asked for. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
}

export interface Selection {
  /** Ids, or patterns with `*`; one of them must fit. Default: all. */
  readonly only?: readonly string[]
  /** Threats; one of them must be among the weakening's. Default: all. */
  readonly threats?: readonly string[]
}

/** The weakenings that are asked for, in their order. Throws SelectionError if a word of the selection fits none: it is a mistake. */
export function selectWeakenings(weakenings: readonly Weakening[], { only, threats }: Selection): Weakening[] {
  const patterns = only?.map((text) => ({ text, fits: patternOf(text) }))
  for (const { text, fits } of patterns ?? []) {
    if (!weakenings.some(({ id }) => fits.test(id)))
      throw new SelectionError(
        `No weakening fits ${JSON.stringify(text)}: ids begin with the control's name, such as guest-memory-*; fuzz/weakenings has them all.`,
      )
  }
  for (const threat of threats ?? []) {
    if (!weakenings.some((weakening) => weakening.threats.includes(threat)))
      throw new SelectionError(
        `No weakening is about the threat ${JSON.stringify(threat)}; "gauntlet threats" lists the threats.`,
      )
  }
  const chosen = weakenings.filter(
    (weakening) =>
      (patterns?.some(({ fits }) => fits.test(weakening.id)) ?? true) &&
      (threats?.some((threat) => weakening.threats.includes(threat)) ?? true),
  )
  if (weakenings.length > 0 && chosen.length === 0)
    throw new SelectionError('No weakening fits both --only and --threat; use one of them.')
  return chosen
}

const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
      .join('.*')}$`,
  )

export interface ProveOptions extends Selection {
  readonly root: string
  /** The command as it was typed, for the record. */
  readonly command: string
  readonly seed: number
  /** Which part comes first if the time does not suffice for all. */
  readonly round: number
  /** Default: all the time that it takes. */
  readonly budget?: Budget
  readonly parallel: number
  readonly signal?: AbortSignal
  readonly parts: Pick<GauntletParts, 'loadAttacks'>
  /** Called when it is clear what is planted. */
  readonly onStart?: () => void
  /** Called after each weakening with the record so far, which says `interrupted` until the end. */
  readonly onProgress?: (record: ProveRecord, last: WeakeningRecord) => void
}

/** Plants what is selected. Rejects with SelectionError before anything is planted. */
export async function prove(options: ProveOptions): Promise<ProveRecord> {
  const { root, round, budget, signal } = options
  const { weakenings, unreadable } = loadWeakenings(join(root, 'fuzz', 'weakenings'))
  const selected = selectWeakenings(weakenings, options)
  const record = emptyRecord(options, selected.length, weakenings.length, unreadable)
  const startedMs = monotonicMs()
  options.onStart?.()
  const { attacks, unreadable: corpus } = await options.parts.loadAttacks()
  record.faults.push(...corpus)
  await plant(budget ? inRotation(selected, round) : selected, {
    ...options,
    attacks,
    skip: () => (signal?.aborted ? 'it was interrupted' : budget?.spent ? 'the time was spent' : null),
    onRecord: (weakening) => {
      record.weakenings.push(plantedOf(weakening))
      record.seconds = (monotonicMs() - startedMs) / 1000
      record.finishedAt = new Date().toISOString()
      options.onProgress?.(record, weakening)
    },
  })
  // In the order of the files, whatever ended first: two records can be compared line by line.
  const place = new Map(selected.map(({ id }, index) => [id, index]))
  record.weakenings.sort((a, b) => place.get(a.id)! - place.get(b.id)!)
  if (sourcesDigest(root) !== record.sources) record.sources = null
  record.completion = signal?.aborted ? 'interrupted' : 'complete'
  return record
}

function emptyRecord(options: ProveOptions, selected: number, stored: number, faults: readonly string[]): ProveRecord {
  const now = new Date().toISOString()
  return {
    schemaVersion: PROVE_RECORD_VERSION,
    project: describeProject(options.root),
    sources: sourcesDigest(options.root),
    command: options.command,
    startedAt: now,
    finishedAt: now,
    completion: 'interrupted',
    node: process.versions.node,
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpus: availableParallelism(),
    parallel: options.parallel,
    seed: options.seed,
    selected,
    stored,
    seconds: 0,
    weakenings: [],
    faults: [...faults],
  }
}
