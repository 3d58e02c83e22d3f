// The weakening stage: puts each deliberate defect into a copy of the sources, and sees whether the witnesses that it names notice.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import { violationOf } from '../oracles/judge.ts'
import type { WeakeningRecord } from '../reports/run-record.ts'
import type { Baselines } from './baselines.ts'
import { ChamberError } from './chamber.ts'
import { monotonicMs } from './clock.ts'
import { runProperty } from './properties.ts'
import { ReusedChamber } from './reused-chamber.ts'
import type { TargetChoice } from './trials.ts'
import { makeWeakenedCopy, type WeakenedCopy, WeakeningBroken } from './weakened-copy.ts'
import type { Weakening } from './weakening-file.ts'

export interface WeakeningOptions {
  /** The project's folder. */
  readonly root: string
  /** Attacks that can be witnesses, by id. */
  readonly attacks: ReadonlyMap<string, Attack>
  /** Property files that can be witnesses, relative to the project, by name. */
  readonly properties: ReadonlyMap<string, string>
  readonly seed: number
  /** Time for a property to notice, in milliseconds. */
  readonly propertyMs: number
  /** What attacks come to on the sources as they are. */
  readonly baselines: Pick<Baselines, 'of'>
  readonly signal?: AbortSignal
}

type Ending = Pick<WeakeningRecord, 'result' | 'detectedBy' | 'reason'>

/** What one witness said, and about which threats it can speak. */
interface Testimony {
  readonly witness: string
  readonly threats: readonly string[]
  readonly noticed: boolean
  readonly words: string
}

/** Why the stage cannot run here at all, or null. */
export function weakeningsUnavailable(root: string): string | null {
  if (!existsSync(join(root, 'src', 'targets')))
    return 'weakenings change the sources, and an installed package has none: run the gauntlet in a checkout'
  if (!existsSync(join(root, 'fuzz', 'weakenings'))) return 'there is no folder fuzz/weakenings'
  return null
}

/** Applies one weakening and asks its witnesses. Never rejects because of what the weakened sources do. */
export async function runWeakening(weakening: Weakening, options: WeakeningOptions): Promise<WeakeningRecord> {
  const startedMs = monotonicMs()
  const ending = await attempt(weakening, options)
  const { id, title, control, threats, file } = weakening
  return { id, title, control, threats: [...threats], file, ...ending, elapsedMs: Math.round(monotonicMs() - startedMs) }
}

async function attempt(weakening: Weakening, options: WeakeningOptions): Promise<Ending> {
  const known: ReadonlyMap<string, unknown> = weakening.kind === 'attack' ? options.attacks : options.properties
  const unknown = weakening.witnesses.filter((witness) => !known.has(witness))
  if (unknown.length > 0) return broken(`it names ${unknown.join(', ')} as witness, and there is no such ${weakening.kind}`)
  let copy: WeakenedCopy | null = null
  let chamber: ReusedChamber | null = null
  try {
    copy = makeWeakenedCopy(options.root, weakening)
    chamber = new ReusedChamber({
      target: choice(weakening.target, join(copy.root, 'src')),
      journal: null,
      onViolation: () => {},
    })
    const testimonies: Testimony[] = []
    for (const witness of weakening.witnesses) {
      if (options.signal?.aborted) return STOPPED
      testimonies.push(
        weakening.kind === 'attack'
          ? await askAttack(witness, weakening, chamber, options)
          : await askProperty(witness, copy, options),
      )
    }
    return decide(weakening.threats, testimonies)
  } catch (error) {
    if (options.signal?.aborted) return STOPPED
    if (error instanceof WeakeningBroken) return broken(error.message)
    if (error instanceof ChamberError) return broken(`the weakened sources do not load: ${error.message}`)
    throw error
  } finally {
    await chamber?.close()
    copy?.remove()
  }
}

const STOPPED: Ending = { result: 'not-run', detectedBy: [], reason: 'stopped before all witnesses were heard' }
const broken = (reason: string): Ending => ({ result: 'broken', detectedBy: [], reason })

/** Detected only if every threat has a witness of its own that noticed. */
export function decide(threats: readonly string[], testimonies: readonly Testimony[]): Ending {
  const noticed = testimonies.filter((testimony) => testimony.noticed)
  const detectedBy = noticed.map((testimony) => testimony.witness)
  for (const threat of threats) {
    const able = testimonies.filter((testimony) => testimony.threats.includes(threat))
    if (able.length === 0) return { result: 'missed', detectedBy, reason: `none of its witnesses is about ${threat}` }
    if (able.some((testimony) => testimony.noticed)) continue
    return {
      result: 'missed',
      detectedBy,
      reason: `nothing noticed ${threat}: ${able.map((t) => `${t.witness}: ${t.words}`).join('; ')}`,
    }
  }
  return { result: 'detected', detectedBy, reason: noticed.map((t) => `${t.witness}: ${t.words}`).join('; ') }
}

const choice = (target: string, sources?: string): TargetChoice => ({
  chamber: { target, ...(sources === undefined ? {} : { sources }) },
  name: sources === undefined ? target : `${target} (weakened)`,
  own: true,
  decides: false,
})

/** An attack notices if it is violated on the weakened copy, but not on the sources as they are, and its twin is still allowed. */
async function askAttack(
  witness: string,
  weakening: Weakening,
  chamber: ReusedChamber,
  options: WeakeningOptions,
): Promise<Testimony> {
  const attack = options.attacks.get(witness)!
  const say = (noticed: boolean, words: string): Testimony => ({ witness, threats: attack.threats, noticed, words })
  const tried = await chamber.run(attack, 'attack')
  const violation = violationOf(tried.verdict) ?? (await violationAtEnd(chamber))
  if (!violation) return say(false, `it was ${tried.verdict.kind} all the same (${tried.verdict.reason})`)
  const twin = await chamber.run(attack, 'twin')
  if (twin.verdict.kind !== 'contained')
    return say(false, `its twin was not allowed either, so the copy is just out of order (${twin.verdict.reason})`)
  if ((await options.baselines.of(attack, choice(weakening.target))) === 'violated')
    return say(false, 'it is violated without the weakening too')
  return say(true, violation.reason)
}

/** What shows only when the host is asked to end, such as a process that is left behind. */
async function violationAtEnd(chamber: ReusedChamber): Promise<ReturnType<typeof violationOf>> {
  const end = await chamber.close()
  return end ? violationOf(end.verdict) : null
}

async function askProperty(witness: string, copy: WeakenedCopy, options: WeakeningOptions): Promise<Testimony> {
  const path = options.properties.get(witness)!
  const answer = await runProperty(join(copy.root, path), options.seed, options.propertyMs, options.signal)
  const say = (noticed: boolean, words: string): Testimony => ({ witness, threats: answer.threats, noticed, words })
  // A property that cannot run tells nothing: the copy is just out of order.
  if (!answer.run) throw new WeakeningBroken(`the property ${witness} does not run on the weakened sources: ${answer.fault}`)
  if (answer.name !== witness) throw new WeakeningBroken(`${path} holds the property ${answer.name}, not ${witness}`)
  if (!answer.run.failure) return say(false, `it held for ${answer.run.executions} inputs all the same`)
  return say(true, answer.run.failure.message)
}
