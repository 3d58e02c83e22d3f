// What a code means, how it comes about and what to do: for every outcome, trap, refusal, errno, security event and error of the sandbox.
// The pages in docs/errors are made from this.

import type { Entry } from './explain/entry.ts'
import { ERRNO_ENTRIES } from './explain/errnos.ts'
import { ERROR_ENTRIES } from './explain/errors.ts'
import { EVENT_ENTRIES } from './explain/events.ts'
import { OUTCOME_ENTRIES } from './explain/outcomes.ts'
import { REFUSAL_ENTRIES } from './explain/refusals.ts'
import { TRAP_ENTRIES } from './explain/traps.ts'

const TABLES = {
  outcome: OUTCOME_ENTRIES,
  trap: TRAP_ENTRIES,
  refusal: REFUSAL_ENTRIES,
  errno: ERRNO_ENTRIES,
  event: EVENT_ENTRIES,
  error: ERROR_ENTRIES,
} as const
type Tables = typeof TABLES

/** The kinds of codes: `outcome` is that of a result, `trap` its trap; `refusal` the `code` of an event `module-refused`; `error` the name of an error. */
export type CodeKind = keyof Tables
/** A code: kind and name, such as `outcome/cpu-limit`, `errno/notcapable`, `error/PolicyError`. */
export type Code = { [K in CodeKind]: `${K}/${keyof Tables[K] & string}` }[CodeKind]

export interface Explanation extends Entry {
  readonly code: Code
}

// A Map, because a name can come from anywhere, `__proto__` included.
const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map(
  Object.entries(TABLES).flatMap(([kind, table]) =>
    Object.entries<Entry>(table).map(([name, entry]) => {
      const code = `${kind}/${name}` as Code
      return [code, Object.freeze({ code, ...entry, cause: Object.freeze([...entry.cause]) })] as const
    }),
  ),
)

/** Every code that there is, by kind. */
export const CODES: readonly Code[] = [...EXPLANATIONS.values()].map(({ code }) => code)

/** @returns null for a code that does not exist */
export function explain(code: Code): Explanation
export function explain(code: string): Explanation | null
export function explain(code: string): Explanation | null {
  return EXPLANATIONS.get(code) ?? null
}
