// What a stage is: a part of the plan that fills in its part of the record, and says how it ended.
import type { Result } from '../../reports/run-record.ts'
import type { Budget } from '../budget.ts'
import type { RunContext } from '../run-context.ts'

export interface StageEnding {
  readonly result: Result
  /** One sentence: what was done, or why it was not. */
  readonly reason: string
}

/** A stage handles what it can foresee; what it throws is a fault of the harness, and the run goes on with the next one. */
export type Stage = (context: RunContext, budget: Budget) => Promise<StageEnding>

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** How a stage ends of whose work the shard has nothing. */
export const NONE_IN_SHARD: StageEnding = { result: 'not-applicable', reason: 'none of it belongs to this shard' }
