// Writes a corpus case, which src/attacks/corpus.ts reads: as WebAssembly text where that says all of the modules, else with their bytes.
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { assemble } from './assemble.ts'
import type { Attack, RunOptions, Trial } from './attack.ts'
import { readCase } from './corpus.ts'
import { DEFAULT_LIMITS } from './limits.ts'

/** A trial that no corpus file can hold; the message says what of it. */
export class CaseTextError extends Error {
  override readonly name = 'CaseTextError'
}

export interface CaseSource {
  /** Id of the case: its main threat, a dash, words. */
  readonly id: string
  readonly title: string
  readonly threats: readonly string[]
  readonly provenance: string
  readonly notices: string
  readonly attack: Trial
  readonly twin: Trial
}

export interface CaseText {
  /** Name of the file. */
  readonly file: string
  readonly text: string
  /** What a reader makes of it. */
  readonly attack: Attack
}

/** Largest modules together, in bytes: a case is for people to read. */
const MAX_BYTES = 65_536
/** Longest title that a header may have, in characters. */
const MAX_TITLE = 160

/**
 * @param textOf WebAssembly text of a module; null if there is none. It is taken only if it assembles to the same bytes.
 * @throws {CaseTextError} if the case cannot be written, or would not be read as it is
 */
export async function caseText(source: CaseSource, textOf: (bytes: Uint8Array) => Promise<string | null>): Promise<CaseText> {
  const { id, attack, twin } = source
  if (attack.bytes.length + twin.bytes.length > MAX_BYTES) {
    throw new CaseTextError(
      `The modules have ${attack.bytes.length + twin.bytes.length} bytes, and a case at most ${MAX_BYTES}; write a recipe for them (src/attacks/recipes)`,
    )
  }
  const wat = await exactText(attack.bytes, textOf)
  const twinWat = await exactText(twin.bytes, textOf)
  const asText = wat !== null && twinWat !== null
  const file = `${id}.${asText ? 'wat' : 'yaml'}`
  const text = asText ? watFile(source, wat, twinWat) : recipeFile(source)
  const read = await readCase(`corpus/${file}`, text)
  if (!isSame(read, attack) || !isSame(read.twin, twin))
    throw new CaseTextError('The case would be read as another one than the finding; write it by hand')
  return { file, text, attack: read }
}

async function exactText(bytes: Uint8Array, textOf: (bytes: Uint8Array) => Promise<string | null>): Promise<string | null> {
  const text = await textOf(bytes)
  if (text === null) return null
  try {
    return Buffer.from(await assemble(text)).equals(bytes) ? text.trimEnd() : null
  } catch {
    return null
  }
}

/** Limits are filled in when a case is read, so they are compared as they are in force. */
function isSame(one: Trial, other: Trial): boolean {
  const plain = ({ bytes, run, expect, conditions, setting }: Trial) => ({
    bytes: Buffer.from(bytes).toString('hex'),
    run: { ...run, limits: { ...DEFAULT_LIMITS, ...run.limits } },
    expect,
    conditions: conditions ?? [],
    setting: setting ?? null,
  })
  return isDeepStrictEqual(plain(one), plain(other))
}

const ONE_LINE = { collectionStyle: 'flow', lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const

/** A header is lines, one for each key. What is not plain ASCII is escaped, because attacks are full of text that looks like something else (OUT-03). */
function onOneLine(value: unknown): string {
  const yaml = stringify(value, ONE_LINE).trimEnd()
  if (/^[ -~]*$/.test(yaml)) return yaml
  return JSON.stringify(value).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function watFile(source: CaseSource, wat: string, twinWat: string): string {
  const header = (values: object): string[] => Object.entries(values).map(([key, value]) => `;;! ${key}: ${onOneLine(value)}`)
  return `${[...header(about(source)), wat, ';;! --- twin', ...header(circumstances(source.twin)), twinWat].join('\n')}\n`
}

function recipeFile(source: CaseSource): string {
  const bytes = (trial: Trial) => ({ recipe: 'bytes', parameters: { hex: Buffer.from(trial.bytes).toString('hex') } })
  const { expect, ...rest } = about(source)
  return stringify(
    { ...rest, ...bytes(source.attack), expect, twin: { ...bytes(source.twin), ...circumstances(source.twin) } },
    { lineWidth: 0 },
  )
}

const about = ({ title, threats, provenance, notices, attack }: CaseSource) => ({
  title: title.slice(0, MAX_TITLE),
  threats: [...threats],
  provenance,
  notices,
  ...(!WebAssembly.validate(Uint8Array.from(attack.bytes)) && { valid: false }),
  ...circumstances(attack),
})

/** All of a trial but its bytes, as a header has it. */
function circumstances({ run, expect, conditions, setting }: Trial) {
  const header = runHeader(run)
  return {
    ...(Object.keys(header).length > 0 && { run: header }),
    ...(conditions?.length && { conditions: [...conditions] }),
    ...(setting && { setting }),
    expect,
  }
}

function runHeader({ calls, args, env, stdin, limits, policy, breach, supply }: RunOptions): Record<string, unknown> {
  if (supply?.before)
    throw new CaseTextError('Modules came before that of the finding, which need recipes of their own; write the case by hand')
  const own = Object.entries(limits ?? {}).filter(
    ([name, value]) => DEFAULT_LIMITS[name as keyof typeof DEFAULT_LIMITS] !== value,
  )
  return {
    ...(calls && { calls: calls.map((step) => ({ ...step, ...(step.args && { args: step.args.map(argument) }) })) }),
    ...(args && { args }),
    ...(env && { env }),
    ...(stdin && { stdin: asText(stdin) }),
    ...(own.length > 0 && { limits: Object.fromEntries(own) }),
    ...(policy !== undefined && { policy }),
    ...(supply && { supply }),
    ...(breach && { breach }),
  }
}

function argument(value: number | bigint): number | string {
  if (typeof value === 'bigint') return `${value}n`
  if (Number.isFinite(value)) return value
  throw new CaseTextError(`The argument ${value} cannot stand in a case; write one whose module has it`)
}

function asText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (Buffer.from(text).equals(bytes)) return text
  throw new CaseTextError('Standard input is no UTF-8 text, which is all that a case can hold; write one whose module makes it')
}
