// `gauntlet generate`: attacks and their twins written to files, as cases of a corpus and as modules; without a name, what there is to generate.
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import { type CaseText, CaseTextError, caseText } from '../attacks/case-text.ts'
import { fromSeed } from '../attacks/generators/choices.ts'
import { attackOf, type Draft, type Generator, spellOrigin } from '../attacks/generators/generator.ts'
import { FAMILIES, FAMILY_NAMES, familyNamed, GENERATORS, generatorsOf } from '../attacks/registry.ts'
import { formatTrial } from '../campaign/trial-file.ts'
import { watOf } from '../campaign/wat.ts'
import { inputError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import type { Interruption } from './interrupt.ts'
import { version } from './project.ts'
import { seedOf } from './seed.ts'
import { type Output, writeLine } from './terminal.ts'
import { type WriteOptions, writeWholeFile } from './write-file.ts'

export interface GenerateOptions {
  readonly seed?: string
  readonly count: string
  readonly out?: string
  readonly json?: true
}

const MAX_COUNT = 10_000
const HOW: WriteOptions = { mode: 0o644, replace: false, remedy: 'name another folder' }

/** @returns 0 once all is written */
export async function generate(
  name: string | undefined,
  options: GenerateOptions,
  output: Output,
  interruption: Interruption,
): Promise<number> {
  if (name === undefined) return await list(options, output)
  const generators = chosen(name)
  const count = countOf(options.count)
  const first = seedOf(options.seed)
  if (options.out === undefined) throw usageError('Say where to write with --out (-o), such as "-o attacks".')
  await makeFolder(join(options.out, 'modules'))
  for (let i = 0; i < count; i++) {
    for (const generator of generators) {
      if (interruption.code !== null) return interruption.code
      await writeLine(output, await writeAttack(generator, first + i, options.out))
    }
  }
  return EXIT.ok
}

/** A family, by its name or number, or one generator. */
function chosen(name: string): readonly Generator[] {
  const family = familyNamed(name)
  if (family) return generatorsOf(family)
  const found = GENERATORS.filter((each) => each.name === name)
  if (found.length > 0) return found
  throw usageError(`There is no family and no generator ${JSON.stringify(name)}; "gauntlet generate" lists them.`)
}

function countOf(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (count >= 1 && count <= MAX_COUNT) return count
  throw usageError(`--count ${JSON.stringify(text)} is not a number of attacks; write one from 1 to ${MAX_COUNT}.`)
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch(() => {
    throw inputError(`${path} cannot be made; name a folder that you may write to with --out.`)
  })
}

/** @returns the path of what `gauntlet replay` takes */
async function writeAttack(generator: Generator, seed: number, folder: string): Promise<string> {
  const draft = fromSeed(await generator.drafts(), seed)
  const attack = await attackOf(generator, draft, { seed })
  const id = `${attack.threats[0]}-${generator.name}-${seed}`
  await writeModules(attack, id, join(folder, 'modules'))
  const written = await asCase(generator, attack, draft, id)
  if (written) {
    const path = join(folder, written.file)
    await writeWholeFile(path, Buffer.from(written.text), HOW)
    return path
  }
  const stored = { attack: attack.id, target: 'jail', threats: attack.threats, trial: attack, twin: attack.twin }
  const path = join(folder, `${id}.json`)
  await writeWholeFile(path, Buffer.from(formatTrial(stored)), HOW)
  await writeWholeFile(join(folder, `${id}.wasm`), attack.bytes, HOW)
  return path
}

/** Null where no corpus file can hold it: large modules, modules that came before, input that is no text. */
async function asCase(generator: Generator, attack: Attack, draft: Draft, id: string): Promise<CaseText | null> {
  const from = 'seed' in attack.origin ? { seed: attack.origin.seed } : { seed: 0 }
  const texts = [
    [attack.bytes, draft.attack],
    [attack.twin.bytes, draft.twin],
  ] as const
  // Its author's own text says more than a disassembly does.
  const textOf = async (bytes: Uint8Array) => {
    const own = texts.find(([of]) => of === bytes)?.[1]
    return own && 'wat' in own ? own.wat : await watOf(bytes)
  }
  try {
    return await caseText(
      {
        id,
        title: attack.title,
        threats: attack.threats,
        provenance: `${attack.provenance}; generator:${spellOrigin(generator.name, from)} of ${madeBy()}`,
        notices: `what answers ${attack.threats.join(', ')}`,
        attack,
        twin: attack.twin,
      },
      textOf,
    )
  } catch (error) {
    if (error instanceof CaseTextError) return null
    throw error
  }
}

async function writeModules(attack: Attack, id: string, folder: string): Promise<void> {
  for (const [name, { bytes }] of [
    [id, attack],
    [`${id}.twin`, attack.twin],
  ] as const) {
    await writeWholeFile(join(folder, `${name}.wasm`), bytes, HOW)
    const text = await watOf(bytes)
    if (text !== null) await writeWholeFile(join(folder, `${name}.wat`), Buffer.from(text), HOW)
  }
}

/** What the bytes of a seed depend on. */
function madeBy(): string {
  const require = createRequire(import.meta.url)
  const of = (name: string) => `${name} ${(require(`${name}/package.json`) as { version: string }).version}`
  return [`wasm-gauntlet ${version()}`, of('fast-check'), of('wabt')].join(', ')
}

async function list({ json }: GenerateOptions, output: Output): Promise<number> {
  if (json) {
    const families = FAMILY_NAMES.map((name) => ({
      family: name,
      ...FAMILIES[name],
      generators: generatorsOf(name).map(({ name, threats, provenance }) => ({ name, threats, provenance })),
    }))
    await writeLine(output, JSON.stringify(families, null, 2))
    return EXIT.ok
  }
  for (const name of FAMILY_NAMES) {
    await writeLine(output, `${FAMILIES[name].id.padEnd(4)}${name}: ${FAMILIES[name].makes}`)
    for (const one of generatorsOf(name)) await writeLine(output, `      ${one.name.padEnd(26)}${one.threats.join(' ')}`)
  }
  return EXIT.ok
}
