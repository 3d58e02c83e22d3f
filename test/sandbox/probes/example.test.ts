// examples/hot-swap.ts does what it says, against real jails.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

it('the example rolls the bad version back, and brings the one that was agreed to in', () => {
  const path = resolve(import.meta.dirname, '../../../examples/hot-swap.ts')
  const { stdout, stderr, status } = spawnSync(process.execPath, [path], { encoding: 'utf8', timeout: 50_000 })
  expect(stderr).toBe('')
  expect(stdout.trimEnd().split('\n')).toEqual([
    'it could: Report a result. ("Reports what it found.")',
    'version 1.0.0 is active',
    'rolled back: 1 of 1 runs failed; the rule allows 0 % of at least 2 (maxFailureShare).',
    'new in 1.2.0: Write lines to the log.',
    'version 1.2.0 is active',
    'version 1.2.0 took the place of version 1.0.0',
  ])
  expect(status).toBe(0)
})
