// A finding's reproducer as one word, which is all that another machine needs: no report, no folder, no file.
//
//   case:NAME/TARGET                 a case of the corpus, on a target
//   generator:NAME@SEED#1a2b3c4d/TARGET   what a generator makes of a seed (or of 0x… bytes), if it still has that SHA-256
//   trial:…                          a trial with its module, its twin and its target
//   property:NAME@SEED               a property that does not hold, with the seed that refutes it
//   input:TARGET:…                   an input of a coverage-guided target
//
// Behind the last colon of `trial:` and `input:` stand compressed bytes in base64url: no shell, mail or ticket changes them.
import { createHash } from 'node:crypto'
import { basename, isAbsolute } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import type { Attack } from '../attacks/attack.ts'
import { formatTrial, parseTrial, type StoredTrial } from './trial-file.ts'

/** The word is not one of ours, or something is missing from it. */
export class PortableError extends Error {
  override readonly name = 'PortableError'
}

/** What a word stands for. */
export type Portable =
  | { readonly kind: 'case'; readonly id: string; readonly target: string | null }
  | {
      readonly kind: 'generated'
      readonly generator: string
      readonly from: GeneratedFrom
      /** Null in a word that somebody wrote by hand, like the target. */
      readonly digest: string | null
      readonly target: string | null
    }
  | { readonly kind: 'trial'; readonly stored: StoredTrial; readonly bytes: Uint8Array }
  | { readonly kind: 'property'; readonly property: string; readonly seed: number }
  | { readonly kind: 'input'; readonly target: string; readonly input: Uint8Array }
export type GeneratedFrom = { readonly seed: number } | { readonly bytes: Uint8Array }

/** Longer words are no help: a command line of Linux holds 131,072 bytes in one argument, and a report has many findings. */
export const MAX_PORTABLE = 60_000
/** What a word may unfold to: far above any trial, far below what would hurt (a word may come from anybody). */
const MAX_UNFOLDED = 64 * 2 ** 20

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 8)
const fold = (bytes: Uint8Array | string): string => deflateSync(bytes, { level: 9 }).toString('base64url')

function unfold(text: string): Buffer {
  try {
    // Beyond compression, the format has a checksum: a word of which a part was lost is never taken for another one.
    return inflateSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAX_UNFOLDED })
  } catch {
    throw new PortableError(
      'The long id of the finding is damaged: copy all of it, from "trial:" or "input:" to its last character.',
    )
  }
}

const short = (word: string): string | null => (word.length <= MAX_PORTABLE ? word : null)

/** An adapter lies elsewhere on another machine: there it has to be named. */
const placeless = (target: string): string => (isAbsolute(target) ? basename(target) : target)

/** The word for an attack that can be had again by its name; null if it would be too long to be of use. */
export function portableAttack({ id, origin, bytes }: Pick<Attack, 'id' | 'origin' | 'bytes'>, target: string): string | null {
  if (origin.kind === 'corpus') return `case:${id}/${placeless(target)}`
  const from = 'seed' in origin ? String(origin.seed) : `0x${origin.bytes}`
  return short(`generator:${origin.generator}@${from}#${digestOf(bytes)}/${placeless(target)}`)
}

/** Whether the bytes are those that the word was made for. */
export const isSame = (bytes: Uint8Array, digest: string): boolean => digestOf(bytes) === digest

/** The word for a trial; null if it would be too long to be of use. */
export function portableTrial(stored: StoredTrial, bytes: Uint8Array): string | null {
  const module = Buffer.from(bytes).toString('base64')
  const text = formatTrial({ ...stored, target: placeless(stored.target) })
  return short(`trial:${fold(JSON.stringify([JSON.parse(text), module]))}`)
}

export const portableProperty = (name: string, seed: number): string => `property:${name}@${seed}`

export const portableInput = (target: string, input: Uint8Array): string | null => short(`input:${target}:${fold(input)}`)

/** @returns null if it is no such word at all @throws {PortableError} if it is one that cannot be read */
export function readPortable(word: string): Portable | null {
  const kind = /^(case|generator|trial|property|input):/.exec(word)?.[1]
  const rest = word.slice((kind?.length ?? 0) + 1)
  if (kind === 'case') return caseOf(rest)
  if (kind === 'generator') return generatedOf(rest)
  if (kind === 'trial') return trialOf(unfold(rest).toString('utf8'))
  if (kind === 'property') return propertyOf(rest)
  if (kind === 'input') return inputOf(rest)
  return null
}

const wrong = (what: string, example: string): PortableError =>
  new PortableError(`${JSON.stringify(what.slice(0, 80))} is not understood; write ${example}.`)

function caseOf(rest: string): Portable {
  const match = /^([\w-]+)(?:\/([\w.:-]+))?$/.exec(rest)
  if (!match) throw wrong(`case:${rest}`, 'case:NAME/TARGET, such as case:LNK-01-constructor-constructor/bare')
  return { kind: 'case', id: match[1]!, target: match[2] ?? null }
}

function generatedOf(rest: string): Portable {
  const match = /^([\w-]+)@(?:(\d{1,10})|0x((?:[0-9a-f]{2})*))(?:#([0-9a-f]{8}))?(?:\/([\w.:-]+))?$/.exec(rest)
  if (!match) throw wrong(`generator:${rest}`, 'generator:NAME@SEED, such as generator:prototype-keys@17')
  const [, generator = '', seed, hex = '', digest = null, target = null] = match
  const from = seed === undefined ? { bytes: Uint8Array.from(Buffer.from(hex, 'hex')) } : { seed: Number(seed) }
  return { kind: 'generated', generator, from, digest, target }
}

function propertyOf(rest: string): Portable {
  const match = /^([\w-]+)@(\d{1,10})$/.exec(rest)
  if (!match) throw wrong(`property:${rest}`, 'property:NAME@SEED, such as property:host-calls@17')
  return { kind: 'property', property: match[1]!, seed: Number(match[2]) }
}

function inputOf(rest: string): Portable {
  const match = /^([\w-]+):([\w-]*)$/.exec(rest)
  if (!match) throw wrong(`input:${rest}`, 'input:TARGET: and the input as a report has it')
  return { kind: 'input', target: match[1]!, input: Uint8Array.from(unfold(match[2]!)) }
}

function trialOf(text: string): Portable {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    whole = null
  }
  if (!Array.isArray(whole) || whole.length !== 2 || typeof whole[1] !== 'string')
    throw new PortableError(
      'The long id of the finding holds no trial: it was made by another version of the project, or by hand.',
    )
  const stored = parseTrial(JSON.stringify(whole[0]), 'the long id of the finding')
  return { kind: 'trial', stored, bytes: Uint8Array.from(Buffer.from(whole[1], 'base64')) }
}
