// Which runs may be joined: those of one state of the project, and of one plan if they are shards of it.
import type { RunRecord } from '../../reports/run-record.ts'
import { visible } from '../../reports/visible.ts'
import { MOST_SHARDS } from '../shard.ts'

/** The runs cannot be one report; the message says which two, and why. */
export class MergeError extends Error {
  override readonly name = 'MergeError'
}

const nameOf = ({ run, shard }: RunRecord): string => (shard ? `${run} (shard ${shard.number}/${shard.of})` : run)

/** @throws {MergeError} if joining them would say something that no run has shown */
export function checkCompatible(records: readonly RunRecord[]): void {
  const [first, ...others] = records
  if (!first) throw new MergeError('There is nothing to join: name the directory of one run at least.')
  const runs = new Set<string>()
  for (const record of records) {
    if (record.mergedFrom)
      throw new MergeError(
        `${record.run} is a joined report itself: name the runs that it was made of, and the others, together.`,
      )
    if (runs.has(record.run)) throw new MergeError(`The run ${record.run} is named twice: its evidence would count double.`)
    runs.add(record.run)
  }
  for (const other of others) checkPair(first, other)
  checkShards(records)
}

function checkPair(first: RunRecord, other: RunRecord): void {
  const differ = (what: string): MergeError => new MergeError(`${nameOf(first)} and ${nameOf(other)} cannot be joined: ${what}.`)
  const project = ({ project: { name, version, commit } }: RunRecord): string => `${name} ${version} at ${commit ?? 'no commit'}`
  if (project(first) !== project(other)) throw differ(`one is of ${project(first)}, the other of ${project(other)}`)
  if (first.environment.node.split('.')[0] !== other.environment.node.split('.')[0])
    throw differ(`one ran on Node ${first.environment.node}, the other on Node ${other.environment.node}`)
  if (!first.shard !== !other.shard) throw differ('one is a shard, the other a run of its own')
  if (!first.shard || !other.shard) return
  if (first.shard.of !== other.shard.of) throw differ('the work was shared among another number of machines')
  if (first.seed !== other.seed) throw differ(`their seeds are ${first.seed} and ${other.seed}; give all shards the same --seed`)
  for (const [list, digest] of Object.entries(first.shard.lists)) {
    const theirs = Object.hasOwn(other.shard.lists, list) ? other.shard.lists[list] : undefined
    // A shard that was interrupted has not come to every list.
    if (theirs !== undefined && theirs !== digest)
      throw differ(
        `they did not share the same list (${list}), so something of it may be in no shard; give all the same checkout`,
      )
  }
}

function checkShards(records: readonly RunRecord[]): void {
  const byNumber = new Map<number, RunRecord>()
  for (const record of records) {
    if (!record.shard) continue
    const { number, of } = record.shard
    // The missing ones are counted out: a report that was changed must not make that endless.
    if (!(of <= MOST_SHARDS && number >= 1 && number <= of))
      throw new MergeError(`${visible(record.run)} says that it is shard ${number} of ${of}, which no run was: it was changed.`)
    const known = byNumber.get(record.shard.number)
    if (known) throw new MergeError(`${known.run} and ${record.run} are both shard ${record.shard.number}: keep one of them.`)
    byNumber.set(record.shard.number, record)
  }
}
