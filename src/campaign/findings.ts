// What is done with a new finding: it is written down at once, tried again, made smaller, and its reproducer put beside the report.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Trial } from '../attacks/attack.ts'
import { judgeTrial } from '../oracles/judge.ts'
import type { FindingRecord } from '../reports/run-record.ts'
import { Chamber } from './chamber.ts'
import { fileNameOf } from './journal.ts'
import { minimiseModule } from './minimise.ts'
import { formatTrial } from './trial-file.ts'
import { replayStored, type TargetChoice, type Tried } from './trials.ts'
import { watOf } from './wat.ts'

/** Folder of the reproducers, in the run's directory. */
const FOLDER = 'findings'

/**
 * Only what is wrong whatever the module is can be minimised: any harmless module is "completed where a refusal was expected", so for a
 * broken expectation the attack as it was written is the smallest that means something. A finding of the time oracle could be, but each
 * question would take the whole deadline.
 */
export function canBeMinimised({ oracle, code }: Pick<FindingRecord, 'oracle' | 'code'>): boolean {
  if (oracle !== 'verdict') return oracle !== 'time'
  return ['fault', 'outcome-unknown', 'hostile-text', 'forbidden-text'].includes(code)
}

/** Writes `<id>.wasm`, `<id>.json` and, where there is one, `<id>.wat`; returns their paths relative to the run's directory, wat first. */
export async function writeReproducer(
  runDirectory: string,
  finding: Pick<FindingRecord, 'id' | 'replay'>,
  tried: Tried,
  target: TargetChoice,
  bytes: Uint8Array,
): Promise<Pick<FindingRecord, 'reproducer' | 'wat' | 'replay'>> {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const base = `${FOLDER}/${fileNameOf(finding.id)}`
  const { bytes: _whole, ...trial } = tried.trial
  const stored = { attack: tried.attack.id, target: target.chamber.target, threats: tried.attack.threats, trial }
  writeFileSync(join(runDirectory, `${base}.wasm`), bytes)
  writeFileSync(join(runDirectory, `${base}.json`), formatTrial(stored))
  const files = [`${base}.wasm`, `${base}.json`]
  const wat = await watOf(bytes)
  if (wat !== null) {
    writeFileSync(join(runDirectory, `${base}.wat`), wat)
    files.unshift(`${base}.wat`)
  }
  // The attack itself can be had again by its name, with its twin; a twin, and what was made smaller, only from the file.
  const asItWas = tried.role === 'attack' && bytes.length === tried.trial.bytes.length
  return {
    reproducer: files,
    wat,
    replay: asItWas ? finding.replay : replayStored(join(runDirectory, `${base}.json`), target),
  }
}

/** Writes a text, such as a property's counterexample, beside the report. Returns its path relative to the run's directory. */
export function writeCounterexample(runDirectory: string, finding: FindingRecord, text: string): string {
  mkdirSync(join(runDirectory, FOLDER), { recursive: true })
  const path = `${FOLDER}/${fileNameOf(finding.id)}.txt`
  writeFileSync(join(runDirectory, path), text)
  return path
}

/** Reduces the module while the same oracle says the same of it. Returns the original if nothing smaller was found in the time. */
export async function minimiseFinding(
  finding: FindingRecord,
  tried: Tried,
  target: TargetChoice,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  let chamber: Chamber | null = null
  const stillFails = async (bytes: Uint8Array): Promise<boolean> => {
    if (chamber && !chamber.usable) {
      await chamber.close()
      chamber = null
    }
    chamber ??= await Chamber.open(target.chamber)
    const trial: Trial = { ...tried.trial, bytes }
    const observation = await chamber.run('minimise', trial)
    const verdict = judgeTrial(trial, observation, target.own)
    return verdict.oracles.find((oracle) => oracle.kind === 'violated')?.code === finding.code
  }
  try {
    const result = await minimiseModule(tried.trial.bytes, stillFails, {
      attempts: 2_000,
      milliseconds,
      ...(signal ? { signal } : {}),
    })
    return result.bytes
  } finally {
    await (chamber as Chamber | null)?.close()
  }
}
