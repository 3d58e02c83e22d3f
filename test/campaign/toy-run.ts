// What a run of the gauntlet over toys is asked: its parts are handed to it, so that nothing of the project's own is loaded.
import type { Attack } from '../../src/attacks/attack.ts'
import type { AttackGenerator } from '../../src/campaign/generated.ts'
import type { GauntletOptions } from '../../src/campaign/options.ts'
import type { ThreatModel } from '../../src/threats/index.ts'
import { TOY_HOST, toyModel } from './toys.ts'

interface Toys {
  /** The project's folder, and the run's directory, which must be there. */
  readonly root: string
  readonly runDirectory: string
  readonly attacks?: readonly Attack[]
  readonly generators?: readonly AttackGenerator[]
  readonly model?: ThreatModel
}

export function toyRun(
  { root, runDirectory, attacks = [], generators = [], model = toyModel }: Toys,
  changes: Partial<GauntletOptions> = {},
): GauntletOptions {
  return {
    root,
    runDirectory,
    run: 'run-1',
    command: 'gauntlet fuzz',
    seed: 7,
    budgetMs: 2_000,
    targets: [TOY_HOST],
    stages: ['corpus'],
    parallel: 2,
    ...changes,
    parts: {
      loadAttacks: async () => ({ attacks, unreadable: [] }),
      loadGenerators: async () => generators,
      loadThreatModel: async () => model,
      ...changes.parts,
    },
  }
}
