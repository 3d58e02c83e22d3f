// The lives of probes, at random: swaps, answers, stops and late timers in any order, against a model that counts for itself.
import { expect, it } from 'vitest'
import property from '../../../fuzz/properties/probe-swaps.ts'

it('a run that is due takes place once or is skipped, with one version and what was agreed to', async () => {
  const { executions, failure } = await property.run(20261122, 6000)
  expect(failure).toBeUndefined()
  expect(executions).toBeGreaterThan(50)
})
