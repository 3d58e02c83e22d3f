// The conditions of a trial, as the chamber's process makes them and takes them back.
import { afterEach, expect, it } from 'vitest'
import type { TrialMessage } from '../../src/campaign/chamber-messages.ts'
import { conduct } from '../../src/campaign/conditions.ts'
import type { Target } from '../../src/targets/target.ts'

const NAMES = ['GAUNTLET_TEST_NEW', 'GAUNTLET_TEST_OLD'] as const
const variables = () => NAMES.map((name) => process.env[name])
afterEach(() => {
  for (const name of NAMES) delete process.env[name]
})

const message: TrialMessage = {
  kind: 'trial',
  id: 1,
  bytes: new Uint8Array(0),
  run: {},
  limits: { wallClockMs: 1000, cpuMs: 1000, memoryBytes: 0, tableElements: 0, outputBytes: 0 },
  conditions: [],
  environment: { GAUNTLET_TEST_NEW: 'new', GAUNTLET_TEST_OLD: 'changed' },
  neighbour: null,
}
const target = (run: () => unknown): Target => ({ name: 't', version: '1', run: async () => run() as never })

it('the process has the variables of a setting while the trial runs, and no longer', async () => {
  process.env['GAUNTLET_TEST_OLD'] = 'old'
  expect(await conduct(target(variables), message)).toMatchObject({ value: ['new', 'changed'], failed: false })
  expect(variables()).toEqual([undefined, 'old'])
})

it('they are taken back from a target that throws, too', async () => {
  const throwing = target(() => {
    throw new Error('no')
  })
  expect(await conduct(throwing, message)).toMatchObject({ failed: true })
  expect(variables()).toEqual([undefined, undefined])
})
