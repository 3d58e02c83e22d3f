// The parts of a run as the project has them; loaded when they are needed, since assemblers and generators take a while.
import { join } from 'node:path'
import type { GauntletParts } from './options.ts'

/** @param overlays files that are laid over the threat model */
export function projectParts(root: string, overlays: readonly string[] = []): GauntletParts {
  return {
    loadAttacks: async () => {
      const { loadCorpus } = await import('../attacks/corpus.ts')
      const { attacks, unreadable } = await loadCorpus(join(root, 'corpus'))
      return { attacks, unreadable: unreadable.map((error) => error.message) }
    },
    loadGenerators: async () => (await import('../attacks/registry.ts')).GENERATORS,
    loadThreatModel: async () => {
      const { loadThreatModel } = await import('../threats/index.ts')
      return loadThreatModel(join(root, 'threat-model'), overlays)
    },
    coverageGuided: async (options) => {
      const { runCoverageGuided } = await import('./engines/coverage-guided.ts')
      return await runCoverageGuided(options)
    },
    writeReports: async (record, directory) => {
      const { writeReports } = await import('../reports/write.ts')
      return await writeReports(record, directory)
    },
  }
}
