// Attacks per second of every generator: the module, its twin, and what is expected of both.
import { GENERATORS } from '../../src/attacks/registry.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { rateOf } from '../support/rate.ts'

export const generators: Measure = {
  id: 'generator',
  async *run(effort) {
    for (const generator of GENERATORS) {
      const slice = amount(effort, 1000, 20)
      // What a generator reads first, such as the corpus, it reads once.
      await generator.generate(0)
      const samples = await contest(effort, amount(effort, 3, 1), () =>
        rateOf(slice, async (turn) => await generator.generate(turn), effort.signal),
      )
      const what = `attacks per second of the generator ${generator.name}, with their twins`
      yield rowOf({ id: `generator/${generator.name}`, what, unit: 'per s' }, samples)
    }
  },
}
