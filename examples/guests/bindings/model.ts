// The native namespace as binding writers see it: each parameter of the ABI table in the few shapes that languages have words for.
import {
  ABI,
  type AbiFunction,
  type AbiParameter,
  type AbiValueType,
  type HandleKind,
  LAYOUT_BYTES,
  NATIVE_MODULE,
} from '../../../src/sandbox/host/abi/index.ts'
import { HASHES, LOG_LEVELS, METRIC_KINDS, RECORD_TYPES, RESULT_STATUSES } from '../../../src/sandbox/host/abi/native.ts'
import { ERRNO, type ErrnoName } from '../../../src/sandbox/host/errno.ts'

/** Words of the type's name, and of each value's, in the order of their numbers. */
export interface Choice {
  readonly name: string
  readonly values: readonly string[]
}

export type Shape =
  /** Pointer to guest text or bytes; the length is the parameter after it. */
  | { readonly kind: 'text' | 'bytes' }
  | { readonly kind: 'length' }
  /** Pointer to room for bytes; its length and the pointer to the number of bytes that were used come after it. */
  | { readonly kind: 'room' }
  /** Pointer to where one value goes. */
  | { readonly kind: 'out'; readonly to: 'u32' | 'u64' | 'certificate'; readonly yields: HandleKind | null }
  | { readonly kind: 'handle' }
  | { readonly kind: 'choice'; readonly choice: Choice }
  | { readonly kind: 'number'; readonly type: AbiValueType }

export interface Parameter {
  readonly name: string
  readonly shape: Shape
}

export interface Call {
  readonly name: string
  readonly summary: string
  readonly parameters: readonly Parameter[]
}

const CHOICES: ReadonlyMap<readonly string[], string> = new Map<readonly string[], string>([
  [LOG_LEVELS, 'log level'],
  [METRIC_KINDS, 'metric kind'],
  [RESULT_STATUSES, 'result status'],
  [HASHES, 'hash'],
  [RECORD_TYPES, 'record type'],
])

export const choices: readonly Choice[] = [...CHOICES].map(([values, name]) => ({ name, values }))

function choiceOf(values: readonly string[]): Choice {
  const name = CHOICES.get(values)
  if (name === undefined) throw new Error(`the choice of ${values.join(', ')} has no name; give it one in CHOICES`)
  return { name, values }
}

function shapeOf({ name, type, meaning }: AbiParameter): Shape {
  switch (meaning.kind) {
    case 'fd':
      return { kind: 'handle' }
    case 'length':
      return { kind: 'length' }
    case 'enum':
      return { kind: 'choice', choice: choiceOf(meaning.values) }
    case 'value':
      return { kind: 'number', type }
    case 'pointer':
      if (meaning.to === 'u8' && meaning.direction === 'in') return { kind: meaning.content === 'bytes' ? 'bytes' : 'text' }
      if (meaning.to === 'u8') return { kind: 'room' }
      if (meaning.direction === 'out' && (meaning.to === 'u32' || meaning.to === 'u64' || meaning.to === 'certificate'))
        return { kind: 'out', to: meaning.to, yields: meaning.yields ?? null }
  }
  throw new Error(`the bindings have no words for the parameter ${name}, ${meaning.kind}`)
}

const native: readonly AbiFunction[] = ABI.filter((entry) => entry.module === NATIVE_MODULE)

// The emitters write the structure out by hand.
if (LAYOUT_BYTES.certificate !== 24) throw new Error('the layout of certificates has changed; change the bindings with it')

export const calls: readonly Call[] = native.map(({ name, summary, parameters }) => ({
  name,
  summary,
  parameters: parameters.map((parameter) => ({ name: parameter.name, shape: shapeOf(parameter) })),
}))

/** What the calls of the namespace can answer, by number. */
export const errnos: readonly { readonly name: ErrnoName; readonly number: number }[] = [
  ...new Set<ErrnoName>(['success', ...native.flatMap((entry) => entry.errnos)]),
]
  .map((name) => ({ name, number: ERRNO[name] }))
  .sort((a, b) => a.number - b.number)

export const NOTICE = [
  `The native namespace of the sandbox, "${NATIVE_MODULE}". Written by examples/guests/bindings.ts from the table of host calls; do not edit.`,
  'Every call answers an error number, 0 for success. Calls that fill a buffer write the size of the whole answer to the parameter after its',
  'length, and the answer only if all of it fits; http_body alone gives what there is, like a read.',
]

/** `log level`: LogLevel */
export const pascal = (name: string): string => words(name).map(capital).join('')
/** `timeout_ms`: timeoutMs */
export const camel = (name: string): string =>
  words(name)
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join('')
/** `sha-256`: SHA_256 */
export const upper = (name: string): string => words(name).join('_').toUpperCase()

const words = (name: string): string[] => name.split(/[ _-]/)
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
