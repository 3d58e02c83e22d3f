// Makes what a target returned, or threw, into plain data that can cross to the parent: bounded, and without running a foreign getter twice.
import type { TargetResult } from '../targets/target.ts'
import { describeThrown as failureOf, topFunction } from './engines/finding-key.ts'

export interface Outcome {
  readonly result: TargetResult | null
  readonly threw: string | null
}

/** Output kept beyond the trial's limit, in bytes, so that the resource oracle sees that there was more. */
const OUTPUT_MARGIN = 1024 * 1024
/** A message is cut here; the verdict oracle objects to far less. */
const MAX_TEXT = 65_536
/** More than the events of one run of ours can be, 1,500 of the jail and 2,000 of the broker: the one that a case waits for may be the last. */
const MAX_TEXTS = 4_000

const cut = (text: unknown): string => String(text).slice(0, MAX_TEXT)
const texts = (value: unknown): string[] | null => (Array.isArray(value) ? value.slice(0, MAX_TEXTS).map(cut) : null)

/** A copy, cut: the target may hand out a view of guest memory, or of memory shared with another thread. */
function bytesOf(value: unknown, limit: number): Uint8Array | null {
  return value instanceof Uint8Array ? Uint8Array.from(value.subarray(0, limit)) : null
}

/** Class name and message of anything that can be thrown. */
export function describeThrown(error: unknown): string {
  try {
    if (error instanceof Error) return cut(`${error.name}: ${error.message}`)
    return cut(`a ${typeof error} was thrown: ${String(error)}`)
  } catch {
    return 'a value was thrown that cannot be turned into text'
  }
}

/** The same with the function that threw it, where that is known: two bugs may say the same. */
export function describeThrownIn(error: unknown): string {
  const place = topFunction(failureOf(error).stack)
  return place === '' ? describeThrown(error) : `${describeThrown(error)} (thrown by ${place})`
}

/** @param outputLimit the trial's limit on output, in bytes */
export function toOutcome(value: unknown, outputLimit: number): Outcome {
  try {
    const given = value as Partial<Record<keyof TargetResult, unknown>> | null | undefined
    const stdout = bytesOf(given?.stdout, outputLimit + OUTPUT_MARGIN)
    const stderr = bytesOf(given?.stderr, outputLimit + OUTPUT_MARGIN)
    const messages = texts(given?.messages)
    const values = texts(given?.values)
    const events = texts(given?.events)
    const exitCode = given?.exitCode ?? null
    const audit = given?.audit === undefined ? undefined : texts(given.audit)
    const complete = stdout && stderr && messages && values && events && (exitCode === null || typeof exitCode === 'number')
    if (!complete || audit === null || typeof given?.outcome !== 'string') {
      return { result: null, threw: 'TypeError: the target returned something that is not a TargetResult' }
    }
    const outcome = cut(given.outcome) as TargetResult['outcome']
    const result = { outcome, detail: cut(given.detail), messages, stdout, stderr, exitCode, values, events }
    const killMs = typeof given.killMs === 'number' ? { killMs: given.killMs } : {}
    const inapplicable = typeof given.inapplicable === 'string' ? { inapplicable: cut(given.inapplicable) } : {}
    return { result: { ...result, ...(audit && { audit }), ...killMs, ...inapplicable }, threw: null }
  } catch (error) {
    return { result: null, threw: `reading the target’s result threw: ${describeThrown(error)}` }
  }
}
