// What must hold whatever fails: the host lives and answers in time, nothing is done or told that would not have been otherwise, and nothing is left open.
import type { Trial } from '../../attacks/attack.ts'
import { canaryOracle } from '../../oracles/canary.ts'
import type { Observation } from '../../oracles/observation.ts'
import { processOracle } from '../../oracles/process.ts'
import { resourceOracle } from '../../oracles/resource.ts'
import { quote } from '../../oracles/text.ts'
import { timeOracle } from '../../oracles/time.ts'
import { TARGET_OUTCOMES, type TargetOutcome } from '../../targets/target.ts'
import type { FailedRun } from './failing-chamber.ts'
import type { Service } from './plan.ts'

/** Guests that got to the end of what they were to do. */
const WENT_WELL: ReadonlySet<TargetOutcome> = new Set(['completed', 'exited'])

/** Ends of guests that wait for something, among others. */
const OUT_OF_TIME: ReadonlySet<string> = new Set(['wall-clock-limit', 'cpu-limit'])

/**
 * @param baseline the same run with nothing failing
 * @returns what is wrong, in one sentence, or null
 */
export function judgeFailure(trial: Trial, service: Service, baseline: FailedRun, run: FailedRun): string | null {
  for (const oracle of [canaryOracle, processOracle, timeOracle, resourceOracle]) {
    const { kind, reason } = oracle(trial, run.observation, true)
    if (kind === 'violated') return reason
  }
  return (
    outcomeProblem(trial, run.observation) ??
    moreDone(trial, run.observation) ??
    morePermitted(baseline.observation, run.observation) ??
    unrecorded(trial, service, run) ??
    leftOpen(run)
  )
}

function outcomeProblem({ expect }: Trial, { result }: Observation): string | null {
  if (!result) return 'the target gave no result'
  if (!TARGET_OUTCOMES.includes(result.outcome)) return `the outcome ${quote(result.outcome)} is none of the enumerated ones`
  // A guest that was to be stopped must not get through because something failed; but what it would have waited for may fail, and then it does not wait.
  const waits = expect.details?.some((detail) => OUT_OF_TIME.has(detail)) ?? false
  if (WENT_WELL.has(result.outcome) && !waits && !expect.outcomes.some((outcome) => WENT_WELL.has(outcome)))
    return `the guest was to be stopped (${expect.outcomes.join(' or ')}), and ${result.outcome}`
  const told = [...result.messages, Buffer.from(result.stdout).toString('latin1'), Buffer.from(result.stderr).toString('latin1')]
  const forbidden = expect.forbidden?.find((text) => told.some((each) => each.includes(text)))
  return forbidden === undefined ? null : `${quote(forbidden)} must not be told, and was`
}

/** Effects that are missing are what a failure is about, and so is what a guest could not take back in a directory that it may change. */
function moreDone({ run, expect }: Trial, { effects }: Observation): string | null {
  if (!effects) return null
  const own = writableDirectories(run.policy)
  const done = effects.done.filter((line) => !own.some((directory) => line.startsWith(`${directory}/`)))
  const expected = expect.effects ?? []
  // A connection that broke before anything was sent is seen as one; who may send a request may make it.
  const begun = (line: string) => line.endsWith(': connection') && expected.some((each) => each.startsWith(line.slice(0, -10)))
  const more = done.find((line) => count(done, line) > count(expected, line) && !begun(line))
  if (more !== undefined) return `${quote(more)} must not be done, and was`
  const leaked = expect.notSent?.find((text) => effects.sent.some((bytes) => bytes.includes(text)))
  return leaked === undefined ? null : `${quote(leaked)} must not be sent, and a server got it`
}

/** Names of the setting's directories that the policy mounts to be written to: a source is `{dir:name}`, perhaps with a path behind it. */
function writableDirectories(policy: unknown): string[] {
  const { capabilities } = (policy ?? {}) as {
    capabilities?: { fs?: { mounts?: readonly { source?: string; writable?: boolean }[] } }
  }
  return (capabilities?.fs?.mounts ?? []).flatMap(({ source, writable }) => {
    const name = /^\{dir:([^}]+)\}/.exec(source ?? '')?.[1]
    return writable === true && name !== undefined ? [name] : []
  })
}

/**
 * What was decided with nothing failing: no more of it may be. A request that fails before it is known where it leads is recorded as allowed, and
 * comes to nothing; so what is compared is how often each was asked for.
 */
function morePermitted(before: Observation, now: Observation): string | null {
  const asked = (before.result?.audit ?? []).map(operationOf)
  const allowed = allowedIn(now)
  const more = allowed.find((operation) => count(allowed, operation) > count(asked, operation))
  return more === undefined ? null : `${quote(more)} was allowed oftener than it was asked for with nothing failing`
}

const operationOf = (decision: string): string => decision.split(' ', 1)[0]!
const allowedIn = ({ result }: Observation): string[] =>
  (result?.audit ?? []).filter((decision) => decision.endsWith(' allowed')).map(operationOf)
const count = (list: readonly string[], wanted: string): number => list.filter((each) => each === wanted).length

/** A record that could not be written is told, and nothing is decided for the guest any more, unless its policy says so (OUT-11). */
function unrecorded({ run }: Trial, service: Service, { observation: { result }, notes }: FailedRun): string | null {
  if (service !== 'audit' || !result || !notes?.failed) return null
  if (!result.events.includes('audit-failed')) return 'a record could not be written, and the embedder was not told'
  const { audit } = (run.policy ?? {}) as { audit?: { whenUnwritable?: string } }
  if (audit?.whenUnwritable === 'continue-and-report') return null
  // The one that failed was tried too, and is the last.
  const [tried, written] = [notes.uses.audit.length, result.audit?.length ?? 0]
  return tried > written + 1 || written >= tried
    ? `after a record that could not be written, ${tried} were tried and ${written} written: the guest got more done`
    : null
}

function leftOpen({ notes }: FailedRun): string | null {
  if (!notes) return null
  const [first] = notes.leftOpen
  return first === undefined
    ? null
    : `${notes.leftOpen.length} files of the host stay open after the run, such as descriptor ${first}`
}
