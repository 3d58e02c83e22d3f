// `npm run bench`: how the sandbox compares with the bare thing and with others, side by side in one run. Ratios mean something anywhere; times
// only where they were taken.
import { interruptible } from '../src/cli/interrupt.ts'
import { MEASURES } from './measures/index.ts'
import { runBench } from './run.ts'

const bench = { command: 'bench', measures: MEASURES, name: null }

// A rival's worker that stalls must not keep this process.
process.exit(
  await interruptible(async (interruption) => (await runBench(bench, interruption.signal)) || (interruption.code ?? 0)),
)
