// A case of the corpus in which each use fails once: it holds, the uses are those that the sandbox makes, and a failure is really seen by it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCase } from '../../../src/attacks/corpus.ts'
import { exhaustFailures } from '../../../src/campaign/injection/exhaust.ts'
import { FailingChamber } from '../../../src/campaign/injection/failing-chamber.ts'

const CASE = 'RES-07-kv-flood.wat'
const load = () => readCase(`corpus/${CASE}`, readFileSync(join(import.meta.dirname, '../../../corpus', CASE), 'utf8'))

it('holds for a store that fails at each of its uses', async () => {
  const { twin } = await load()
  async function* cases() {
    yield { name: CASE, trial: twin }
  }
  const report = await exhaustFailures({ service: 'stores', level: 'inline', cases: cases(), seed: 1, milliseconds: 20_000 })
  expect(report).toMatchObject({ cases: 1, problem: null })
  expect(report.injected).toBe(report.uses)
  expect(report.uses).toBeGreaterThan(0)
})

it('is a failure that the guest is told of, once', async () => {
  const { twin } = await load()
  const chamber = await FailingChamber.open('inline')
  const before = await chamber.run(CASE, twin, null)
  const nth = before.notes!.uses.stores.indexOf('set') + 1
  const failed = await chamber.run(CASE, twin, { service: 'stores', nth, code: 'EIO' })
  const after = await chamber.run(CASE, twin, null)
  await chamber.close()
  expect(failed.notes?.failed).toBe('stores: set fails with EIO')
  expect(failed.observation.result?.exitCode).not.toBe(before.observation.result?.exitCode)
  expect(after.observation.result?.exitCode).toBe(before.observation.result?.exitCode)
})
