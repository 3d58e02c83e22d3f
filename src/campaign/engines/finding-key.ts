// Says when two findings of a coverage-guided run are the same bug. Shared by the fuzzing process and its parent, so it imports nothing.

/** How a run of the target ended badly. `throw` is everything thrown; the others end the process. */
export type FindingKind = 'throw' | 'exit' | 'timeout' | 'out-of-memory' | 'abort' | 'signal' | 'killed'

export interface Failure {
  readonly kind: FindingKind
  /** One line or a few: the error's name and message, or what the engine said. Bounded by MAXIMUM_MESSAGE. */
  readonly message: string
  /** Stack frames, innermost first, without those of the fuzzing machinery; empty where there is no JavaScript stack. */
  readonly stack: readonly string[]
}

/** Characters of a message and frames of a stack that are kept: the text may be a guest's, and is written into reports. */
export const MAXIMUM_MESSAGE = 2_000
const MAXIMUM_FRAMES = 50
const MAXIMUM_FRAME = 500

const NAME = /^[\w$.#<>[\] ]{1,200}$/

/** Frames of jazzer.js, of the generated entry module, and of the journal, which surround every call of a target. */
const MACHINERY = /[\\/]@jazzer\.js[\\/]|[\\/]gauntlet-entry\.mjs|[\\/]campaign[\\/]engines[\\/]journal\.[jt]s|\(?node:internal\//

/** A property of a thrown value, which may be a proxy or have throwing accessors. */
function textOf(read: () => unknown): string {
  try {
    const value = read()
    return typeof value === 'string' ? value : ''
  } catch {
    return ''
  }
}

/** The frames of a stack trace: trimmed, bounded, without the fuzzing machinery's. */
export function framesOf(stack: string): string[] {
  const frames: string[] = []
  for (const line of stack.split('\n')) {
    const frame = line.trim()
    if (!frame.startsWith('at ') || MACHINERY.test(frame)) continue
    frames.push(frame.slice(0, MAXIMUM_FRAME))
    if (frames.length === MAXIMUM_FRAMES) break
  }
  return frames
}

/** Describes anything that a target may throw. Never throws itself, whatever the value does when it is looked at. */
export function describeThrown(thrown: unknown): Failure {
  if (typeof thrown === 'object' && thrown !== null) {
    const error = thrown as { name?: unknown; message?: unknown; stack?: unknown }
    const name = textOf(() => error.name) || 'thrown object'
    const message = textOf(() => error.message)
    const text = message === '' ? name : `${name}: ${message}`
    return { kind: 'throw', message: text.slice(0, MAXIMUM_MESSAGE), stack: framesOf(textOf(() => error.stack)) }
  }
  const text = typeof thrown === 'function' ? 'thrown function' : `thrown ${typeof thrown}: ${String(thrown)}`
  return { kind: 'throw', message: text.slice(0, MAXIMUM_MESSAGE), stack: [] }
}

/**
 * The innermost function of a stack and its file, without line and column: jazzer.js does not map the positions of ES modules back, and
 * an unrelated edit must not make an old bug look new.
 */
export function topFunction(stack: readonly string[]): string {
  const [frame] = stack
  if (frame === undefined) return ''
  const place = frame.replace(/^at (?:async )?/, '')
  const named = /^(.*) \((.*)\)$/.exec(place)
  const name = named?.[1] !== undefined && NAME.test(named[1]) ? named[1] : '<anonymous>'
  const file = (named?.[2] ?? place).replace(/(?::\d+){1,2}$/, '')
  return `${name} in ${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}`
}

/** Two failures with equal keys count as one finding. Numbers in messages (offsets, sizes, ids) do not tell bugs apart. */
export function findingKey(failure: Failure): string {
  const message = failure.message.replace(/0x[0-9a-f]+|\d+/gi, '#')
  return `${failure.kind}|${message}|${topFunction(failure.stack)}`
}
