// How long each weakening took to be found, from the record that `gauntlet prove` leaves.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PlantedRecord, type ProveRecord, proveFiles, proveRecordSchema } from '../../src/reports/prove/record.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR } from '../support/project.ts'
import { figure } from '../support/statistics.ts'

/** @returns null if there is none */
export function readProof(): ProveRecord | null {
  const { json } = proveFiles(join(PROJECT_DIR, 'reports'))
  return existsSync(json) ? proveRecordSchema.parse(JSON.parse(readFileSync(json, 'utf8'))) : null
}

/** The weakenings that were found, the one that took longest first. */
export const slowestFirst = ({ weakenings }: ProveRecord): readonly PlantedRecord[] =>
  weakenings.filter(({ found }) => found === true).toSorted((a, b) => b.ms - a.ms)

export const detection: Measure = {
  id: 'detection',
  async *run() {
    const proof = readProof()
    // Nothing was proved yet: no row is better than one that says nothing.
    if (!proof) return
    const found = slowestFirst(proof)
    if (found.length === 0) return
    const missed = proof.weakenings.filter((weakening) => weakening.found === false).map(({ id }) => id)
    const slowest = found.slice(0, 5).map(({ id, ms }) => `${id} ${Math.round(ms)} ms`)
    yield {
      id: 'detection',
      what: `time until a weakening was found, over ${found.length} that were, of ${proof.weakenings.length}`,
      unit: 'ms',
      ours: figure(found.map(({ ms }) => ms)),
      rivals: {},
      ratios: {},
      absent: {},
      aim: { aim: 'all found', is: `${found.length} of ${proof.weakenings.length}`, reached: missed.length === 0 },
      note: `From the last \`gauntlet prove\`. Slowest: ${slowest.join(', ')}.${missed.length > 0 ? ` Missed: ${missed.join(', ')}.` : ''}`,
    }
  },
}
