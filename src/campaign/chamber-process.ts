// The chamber's process: loads the target, runs one trial at a time as told by the parent, and reports whatever happens to it.
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { loadTarget } from '../targets/load.ts'
import type { Target } from '../targets/target.ts'
import type { FromChamber, ToChamber, TrialMessage } from './chamber-messages.ts'
import { describeThrown, describeThrownIn, toOutcome } from './chamber-result.ts'
import { monotonicMs } from './clock.ts'
import { conduct } from './conditions.ts'
import { RealmWatch } from './realm-watch.ts'

const BEAT_EVERY_MS = 20
/** How long a target may take to close, in milliseconds. */
const CLOSE_WITHIN_MS = 3_000

let target: Target | null = null
let realm: RealmWatch | null = null

const say = (message: FromChamber): void => {
  if (process.connected) process.send?.(message)
}

/** The parent is gone: nobody will ever end this group of processes but itself. */
function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    process.exit(1)
  }
}

async function open(specifier: string, sources: string | null): Promise<void> {
  try {
    target = await loadTarget(specifier, sources === null ? {} : { sources })
    realm = new RealmWatch()
    say({
      kind: 'ready',
      name: target.name,
      version: target.version,
      own: target.own === true,
      unenforced: target.unenforced ?? [],
      withholds: target.withholds ?? [],
      guests: target.guests ?? 'webassembly',
      // Own objects with just these fields: an adapter may keep more in its list.
      offers: (target.offers ?? []).map(({ module, name, parameters, results, role }) => ({
        module,
        name,
        parameters,
        results,
        ...(role && { role }),
      })),
    })
  } catch (error) {
    say({ kind: 'open-failed', message: describeThrown(error) })
  }
}

async function describe(): Promise<void> {
  const facts = await (target?.describe?.() ?? Promise.resolve({})).catch((error: unknown) => ({ fault: describeThrown(error) }))
  say({ kind: 'facts', facts: Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)])) })
}

async function runTrial(message: TrialMessage): Promise<void> {
  const beat = (): void => say({ kind: 'beat', at: monotonicMs() })
  beat()
  const heart = setInterval(beat, BEAT_EVERY_MS)
  try {
    const { value, threw, failed, disturbances } = await conduct(target!, message)
    const outcome = failed ? { result: null, threw: describeThrownIn(threw) } : toOutcome(value, message.limits.outputBytes)
    // Rejections that nobody handles are announced after the microtasks of a turn: two turns, and they belong to this trial.
    await turn()
    await turn()
    say({ kind: 'answer', id: message.id, at: monotonicMs(), ...outcome, canaries: [...disturbances, ...realm!.check()] })
  } finally {
    clearInterval(heart)
  }
}

async function close(): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())
  await Promise.race([Promise.resolve(target?.close?.()).catch((error: unknown) => unhandled(error)), late])
  await turn()
  process.exit(0)
}

const unhandled = (error: unknown): void => say({ kind: 'unhandled', text: describeThrownIn(error) })

process.on('unhandledRejection', (error) => unhandled(error))
process.on('uncaughtException', (error) => unhandled(error))
process.on('warning', (warning) => say({ kind: 'unhandled', text: `warning: ${describeThrown(warning)}` }))
process.on('disconnect', endGroup)
process.on('message', (message: ToChamber) => {
  if (message.kind === 'open') void open(message.target, message.sources)
  else if (message.kind === 'describe') void describe()
  else if (message.kind === 'trial') void runTrial(message)
  else void close()
})

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
new Worker(new URL(`./chamber-watchdog${extension}`, import.meta.url), { stdin: false }).unref()
