// Hostile modules in a row through one sandbox: each has the outcome that it must have, and no process is left at the end.
import { expect, it } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { hostileRow } from './support/hostile-row.ts'
import { jailPids } from './support/jail-pids.ts'

it('200 hostile modules leave nothing behind', async () => {
  const before = process.platform === 'linux' ? jailPids() : []
  const sandbox = createSandbox()
  const wrong: string[] = []
  for (const { what, bytes, policy, expected } of hostileRow(200, 1)) {
    const { outcome } = await sandbox.execute(bytes, policy)
    if (!expected.includes(outcome)) wrong.push(`${what}: ${outcome}`)
  }
  expect(wrong).toEqual([])
  await sandbox[Symbol.asyncDispose]()
  if (process.platform === 'linux') expect(jailPids()).toEqual(before)
}, 300_000)
