// The words for results, in one place, so that every format says the same.
import type { FindingRecord, Result, TrialRecord, WeakeningRecord } from './run-record.ts'

/** The order in which results are listed: what needs a person first. */
export const RESULT_ORDER = [
  'failed',
  'needs-review',
  'unknown',
  'not-run',
  'not-applicable',
  'passed',
] as const satisfies readonly Result[]

/** A list in that order; what has the same result stays in the order it had. */
export function urgentFirst<T extends { readonly result: Result }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => RESULT_ORDER.indexOf(a.result) - RESULT_ORDER.indexOf(b.result))
}

export const RESULT_WORD: Readonly<Record<Result, string>> = {
  passed: 'passed',
  failed: 'failed',
  'needs-review': 'needs review',
  'not-run': 'not run',
  'not-applicable': 'not applicable',
  unknown: 'unknown',
}

/** Gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const satisfies readonly FindingRecord['severity'][]

/** How a verdict on an attack is shown among the six results. */
export const VERDICT_RESULT: Readonly<Record<TrialRecord['verdict'], Result>> = {
  contained: 'passed',
  violated: 'failed',
  inconclusive: 'needs-review',
}

/** The words for a twin: it is no attack, so it is allowed or not. */
export const TWIN_WORD: Readonly<Record<TrialRecord['verdict'], string>> = {
  contained: 'allowed',
  violated: 'not allowed',
  inconclusive: 'undecided',
}

export const WEAKENING_RESULT: Readonly<Record<WeakeningRecord['result'], Result>> = {
  detected: 'passed',
  missed: 'failed',
  'not-run': 'not-run',
  broken: 'needs-review',
}

/** `1 attack`, `2 attacks`, `1,000 attacks`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Duration for people, from milliseconds. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1_000)
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Size for people, in binary units. */
export function bytes(size: number): string {
  if (size < 1_024) return `${size} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = size
  let unit = -1
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024
    unit++
  }
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
