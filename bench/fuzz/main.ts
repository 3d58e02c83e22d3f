// `npm run bench:fuzz`: how fast the attack engine is. Executions, modules, attacks and chambers per second, and how long each weakening took to be found.
import { writeFile } from 'node:fs/promises'
import { interruptible } from '../../src/cli/interrupt.ts'
import { executorByFamily } from '../measures/executor.ts'
import { runBench } from '../run.ts'
import { chambers } from './chambers.ts'
import { detection } from './detection.ts'
import { generators } from './generators.ts'
import { modules } from './modules.ts'
import { plot } from './plot.ts'
import { targets } from './targets.ts'

const bench = {
  command: 'bench:fuzz',
  measures: [executorByFamily, ...targets, modules, generators, chambers, detection],
  name: 'fuzz',
  alsoWrite: async (results: Parameters<typeof plot>[0], file: string) => await writeFile(`${file}.svg`, await plot(results)),
}

// A fuzzing process that stalls must not keep this one.
process.exit(
  await interruptible(async (interruption) => (await runBench(bench, interruption.signal)) || (interruption.code ?? 0)),
)
