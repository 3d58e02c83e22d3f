// Reads the corpus: one file per escape attempt, as WebAssembly text with a header (`.wat`) or as a recipe for its bytes (`.yaml`).
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { type Document, isScalar, LineCounter, parseDocument, type Scalar, visit } from 'yaml'
import type { z } from 'zod'
import type { CallStep } from '../targets/target.ts'
import { AssembleError, type Assembler, assemble } from './assemble.ts'
import type { Attack, Expectation, RunOptions, Trial } from './attack.ts'
import {
  type AttackHeader,
  type ExpectHeader,
  type RunHeader,
  recipeFile,
  type SupplyHeader,
  type TwinHeader,
  watHeader,
  watTwinHeader,
} from './case-schema.ts'
import { DEFAULT_LIMITS, type FullLimits } from './limits.ts'
import { cook, RecipeError } from './recipes/index.ts'

/** A corpus file that cannot be used: the place, what is wrong, and what to do about it, in one sentence. */
export class CorpusError extends Error {
  override readonly name = 'CorpusError'
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly remedy: string

  constructor(file: string, line: number, problem: string, remedy: string) {
    super(`${file}:${line}: ${problem}; ${remedy}.`)
    this.file = file
    this.line = line
    this.remedy = remedy
  }
}

/** An attack with what only its author could say about it. */
export interface CorpusCase extends Attack {
  /** Which control has to be weakened for the case to go red, in words; empty if the author named none. */
  readonly notices: string
  /** False if every engine must refuse the attack's bytes by itself. */
  readonly valid: boolean
}

export interface Corpus {
  /** In the order of their ids. */
  readonly attacks: readonly CorpusCase[]
  /** Files that could not be used; none is passed over in silence. */
  readonly unreadable: readonly CorpusError[]
}

const TWIN_LINE = /^;;! --- twin\s*$/
const HEADER_LINE = /^;;!( |$)/

/** Reads every `.wat` and `.yaml` file of a folder. @throws if the folder cannot be read */
export async function loadCorpus(folder: string): Promise<Corpus> {
  const names = (await readdir(folder)).filter((name) => ['.wat', '.yaml'].includes(extname(name))).sort()
  const attacks: CorpusCase[] = []
  const unreadable: CorpusError[] = []
  const seen = new Set<string>()
  for (const name of names) {
    const file = `${basename(folder)}/${name}`
    try {
      const attack = await readCase(file, await readFile(join(folder, name), 'utf8'))
      if (seen.has(attack.id))
        throw new CorpusError(file, 1, `another file already has the id ${attack.id}`, 'rename one of the two')
      seen.add(attack.id)
      attacks.push(attack)
    } catch (error) {
      if (!(error instanceof CorpusError)) throw error
      unreadable.push(error)
    }
  }
  return { attacks, unreadable }
}

/**
 * One case from its text.
 *
 * @param file path relative to the project, such as `corpus/LNK-01-constructor.wat`; the id is its name without the extension
 * @throws {CorpusError}
 */
export async function readCase(file: string, text: string): Promise<CorpusCase> {
  const id = basename(file, extname(file))
  const read = extname(file) === '.wat' ? readWat(file, text) : readRecipe(file, text)
  const { about, attack, twin } = await read
  if (!id.startsWith(`${about.threats[0]}-`)) {
    throw new CorpusError(
      file,
      1,
      `the file name does not begin with its main threat ${about.threats[0]}`,
      'rename the file, or put the main threat first',
    )
  }
  return {
    id,
    title: about.title,
    threats: about.threats,
    provenance: about.provenance,
    notices: about.notices ?? '',
    valid: about.valid ?? true,
    origin: { kind: 'corpus', path: file },
    ...trial(attack, about, await withEarlier(file, text, about.run, runOf(about.run, DEFAULT_LIMITS))),
    twin: trial(
      twin.bytes,
      withSetting(about, twin.header),
      await withEarlier(file, text, twinHeader(about, twin.header), twinRun(about, twin.header)),
    ),
  }
}

interface Parts {
  readonly about: AttackHeader
  readonly attack: Uint8Array
  readonly twin: { readonly header: TwinHeader; readonly bytes: Uint8Array }
}

async function readWat(file: string, text: string): Promise<Parts> {
  const lines = text.split('\n')
  const divider = lines.findIndex((line) => TWIN_LINE.test(line))
  if (divider < 0)
    throw new CorpusError(
      file,
      lines.length,
      'the case has no twin',
      'add a line ";;! --- twin", its header, and a module that does the same thing honestly',
    )
  const first = part(file, lines, 0, divider, watHeader)
  const second = part(file, lines, divider + 1, lines.length, watTwinHeader)
  const attack = await bytesOf(file, first.module, first.header.assembler)
  // The same program in both roles: what differs is only what it is given and what is around it.
  const same = second.header.inherit === true && second.module.text.trim() === ''
  const twin = same ? attack : await bytesOf(file, second.module, second.header.assembler ?? first.header.assembler)
  return { about: first.header, attack, twin: { header: second.header, bytes: twin } }
}

interface SourceText {
  readonly text: string
  /** Line of the file on which the text begins, from 1. */
  readonly line: number
}

/** Header and module text of lines [from, to). Lines are kept in place, so that every message has the file's own line numbers. */
function part<T>(
  file: string,
  lines: readonly string[],
  from: number,
  to: number,
  schema: z.ZodType<T>,
): { header: T; module: SourceText } {
  let end = from
  while (end < to && HEADER_LINE.test(lines[end]!)) end++
  if (end === from)
    throw new CorpusError(file, from + 1, 'there is no header', 'begin with lines ";;! key: value" as corpus/README.md describes')
  const stray = lines.slice(end, to).findIndex((line) => HEADER_LINE.test(line))
  if (stray >= 0)
    throw new CorpusError(
      file,
      end + stray + 1,
      'a header line stands behind the beginning of the module',
      'move it up to the others',
    )
  const yaml = lines.slice(from, end).map((line) => line.slice(4))
  return {
    header: parseHeader(file, yaml.join('\n'), from, schema),
    module: { text: lines.slice(end, to).join('\n'), line: end + 1 },
  }
}

async function bytesOf(file: string, { text, line }: SourceText, assembler: Assembler | undefined): Promise<Uint8Array> {
  try {
    return await assemble(text, assembler, basename(file))
  } catch (error) {
    if (!(error instanceof AssembleError)) throw error
    throw new CorpusError(
      file,
      line + (error.line ?? 1) - 1,
      `the module does not assemble (${error.message})`,
      'correct the text, or name another assembler in the header',
    )
  }
}

async function readRecipe(file: string, text: string): Promise<Parts> {
  const { wat, recipe, parameters, twin, ...about } = parseHeader(file, text, 0, recipeFile)
  return {
    about,
    attack: await make(file, text, { wat, recipe, parameters }, about.assembler),
    twin: { header: twin, bytes: await make(file, text, twin, twin.assembler ?? about.assembler) },
  }
}

async function make(file: string, text: string, from: Source, assembler?: Assembler): Promise<Uint8Array> {
  if (from.wat !== undefined) return bytesOf(file, { text: from.wat, line: lineOf(text, 'wat') }, assembler)
  try {
    return cook(from.recipe!, from.parameters ?? {})
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error
    throw new CorpusError(file, lineOf(text, 'recipe'), error.message, error.remedy)
  }
}
interface Source {
  readonly wat?: string | undefined
  readonly recipe?: string | undefined
  readonly parameters?: Record<string, unknown> | undefined
}
const lineOf = (text: string, key: string) =>
  Math.max(1, text.split('\n').findIndex((line) => line.trimStart().startsWith(`${key}:`)) + 1)

/** YAML through a strict schema. @param offset lines of the file above the first line of `yaml` */
function parseHeader<T>(file: string, yaml: string, offset: number, schema: z.ZodType<T>): T {
  const counter = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: counter, uniqueKeys: true })
  const broken = document.errors[0] ?? document.warnings[0]
  if (broken) {
    const line = offset + counter.linePos(broken.pos[0]).line
    throw new CorpusError(
      file,
      line,
      `the header is not YAML (${broken.message.split(/ at line|\n/, 1)[0]})`,
      'correct its indentation or quoting',
    )
  }
  const cut = cutValue(document)
  if (cut) {
    const line = offset + counter.linePos(cut.range![0]).line
    throw new CorpusError(
      file,
      line,
      `the value ends at " #${cut.comment!.slice(0, 20)}", which begins a comment`,
      'put the value in quotes',
    )
  }
  const parsed = schema.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  // The deepest part of the path that is really there: a missing key has no line of its own.
  let path = [...issue.path] as (string | number)[]
  let node = document.getIn(path, true) as { range?: [number, number, number] } | undefined
  while (!node?.range && path.length > 0) {
    path = path.slice(0, -1)
    node = document.getIn(path, true) as typeof node
  }
  const line = offset + (node?.range ? counter.linePos(node.range[0]).line : 1)
  throw new CorpusError(file, line, `${issue.path.join('.') || 'the header'}: ${issue.message}`, remedyFor(issue))
}

/** The first value with a comment behind it on its line: `Zed PR #10370` without quotes is `Zed PR` to YAML, and nobody would notice. */
function cutValue(document: Document.Parsed): Scalar.Parsed | undefined {
  let found: Scalar.Parsed | undefined
  visit(document, {
    Scalar: (_, node) => {
      if (!isScalar(node) || !node.comment || !node.range) return undefined
      found = node as Scalar.Parsed
      return visit.BREAK
    },
  })
  return found
}

function remedyFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'remove it or correct its spelling; the keys are listed in corpus/README.md'
  if (issue.code === 'invalid_type' && issue.input === undefined) return `add ${issue.path.join('.') || 'it'} to the header`
  return 'give a value of the form that corpus/README.md describes'
}

function runOf(run: RunHeader | undefined, base: FullLimits): RunOptions {
  const { calls, args, env, stdin, limits, policy, breach } = run ?? {}
  return {
    ...(calls && { calls: calls.map((step) => given(step) as CallStep) }),
    ...(args && { args }),
    ...(env && { env }),
    ...(stdin !== undefined && { stdin: new TextEncoder().encode(stdin) }),
    limits: { ...base, ...given(limits ?? {}) },
    ...(policy && { policy }),
    ...(breach?.script !== undefined && { breach: { layer: breach.layer, script: breach.script } }),
  }
}

/** The twin's run: its own, on top of the attack's if it inherits. Clocks are never taken over: a twin ends by itself, even where time is short. */
function twinRun(about: AttackHeader, twin: TwinHeader): RunOptions {
  if (!twin.inherit) return runOf(twin.run, DEFAULT_LIMITS)
  const { wallClockMs: _wall, cpuMs: _cpu, ...sizes } = about.run?.limits ?? {}
  return runOf(twinHeader(about, twin), { ...DEFAULT_LIMITS, ...given(sizes) })
}

const twinHeader = (about: AttackHeader, twin: TwinHeader): RunHeader | undefined =>
  twin.inherit ? { ...about.run, ...given(twin.run ?? {}), ...withScript(about, twin), limits: twin.run?.limits } : twin.run

const withScript = ({ run: attack }: AttackHeader, { run }: TwinHeader) =>
  run?.breach && { breach: { ...attack?.breach, ...given(run.breach) } as RunHeader['breach'] & object }

/** The run with the modules made that came before. */
async function withEarlier(file: string, text: string, header: RunHeader | undefined, run: RunOptions): Promise<RunOptions> {
  const { before, ...supply } = header?.supply ?? ({} as SupplyHeader)
  if (!header?.supply) return run
  const modules = await Promise.all(
    before?.map(async ({ recipe, parameters, wat, ...earlier }) => ({
      module: await make(file, text, { recipe, parameters, wat }),
      ...given(earlier),
    })) ?? [],
  )
  return { ...run, supply: { ...given(supply), ...(before && { before: modules }) } as RunOptions['supply'] & object }
}

/** A twin that inherits has the same around it, unless it says what is. */
const withSetting = (about: AttackHeader, twin: TwinHeader) =>
  twin.inherit && !twin.setting && about.setting ? { ...twin, setting: about.setting } : twin

function trial(
  bytes: Uint8Array,
  header: { expect: ExpectHeader; conditions?: AttackHeader['conditions']; setting?: AttackHeader['setting'] },
  run: RunOptions,
): Trial {
  const { expect, conditions, setting } = header
  return { bytes, run, expect: given(expect) as Expectation, ...(conditions && { conditions }), ...(setting && { setting }) }
}

/** Without the keys whose value is undefined, which must not hide a default. */
const given = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
