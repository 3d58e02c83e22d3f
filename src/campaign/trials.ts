// Trials: an attack and its twin brought into a chamber, judged, and turned into records.
import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import type { Attack, Trial } from '../attacks/attack.ts'
import { spellOrigin } from '../attacks/generators/generator.ts'
import { judgeAttack, judgeTrial, violationOf } from '../oracles/judge.ts'
import type { Observation, Verdict } from '../oracles/observation.ts'
import { quote } from '../oracles/text.ts'
import type { FindingRecord, TrialRecord } from '../reports/run-record.ts'
import { hostCallIn, placeOf } from './cause.ts'
import { type ChamberOptions, inFreshChamber } from './chamber.ts'
import type { Journal } from './journal.ts'
import { findingOf, locationOf, type ThreatPlaces } from './triage.ts'

/** A target of a run, as it was asked for, and what it says of itself. */
export interface TargetChoice {
  /** What `Chamber.open` takes. */
  readonly chamber: ChamberOptions
  /** The name in records. */
  readonly name: string
  /** Our own sandbox: its words and events are judged too. */
  readonly own: boolean
  /** A violation here decides the exit code: our own sandbox, and every target that the user named. */
  readonly decides: boolean
}

/** One trial that was run, with all that is needed to judge and to report it. */
export interface Tried {
  readonly attack: Attack
  readonly role: 'attack' | 'twin'
  readonly trial: Trial
  readonly observation: Observation
  readonly verdict: Verdict
}

/** The trial of an attack, or its twin's. */
export const trialOf = (attack: Attack, role: Tried['role']): Trial => (role === 'attack' ? attack : attack.twin)

export const judged = (attack: Attack, role: Tried['role'], observation: Observation, own: boolean): Tried => {
  const trial = trialOf(attack, role)
  return { attack, role, trial, observation, verdict: judgeTrial(trial, observation, own) }
}

const nameOf = (attack: Attack, role: Tried['role']): string => (role === 'twin' ? `${attack.id}.twin` : attack.id)

/** Writes a trial into the journal; the returned function takes it out. */
export function enter(journal: Journal | null, target: TargetChoice, attack: Attack, role: Tried['role']): () => void {
  if (!journal) return () => {}
  const trial = trialOf(attack, role)
  return journal.begin(
    { attack: nameOf(attack, role), target: target.chamber.target, threats: attack.threats, trial },
    trial.bytes,
  )
}

/** Runs one of the two trials of an attack in a chamber of its own. Throws ChamberError if the target does not load. */
export async function tryFresh(
  target: TargetChoice,
  attack: Attack,
  role: Tried['role'],
  journal: Journal | null,
): Promise<Tried> {
  const leave = enter(journal, target, attack, role)
  const { observation } = await inFreshChamber(target.chamber, nameOf(attack, role), trialOf(attack, role))
  leave()
  return judged(attack, role, { ...observation, target: target.name }, target.own)
}

/** An attack with its twin, weighed against each other. */
export interface Pair {
  readonly attack: Tried
  readonly twin: Tried
}

/** Applies the twin rule to the attack's verdict. */
export const weigh = (attack: Tried, twin: Tried): Pair => ({
  attack: { ...attack, verdict: judgeAttack(attack.verdict, twin.verdict) },
  twin,
})

const originText = ({ origin }: Attack): string =>
  origin.kind === 'corpus'
    ? origin.path
    : `${origin.generator}, ${'seed' in origin ? `seed ${origin.seed}` : `bytes ${origin.bytes.slice(0, 64)}`}`

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The command that makes an attack again, from the corpus or from its seed, and repeats it with its twin. */
export function replayAttack({ id, origin }: Attack, target: TargetChoice): string {
  const what = origin.kind === 'corpus' ? id : `generator:${spellOrigin(origin.generator, origin)}`
  return `npx gauntlet replay ${what} --target ${target.chamber.target}`
}
/** The command that repeats a stored trial, by the path of its .json file. */
export const replayStored = (path: string, target: TargetChoice): string =>
  `npx gauntlet replay ${relative(process.cwd(), path)} --target ${target.chamber.target}`

export function recordOf(tried: Tried, target: TargetChoice): TrialRecord {
  const { attack, role, observation, verdict, trial } = tried
  return {
    attack: attack.id,
    title: attack.title,
    threats: [...attack.threats],
    target: target.name,
    role,
    verdict: verdict.kind,
    reason: verdict.reason,
    oracles: verdict.oracles.map((oracle) => ({ ...oracle })),
    outcome: observation.result?.detail ?? null,
    elapsedMs: Math.round(observation.elapsedMs),
    peakResidentBytes: observation.chamber.peakResidentBytes,
    replay: replayAttack(attack, target),
    sha256: sha256(trial.bytes),
    origin: originText(attack),
    ...breachOf(trial),
  }
}

/** The layer that an attacker had; the plain process of a twin is none. */
function breachOf({ run }: Trial): Pick<TrialRecord, 'breach'> {
  const layer = run.breach?.layer
  return layer === undefined || layer === 'bare' ? {} : { breach: layer }
}

/** What the trial should have come to, in one sentence. */
export function expectedText(trial: Trial): string {
  const { expect } = trial
  const parts = [`outcome ${expect.outcomes.join(' or ')}`]
  if (expect.details) parts.push(`detail ${expect.details.join(' or ')}`)
  if (expect.exitCode !== undefined) parts.push(`exit code ${expect.exitCode}`)
  if (expect.stdout !== undefined) parts.push(`stdout ${quote(expect.stdout, 60)}`)
  if (expect.values) parts.push(`values ${expect.values.join(', ')}`)
  if (expect.events) parts.push(`event ${expect.events.join(', ')}`)
  return `${parts.join(', ')}; no canary touched, the host alive and within its bounds`
}

/** What of a cause one trial can show. */
export type ShownCause = Pick<FindingRecord, 'oracle' | 'code' | 'place'>

/** Whether an observation shows the cause, be it beside others. */
export const isShown = (trial: Trial, observation: Observation, verdict: Verdict, cause: ShownCause): boolean =>
  verdict.oracles.some(
    (said) =>
      said.kind === 'violated' &&
      said.oracle === cause.oracle &&
      said.code === cause.code &&
      placeOf(said, trial, observation) === (cause.place ?? ''),
  )

/**
 * The finding that a trial shows, or null. A twin that is not allowed is no finding but makes its attack inconclusive; one that touches a
 * canary, kills the host or swells it is.
 */
export function findingIn(
  tried: Tried,
  target: TargetChoice,
  source: FindingRecord['source'],
  places: ThreatPlaces,
): FindingRecord | null {
  const violation = violationOf(tried.verdict)
  // Weighed against its twin, what one oracle holds against a host may have come to nothing.
  if (!violation || tried.verdict.kind !== 'violated') return null
  const harmful = violation.oracle === 'canary' || violation.oracle === 'process' || violation.oracle === 'resource'
  if (tried.role === 'twin' && !harmful) return null
  const threat = tried.attack.threats[0] ?? null
  const { oracle, code, reason } = violation
  const place = placeOf(violation, tried.trial, tried.observation)
  const hostCall = hostCallIn(place)
  const cause = { threat, oracle, code, target: target.name, place, ...(hostCall !== undefined && { hostCall }) }
  return findingOf(cause, {
    title: tried.role === 'twin' ? `Twin of: ${tried.attack.title}` : tried.attack.title,
    own: target.own,
    source,
    expected: expectedText(tried.trial),
    actual: reason,
    replay: replayAttack(tried.attack, target),
    location: locationOf(tried.attack, threat, places),
    bytes: tried.trial.bytes.length,
  })
}
