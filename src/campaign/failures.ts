// Findings that no trial showed: a property that was refuted, or an input that a coverage-guided target could not take. They are findings like all
// others: one for each cause, tried again, made smaller, and replayed by one word.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { FindingRecord } from '../reports/run-record.ts'
import type { TryAgain } from './again.ts'
import { type Cause, hostCallIn, placeOfFailure } from './cause.ts'
import type { CoverageArtifact } from './engines/coverage-guided.ts'
import type { Failure } from './engines/finding-key.ts'
import { writeInput } from './findings.ts'
import { InputRunner } from './inputs.ts'
import { minimiseInput } from './minimise-bytes.ts'
import { portableInput, portableProperty } from './portable.ts'
import type { FuzzTargetAbout, PropertyAnswer, PropertyFailure } from './property.ts'
import { findingOf, type ThreatPlaces } from './triage.ts'

/** Time for making one input smaller, in milliseconds. */
const MINIMISE_MS = 10_000

/** What such findings are about: our own code in this process's stead, without a chamber. */
const TARGET = 'sandbox'

type Shown = Pick<Failure, 'kind' | 'message' | 'stack'>

function causeOf(threats: readonly string[], oracle: string, code: string, place: string, { message }: Shown): Cause {
  const hostCall = hostCallIn(message)
  const threat = threats[0] ?? null
  return { threat, oracle, code, target: TARGET, place, ...(hostCall !== undefined && { hostCall }) }
}

const replayOf = (portable: string): string => `npx gauntlet replay ${portable}`

/** @param file the property's path relative to the project */
export function findingOfProperty(
  about: Pick<PropertyAnswer, 'name' | 'threats'>,
  refuted: PropertyFailure,
  seed: number,
  file: string,
  places: ThreatPlaces,
): FindingRecord {
  const cause = propertyCause(about, refuted)
  const place = cause.threat === null ? undefined : places.get(cause.threat)
  const portable = portableProperty(about.name, seed)
  const finding = findingOf(cause, {
    title: `Property ${about.name} does not hold`,
    own: true,
    source: 'property',
    expected: `the property ${about.name} holds for every input`,
    actual: refuted.message,
    replay: replayOf(portable),
    location: existsSync(file) || !place ? { path: file, line: 1 } : { path: place.file, line: place.line },
  })
  return { ...finding, portable }
}

/** Where a refutation belongs: two of one property may be two bugs. */
export function propertyCause({ name, threats }: Pick<PropertyAnswer, 'name' | 'threats'>, { message }: PropertyFailure): Cause {
  const shown: Shown = { kind: 'throw', message, stack: [] }
  return causeOf(threats, 'property', name, placeOfFailure(shown), shown)
}

export function findingOfArtifact(
  name: string,
  about: Pick<FuzzTargetAbout, 'threats'>,
  artifact: CoverageArtifact,
  runDirectory: string,
): FindingRecord {
  const portable = inputWord(name, artifact)
  const finding = findingOf(causeOf(about.threats, 'coverage-guided', artifact.kind, artifactPlace(name, artifact), artifact), {
    title: `${name}: ${artifact.kind}`,
    own: true,
    source: 'coverage-guided',
    expected: 'every input ends in a result or in a typed refusal',
    actual: artifact.message,
    replay: portable === null ? artifact.replayCommand : replayOf(portable),
    location: { path: `fuzz/${name}.fuzz.ts`, line: 1 },
  })
  return {
    ...finding,
    reproducer: [relative(runDirectory, artifact.path)],
    ...(portable !== null && { portable }),
    bytesBefore: sizeOf(artifact.path),
  }
}

const artifactPlace = (name: string, failure: Shown): string => `${name} | ${placeOfFailure(failure)}`

const readInput = (path: string): Uint8Array | null => (existsSync(path) ? new Uint8Array(readFileSync(path)) : null)
const sizeOf = (path: string): number | null => readInput(path)?.length ?? null

function inputWord(name: string, { path, truncated }: Pick<CoverageArtifact, 'path' | 'truncated'>): string | null {
  const input = truncated ? null : readInput(path)
  return input && portableInput(name, input)
}

/** What is done with an artifact's input beyond recording it. Both ways end with `close`. */
export interface ArtifactWork {
  readonly again: TryAgain
  /** The changes to the finding once its input was made smaller; none if it could not be. */
  readonly smaller: () => Promise<Partial<FindingRecord>>
  close(): void
}

/** @param compiled the compiled target, which is what the engine ran */
export function artifactWork(
  compiled: string,
  name: string,
  artifact: CoverageArtifact,
  finding: FindingRecord,
  runDirectory: string,
  signal?: AbortSignal,
): ArtifactWork {
  const runner = new InputRunner(compiled)
  const input = readInput(artifact.path)
  const shows = async (bytes: Uint8Array): Promise<boolean> => {
    const { failure } = await runner.run(bytes, signal)
    if (failure === null) return false
    // A process that ended says little: there it must do that it ended.
    return artifact.kind === 'throw' ? artifactPlace(name, failure) === finding.place : failure.kind !== 'throw'
  }
  const smaller = async (): Promise<Partial<FindingRecord>> => {
    // A hang takes its whole time limit for each question.
    if (!input || artifact.truncated || artifact.kind === 'timeout') return {}
    const budget = { attempts: 2_000, milliseconds: MINIMISE_MS, ...(signal ? { signal } : {}) }
    const { bytes } = await minimiseInput(input, shows, budget)
    if (bytes.length >= input.length) return {}
    const path = writeInput(runDirectory, finding, bytes)
    const portable = portableInput(name, bytes)
    return {
      reproducer: [path, ...finding.reproducer],
      bytesAfter: bytes.length,
      ...(portable !== null && { portable, replay: replayOf(portable) }),
    }
  }
  return { again: async () => input !== null && (await shows(input)), smaller, close: () => runner.close() }
}
