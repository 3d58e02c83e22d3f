// Runs in the process of an engine that is not Node: one trial a line from standard input, its answer as a line on standard output. Chambers speak over a
// channel that only Node has; here there is nothing but text, and whoever started this watches the time.
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
import { limitsOf } from '../oracles/limits.ts'
import { loadTarget } from '../targets/load.ts'
import { describeThrown, toOutcome } from './chamber-result.ts'
import { conduct } from './conditions.ts'
import { RealmWatch } from './realm-watch.ts'
import { lineOf } from './text-line.ts'
import { parseTrial } from './trial-file.ts'

interface Request {
  readonly bytes: string
  /** As `formatTrial` writes it; null: only whether the engine takes the bytes is asked. */
  readonly trial: string | null
}

const answer = (value: unknown): void => void process.stdout.write(lineOf(value))
const inBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const unhandled: string[] = []
process.on('unhandledRejection', (error) => unhandled.push(describeThrown(error)))
process.on('uncaughtException', (error) => unhandled.push(describeThrown(error)))

const target = await loadTarget(process.argv[2] ?? 'inline')
const realm = new RealmWatch()
answer({ ready: target.name })

for await (const line of createInterface({ input: process.stdin })) {
  const { bytes: text, trial: stored } = JSON.parse(line) as Request
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  if (stored === null) answer({ valid: WebAssembly.validate(bytes) })
  else answer(await run(bytes, stored))
}
process.exit(0)

async function run(bytes: Uint8Array, stored: string): Promise<object> {
  const { trial } = parseTrial(stored, 'the trial')
  const limits = limitsOf(trial)
  const message = { kind: 'trial', id: 0, bytes, run: trial.run, limits, environment: {}, neighbour: null } as const
  const { value, threw, failed, disturbances } = await conduct(target, { ...message, conditions: trial.conditions ?? [] })
  const { result, threw: thrown } = failed ? { result: null, threw: describeThrown(threw) } : toOutcome(value, limits.outputBytes)
  await turn()
  await turn()
  return {
    result: result && { ...result, stdout: inBase64(result.stdout), stderr: inBase64(result.stderr) },
    threw: thrown,
    canaries: [...disturbances, ...realm.check()],
    unhandled: unhandled.splice(0),
  }
}
