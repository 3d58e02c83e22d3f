// Questions to the result store, as SQL. Every value is a parameter; the text is made of fixed parts only.
import { UsageError } from '../errors.ts'
import type { ProbeStatus } from '../probe-record.ts'
import type { Outcome } from '../result.ts'

export interface ResultQuery {
  /** SHA-256, hexadecimal. */
  readonly module?: string | undefined
  /** First moment, inclusive, and last, exclusive; milliseconds since the Unix epoch. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly outcome?: Outcome | undefined
  /** What the probe reported. */
  readonly status?: ProbeStatus | undefined
  /** Records in an answer; the default is 100, the most 1000. */
  readonly limit?: number | undefined
  /** `next` of the answer before. */
  readonly cursor?: string | undefined
}

export const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 100

export interface Question {
  readonly sql: string
  readonly parameters: Record<string, string | number>
  readonly limit: number
}

/** Newest first; of one moment, the last to come first. @throws {UsageError} */
export function question(query: ResultQuery): Question {
  const { module, from, to, outcome, status, cursor, limit = DEFAULT_LIMIT } = query
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new UsageError(`The limit of a query must be a whole number from 1 to ${MAX_LIMIT}.`)
  const conditions: string[] = []
  const parameters: Record<string, string | number> = {}
  const where = (name: string, condition: string, value: string | number | undefined) => {
    if (value === undefined) return
    conditions.push(condition)
    parameters[name] = value
  }
  where('module', 'module = :module', module)
  where('from', 'time >= :from', from)
  where('to', 'time < :to', to)
  where('outcome', 'outcome = :outcome', outcome)
  where('status', 'status = :status', status)
  if (cursor !== undefined) {
    const place = readCursor(cursor)
    conditions.push('(time, id) < (:time, :id)')
    parameters['time'] = place.time
    parameters['id'] = place.id
  }
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')} ` : ''
  // One more than asked for tells whether there are more.
  parameters['limit'] = limit + 1
  return { sql: `SELECT * FROM executions ${filter}ORDER BY time DESC, id DESC LIMIT :limit`, parameters, limit }
}

/** The place of a record in that order: what comes next is found however much has been added or removed since. */
export const cursorAt = ({ time, id }: { readonly time: number; readonly id: number }): string => `${time}.${id}`

function readCursor(cursor: string): { time: number; id: number } {
  const [, time = '', id = ''] = /^(\d{1,16})\.(\d{1,16})$/.exec(cursor) ?? []
  if (id === '') throw new UsageError('The cursor is none; pass what a query gave as next.')
  return { time: Number(time), id: Number(id) }
}
