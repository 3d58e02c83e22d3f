// Chambers per second: a process that meets one attack, and one that meets attack after attack while it stays clean.

import { join } from 'node:path'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { Chamber, inFreshChamber } from '../../src/campaign/chamber.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR } from '../support/project.ts'
import { rateOf } from '../support/rate.ts'

/** An attack that is refused at once: what is measured is the chamber. */
const CASE = 'LNK-01-inherited-import-names'

export const chambers: Measure = {
  id: 'chambers',
  async *run(effort) {
    const { attacks } = await loadCorpus(join(PROJECT_DIR, 'corpus'))
    const attack = attacks.find(({ id }) => id === CASE) ?? attacks.find(({ threats }) => threats.includes('LNK-01'))
    if (!attack) throw new Error('the corpus has no attack on the names of imports')
    const options = { target: 'jail' }
    const slice = amount(effort, 4000, 100)
    await using kept = {
      chamber: await Chamber.open(options),
      [Symbol.asyncDispose]: async () => void (await kept.chamber.close()),
    }
    const samples = await contest(
      effort,
      amount(effort, 3, 1),
      () => rateOf(slice, async () => await inFreshChamber(options, attack.id, attack), effort.signal),
      { 'one chamber for all': () => rateOf(slice, async () => await kept.chamber.run(attack.id, attack), effort.signal) },
    )
    yield rowOf(
      {
        id: 'chambers',
        what: 'trials per second, each in a chamber of its own: a process with its target loaded, canaries laid out, watched from outside, and ended',
        unit: 'per s',
      },
      samples,
    )
  },
}
