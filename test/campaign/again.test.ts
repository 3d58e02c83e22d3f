// Findings that are tried again: three times if they agree, ten times if they do not.
import { expect, it } from 'vitest'
import { seeAgain } from '../../src/campaign/again.ts'

const answers = (pattern: string) => {
  let at = 0
  return async () => pattern[at++ % pattern.length] === 'x'
}

it.each([
  ['x', { runs: 3, times: 3 }, false],
  ['-', { runs: 10, times: 0 }, true],
  ['x-', { runs: 10, times: 5 }, true],
  ['xx-', { runs: 10, times: 7 }, true],
])('%j: %j', async (pattern, reproduced, flaky) => expect(await seeAgain(answers(pattern))).toEqual({ reproduced, flaky }))

it('says nothing of a finding that could not be tried', async () => {
  expect(await seeAgain(answers('x'), AbortSignal.abort())).toEqual({ reproduced: { runs: 0, times: 0 } })
})
