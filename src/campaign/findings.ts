// What is done with a new finding: it is written down at once, tried again, made smaller, and its reproducer put beside the report.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Trial } from '../attacks/attack.ts'
import { judgeTrial } from '../oracles/judge.ts'
import type { Observation, Verdict } from '../oracles/observation.ts'
import type { FindingRecord } from '../reports/run-record.ts'
import { readModule } from '../wasm/index.ts'
import { withoutParticulars } from './cause.ts'
import { Chamber } from './chamber.ts'
import { fileNameOf } from './journal.ts'
import { minimiseModule } from './minimise.ts'
import { portableAttack, portableTrial } from './portable.ts'
import { formatTrial } from './trial-file.ts'
import { isShown, replayStored, type TargetChoice, type Tried } from './trials.ts'
import { watOf } from './wat.ts'

/** Folder of the reproducers, in the run's directory. */
const FOLDER = 'findings'

/**
 * What is wrong whatever the module is can always be minimised. A broken expectation ("refused", but it completed) is shown by any harmless module
 * too: there a host that holds must go on saying the same of the smaller module. Only for other hosts than ours there is one, and only of a module
 * that can be read it says more than that it cannot. A finding of the time oracle could be minimised, but each question would take the whole deadline.
 */
export function canBeMinimised(finding: Pick<FindingRecord, 'oracle' | 'code'>, own: boolean, bytes: Uint8Array): boolean {
  if (finding.oracle === 'time') return false
  return !needsReference(finding) || (!own && isReadable(bytes))
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    readModule(bytes)
    return true
  } catch {
    return false
  }
}

const needsReference = ({ oracle, code }: Pick<FindingRecord, 'oracle' | 'code'>): boolean =>
  oracle === 'effect' ||
  oracle === 'audit' ||
  (oracle === 'verdict' && !['fault', 'outcome-unknown', 'hostile-text', 'forbidden-text'].includes(code))

/** The host that holds. */
const REFERENCE: TargetChoice = { chamber: { target: 'jail' }, name: 'jail', own: true, decides: false }

/** Writes `<id>.wasm`, `<id>.json` and, where there is one, `<id>.wat`; returns their paths relative to the run's directory, wat first. */
export async function writeReproducer(
  runDirectory: string,
  finding: Pick<FindingRecord, 'id' | 'replay'>,
  tried: Tried,
  target: TargetChoice,
  bytes: Uint8Array,
): Promise<Pick<FindingRecord, 'reproducer' | 'wat' | 'replay' | 'portable'>> {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const base = `${FOLDER}/${fileNameOf(finding.id)}`
  const { attack, role } = tried
  const { bytes: _whole, ...trial } = tried.trial
  const twin = role === 'attack' ? { twin: attack.twin } : {}
  const stored = { attack: attack.id, target: target.chamber.target, threats: attack.threats, trial, ...twin }
  writeFileSync(join(runDirectory, `${base}.wasm`), bytes)
  writeFileSync(join(runDirectory, `${base}.json`), formatTrial(stored))
  const files = [`${base}.wasm`, `${base}.json`]
  const wat = await watOf(bytes)
  if (wat !== null) {
    writeFileSync(join(runDirectory, `${base}.wat`), wat)
    files.unshift(`${base}.wat`)
  }
  // The attack itself can be had again by its name, with its twin; a twin, and what was made smaller, only from the file or the long id.
  const asItWas = role === 'attack' && bytes.length === tried.trial.bytes.length
  const portable = asItWas ? portableAttack(attack, stored.target) : portableTrial(stored, bytes)
  return {
    reproducer: files,
    wat,
    replay: asItWas ? finding.replay : replayStored(join(runDirectory, `${base}.json`), target),
    ...(portable !== null && { portable }),
  }
}

/** Writes a text, such as a property's counterexample, beside the report. Returns its path relative to the run's directory. */
export function writeCounterexample(runDirectory: string, finding: FindingRecord, text: string): string {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const path = `${FOLDER}/${fileNameOf(finding.id)}.txt`
  writeFileSync(join(runDirectory, path), text)
  return path
}

/** The input that a property's process died at. */
export function writeLastInput(runDirectory: string, property: string, text: string): string {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const path = join(runDirectory, FOLDER, `${fileNameOf(property)}.last-input.txt`)
  writeFileSync(path, text)
  return path
}

/** The same for an input that was made smaller. */
export function writeInput(runDirectory: string, finding: Pick<FindingRecord, 'id'>, input: Uint8Array): string {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const path = `${FOLDER}/${fileNameOf(finding.id)}.input`
  writeFileSync(join(runDirectory, path), input)
  return path
}

/** Times that one question is asked of a finding that does not show each time. */
const ASKED_OF_FLAKY = 3

/**
 * Reduces the module while the finding stays the same, and while a host that holds still contains it where only that makes it an attack. Returns the
 * original if nothing smaller was found in the time.
 */
export async function minimiseFinding(
  finding: FindingRecord,
  tried: Tried,
  target: TargetChoice,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const attacked = new Asked(target)
  const reference = needsReference(finding) ? new Asked(REFERENCE) : null
  const times = finding.flaky ? ASKED_OF_FLAKY : 1
  let expected: string | null = null
  const stillFails = async (bytes: Uint8Array): Promise<boolean> => {
    const trial: Trial = { ...tried.trial, bytes }
    const isViolated = async (): Promise<boolean> => {
      const { observation, verdict } = await attacked.judge(trial)
      return isShown(trial, observation, verdict, finding)
    }
    let violated = false
    for (let left = times; left > 0 && !violated; left--) violated = await isViolated()
    return violated && (reference === null || (await wordsOf(reference, trial)) === expected)
  }
  try {
    expected = reference && (await wordsOf(reference, tried.trial))
    if (reference !== null && expected === null) return tried.trial.bytes
    const result = await minimiseModule(tried.trial.bytes, stillFails, {
      attempts: 2_000,
      milliseconds,
      ...(signal ? { signal } : {}),
    })
    return result.bytes
  } finally {
    await attacked.close()
    await reference?.close()
  }
}

/** What a host that holds says of a trial: how it ended and why; null if it does not contain it. */
async function wordsOf(reference: Asked, trial: Trial): Promise<string | null> {
  const { observation, verdict } = await reference.judge(trial)
  const { result } = observation
  return verdict.kind === 'contained' && result ? withoutParticulars([result.detail, ...result.messages].join(': ')) : null
}

/** A host that is asked about one candidate after the other, in a chamber that is replaced when it is no longer clean. */
class Asked {
  readonly #target: TargetChoice
  #chamber: Chamber | null = null

  constructor(target: TargetChoice) {
    this.#target = target
  }

  async judge(trial: Trial): Promise<{ observation: Observation; verdict: Verdict }> {
    if (this.#chamber && !this.#chamber.usable) await this.close()
    this.#chamber ??= await Chamber.open(this.#target.chamber)
    const observation = await this.#chamber.run('minimise', trial)
    return { observation, verdict: judgeTrial(trial, observation, this.#target.own) }
  }

  async close(): Promise<void> {
    const chamber = this.#chamber
    this.#chamber = null
    await chamber?.close()
  }
}
