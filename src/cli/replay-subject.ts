// What `gauntlet replay` is asked for: a finding by its id, a corpus case, a stored trial, a generator's attack, a property's seed, or an input.
import { existsSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Attack, Trial } from '../attacks/attack.ts'
import type { Portable } from '../campaign/portable.ts'
import type { FindingRecord } from '../reports/run-record.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError, usageError } from './cli-error.ts'
import { CORPUS_DIR, PROJECT_DIR } from './project.ts'
import { readText } from './text-file.ts'

/** An attack and its twin, for a target. */
export interface TrialSubject {
  readonly kind: 'trial'
  readonly id: string
  readonly title: string
  readonly threats: readonly string[]
  readonly attack: Trial
  /** Null for a twin that was itself what was wrong, and for what was stored without one. */
  readonly twin: Trial | null
  /** The target on which it was found, where that is known. */
  readonly target: string | null
}

/** A property, or an input of a coverage-guided target: no target and no twin, just the code that it is about. */
export interface FailureSubject {
  readonly kind: 'failure'
  readonly id: string
  readonly title: string
  /** Null for a property. */
  readonly input: { readonly target: string; readonly bytes: Uint8Array } | null
  run(signal: AbortSignal): Promise<FailureAnswer>
}
export interface FailureAnswer {
  /** What went wrong, in words; null if nothing did. */
  readonly failure: string | null
  /** Why nothing is known, or null. */
  readonly fault: string | null
  readonly counterexample?: string
  readonly threats: readonly string[]
}
export type Subject = TrialSubject | FailureSubject

/** The largest module that a stored trial may have: far above what any attack needs. */
const MAX_MODULE_BYTES = 256 * 2 ** 20
/** Time for a property to be refuted again, in milliseconds: a run of the gauntlet gives most of them less. */
const PROPERTY_MS = 60_000

/** As reports show findings. */
export const isFindingId = (text: string): boolean => /^[0-9a-f]{12}$/.test(text)

/** @throws {CliError} {@link CorpusError} saying what cannot be read and why */
export async function readSubject(what: string, reports: string): Promise<Subject> {
  const { readPortable } = await import('../campaign/portable.ts')
  const portable = readPortable(what)
  if (portable) return await portableSubject(portable)
  if (isFindingId(what) && !existsSync(what)) return await findingSubject(what, reports)
  const path = existsSync(what) ? what : corpusPath(what)
  if (path === null) {
    throw inputError(
      `${what} cannot be read (ENOENT); name a finding by its id, a corpus file or case, the .json file of a finding, or generator:NAME@SEED.`,
    )
  }
  return extname(path) === '.json' ? await storedTrial(path) : await corpusCase(path)
}

/** A finding of some run in the folder of reports: from its files if they are there, else from what the index says is enough. */
async function findingSubject(id: string, reports: string): Promise<Subject> {
  const { finding, runDirectory } = await storedFinding(id, reports)
  const file = finding.reproducer.find((path) => path.endsWith('.json'))
  if (file !== undefined && existsSync(join(runDirectory, file))) return await storedTrial(join(runDirectory, file))
  const { readPortable } = await import('../campaign/portable.ts')
  const portable = finding.portable === undefined ? null : readPortable(finding.portable)
  if (portable) return await portableSubject(portable)
  throw inputError(`The files of the finding ${id} are gone from ${runDirectory}, and it was too large to be kept elsewhere.`)
}

/** @throws {CliError} if no run in the folder found it */
export async function storedFinding(
  id: string,
  reports: string,
): Promise<{ readonly finding: FindingRecord; readonly runDirectory: string }> {
  const { findFinding } = await import('../campaign/finding-index.ts')
  const found = await findFinding(reports, id)
  if (found) return found
  throw inputError(
    `No run in ${reports} found ${id}; name another folder with --reports, or the long id that the report gives for other machines.`,
  )
}

async function portableSubject(portable: Portable): Promise<Subject> {
  switch (portable.kind) {
    case 'case':
      return { ...(await caseNamed(portable.id)), target: portable.target }
    case 'generated':
      return await generated(portable)
    case 'trial': {
      const { attack, threats, target, trial, twin } = portable.stored
      const title = `Trial of ${attack}`
      return {
        kind: 'trial',
        id: attack,
        title,
        threats,
        attack: { ...trial, bytes: portable.bytes },
        twin: twin ?? null,
        target,
      }
    }
    case 'property':
      return await propertySubject(portable.property, portable.seed)
    case 'input':
      return await inputSubject(portable.target, portable.input)
  }
}

async function caseNamed(id: string): Promise<TrialSubject> {
  const path = corpusPath(id)
  if (path === null) throw inputError(`There is no case ${id} in ${CORPUS_DIR}; it was renamed, or came with another version.`)
  return await corpusCase(path)
}

/** A case by its id, as reports name it. */
function corpusPath(id: string): string | null {
  if (!/^[\w-]+$/.test(id)) return null
  return ['.wat', '.yaml'].map((extension) => join(CORPUS_DIR, `${id}${extension}`)).find((path) => existsSync(path)) ?? null
}

async function corpusCase(path: string): Promise<TrialSubject> {
  if (!['.wat', '.yaml'].includes(extname(path))) {
    throw inputError(`${path} is no attack; name a corpus file (.wat or .yaml) or the .json file of a finding.`)
  }
  const { readCase } = await import('../attacks/corpus.ts')
  return subjectOf(await readCase(path, await readText(path)), null)
}

const subjectOf = (attack: Attack, target: string | null): TrialSubject => ({
  kind: 'trial',
  id: attack.id,
  title: attack.title,
  threats: attack.threats,
  attack,
  twin: attack.twin,
  target,
})

/** `<name>.json` beside the module's bytes in `<name>.wasm`. */
async function storedTrial(path: string): Promise<TrialSubject> {
  const { parseTrial } = await import('../campaign/trial-file.ts')
  const { attack, target, threats, trial, twin } = parseTrial(await readText(path), path)
  const read = await readFileBounded(path.replace(/\.json$/, '.wasm'), MAX_MODULE_BYTES)
  if ('tooLarge' in read) throw inputError(`The module beside ${path} has ${read.tooLarge} bytes; no stored trial is that large.`)
  return {
    kind: 'trial',
    id: attack,
    title: `Stored trial ${basename(path)}`,
    threats,
    attack: { ...trial, bytes: read.bytes },
    twin: twin ?? null,
    target,
  }
}

async function generated({ generator: name, from, digest, target }: Extract<Portable, { kind: 'generated' }>): Promise<Subject> {
  const { GENERATORS } = await import('../attacks/registry.ts')
  const { isSame } = await import('../campaign/portable.ts')
  const generator = GENERATORS.find((each) => each.name === name)
  if (!generator) {
    throw usageError(
      `There is no generator ${JSON.stringify(name)}; there are ${GENERATORS.map((each) => each.name).join(', ')}.`,
    )
  }
  const attack = await ('seed' in from ? generator.generate(from.seed) : generator.fromBytes(from.bytes))
  // A generator that was changed makes something else of the same seed: that must not pass for the finding.
  if (digest !== null && !isSame(attack.bytes, digest)) {
    throw inputError(
      `The generator ${name} makes another module of this seed than when the finding was made: go back to that version, or replay the finding's own file.`,
    )
  }
  return subjectOf(attack, target)
}

async function propertySubject(name: string, seed: number): Promise<FailureSubject> {
  const { propertyFiles, runProperty } = await import('../campaign/properties.ts')
  const files = propertyFiles(join(PROJECT_DIR, 'fuzz', 'properties'))
  if (files.length === 0) throw inputError('Properties are in a checkout of the project only: replay it there.')
  // To ask a file for its property's name takes a process, so only those are asked in which the name stands at all.
  const likely = files.filter((path) => readFileSync(path, 'utf8').includes(name))
  for (const path of likely) {
    if ((await runProperty(path, seed, 0)).name !== name) continue
    const run = async (signal: AbortSignal): Promise<FailureAnswer> => {
      const { threats, run, fault } = await runProperty(path, seed, PROPERTY_MS, signal)
      const { failure } = run ?? {}
      return {
        threats,
        failure: failure?.message ?? null,
        fault,
        ...(failure && { counterexample: failure.counterexample }),
      }
    }
    return { kind: 'failure', id: `property:${name}@${seed}`, title: `Property ${name} with seed ${seed}`, input: null, run }
  }
  throw usageError(`There is no property ${JSON.stringify(name)} in fuzz/properties.`)
}

async function inputSubject(name: string, input: Uint8Array): Promise<FailureSubject> {
  const { inputTarget, runInput } = await import('../campaign/inputs.ts')
  const path = inputTarget(PROJECT_DIR, name)
  if (path === null) throw usageError(`There is no coverage-guided target ${JSON.stringify(name)} in fuzz.`)
  const run = async (signal: AbortSignal): Promise<FailureAnswer> => {
    const { failure, fault } = await runInput(path, input, signal)
    return { threats: [], failure: failure?.message ?? null, fault }
  }
  const title = `An input of ${input.length} bytes for ${name}`
  return { kind: 'failure', id: `input of ${name}`, title, input: { target: name, bytes: input }, run }
}
