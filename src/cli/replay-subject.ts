// What `gauntlet replay` is asked for: a corpus case, a stored trial, or one seed of a generator, all as an attack and its twin.
import { existsSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { Attack, Trial } from '../attacks/attack.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError, usageError } from './cli-error.ts'
import { CORPUS_DIR } from './project.ts'
import { readText } from './text-file.ts'

export interface Subject {
  readonly id: string
  readonly title: string
  readonly threats: readonly string[]
  readonly attack: Trial
  /** Null for a stored trial, which has none. */
  readonly twin: Trial | null
  /** The target on which it was found, where that is known. */
  readonly target: string | null
}

/** The largest module that a stored trial may have: far above what any attack needs. */
const MAX_MODULE_BYTES = 256 * 2 ** 20

/** @throws {CliError} {@link CorpusError} saying what cannot be read and why */
export async function readSubject(what: string): Promise<Subject> {
  if (what.startsWith('generator:')) return await generated(what)
  const path = existsSync(what) ? what : corpusPath(what)
  if (path === null) {
    throw inputError(
      `${what} cannot be read (ENOENT); name a corpus file or case, the .json file of a finding, or generator:NAME@SEED.`,
    )
  }
  return extname(path) === '.json' ? await storedTrial(path) : await corpusCase(path)
}

/** A case by its id, as reports name it. */
function corpusPath(id: string): string | null {
  if (!/^[\w-]+$/.test(id)) return null
  return ['.wat', '.yaml'].map((extension) => join(CORPUS_DIR, `${id}${extension}`)).find((path) => existsSync(path)) ?? null
}

async function corpusCase(path: string): Promise<Subject> {
  if (!['.wat', '.yaml'].includes(extname(path))) {
    throw inputError(`${path} is no attack; name a corpus file (.wat or .yaml) or the .json file of a finding.`)
  }
  const { readCase } = await import('../attacks/corpus.ts')
  return subjectOf(await readCase(path, await readText(path)))
}

const subjectOf = (attack: Attack): Subject => ({
  id: attack.id,
  title: attack.title,
  threats: attack.threats,
  attack,
  twin: attack.twin,
  target: null,
})

/** `<name>.json` beside the module's bytes in `<name>.wasm`. */
async function storedTrial(path: string): Promise<Subject> {
  const { parseTrial } = await import('../campaign/trial-file.ts')
  const { attack, target, threats, trial } = parseTrial(await readText(path), path)
  const read = await readFileBounded(path.replace(/\.json$/, '.wasm'), MAX_MODULE_BYTES)
  if ('tooLarge' in read) throw inputError(`The module beside ${path} has ${read.tooLarge} bytes; no stored trial is that large.`)
  return {
    id: attack,
    title: `Stored trial ${basename(path)}`,
    threats,
    attack: { ...trial, bytes: read.bytes },
    twin: null,
    target,
  }
}

async function generated(what: string): Promise<Subject> {
  const { GENERATORS } = await import('../attacks/registry.ts')
  const match = /^generator:(.+)@(\d{1,10})$/.exec(what)
  if (!match)
    throw usageError(
      `${JSON.stringify(what)} is not understood; write generator:NAME@SEED, such as generator:${GENERATORS[0]!.name}@17.`,
    )
  const generator = GENERATORS.find(({ name }) => name === match[1])
  if (!generator) {
    throw usageError(
      `There is no generator ${JSON.stringify(match[1])}; there are ${GENERATORS.map(({ name }) => name).join(', ')}.`,
    )
  }
  return subjectOf(await generator.generate(Number(match[2])))
}
