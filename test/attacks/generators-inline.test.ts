// Generated attacks against our own sandbox in this very thread: what generators promise of attack and twin is true.
import { afterAll, describe, expect, test } from 'vitest'
import type { Trial } from '../../src/attacks/attack.ts'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'
import { GENERATORS } from '../../src/attacks/registry.ts'
import { applies } from '../../src/campaign/applies.ts'
import type { Observation } from '../../src/oracles/observation.ts'
import { verdictOracle } from '../../src/oracles/verdict.ts'
import makeSandboxTarget from '../../src/targets/sandbox.ts'
import { UNENFORCED } from '../../src/targets/target.ts'

const SEEDS = [3, 17, 99, 2024]
const target = makeSandboxTarget('inline')
afterAll(async () => await target.close!())

async function said(trial: Trial): Promise<string> {
  const result = await target.run({
    ...trial.run,
    module: Uint8Array.from(trial.bytes),
    limits: { ...DEFAULT_LIMITS, ...trial.run.limits },
  })
  const { kind, reason } = verdictOracle(trial, { result } as Observation, true)
  return kind === 'contained' ? kind : reason
}

/** Those that need no jail, no clock, no servers and no directories; of the floods, only those that end by themselves. */
const INLINE = GENERATORS.filter(({ family }) => !['network', 'amplification'].includes(family))

describe.each(INLINE.map((generator) => ({ name: generator.name, generator })))('$name', ({ generator }) => {
  test('attacks are contained and twins allowed', async () => {
    for (const seed of SEEDS) {
      const attack = await generator.generate(seed)
      if (attack.setting || attack.twin.setting || attack.conditions || !applies(attack, UNENFORCED)) continue
      expect(await said(attack), `${attack.id}: ${attack.title}`).toBe('contained')
      expect(await said(attack.twin), `${attack.id}, twin`).toBe('contained')
    }
  })
})
