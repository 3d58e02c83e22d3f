// Whether an index is one that this project wrote. It travels in caches that other jobs write to: a trigger in it would run with every run, a view without an
// end would be read for ever, and a line of something else would make a report that nothing accepts.
import { z } from 'zod'
import { pastRun } from '../../reports/record/over-time.ts'
import { EVIDENCE_KINDS } from '../../reports/record/states.ts'
import { findingRecord } from '../../reports/record/tried.ts'
import type { Database, DatabaseKind } from '../../sandbox/store/database.ts'
import { storeError } from '../../sandbox/store/store-error.ts'

/** As `OpenFinding`. */
const openFinding = z.strictObject({
  ...findingRecord.pick({
    id: true,
    title: true,
    severity: true,
    threat: true,
    target: true,
    own: true,
    source: true,
    replay: true,
  }).shape,
  flaky: z.boolean(),
  shownBy: z.array(z.string()),
})

const SCHEMA = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'
const TEXTS: readonly (readonly [query: string, schema: z.ZodType])[] = [
  ['SELECT line AS text FROM runs', pastRun],
  ['SELECT about AS text FROM findings', openFinding],
  ['SELECT about AS text FROM alerted', openFinding],
  ['SELECT json_quote(tested_from) AS text FROM runs', z.enum(['evidence', 'lists'])],
  ['SELECT DISTINCT json_quote(kind) AS text FROM evidence', z.enum(EVIDENCE_KINDS)],
]

/** @throws {StoreError} `corrupt` if there is anything in it that no version wrote */
export function examineIndex(database: Database, kind: DatabaseKind): void {
  const damaged = (what: string) => storeError('corrupt', database.path, new Error(what))
  const found = database.guard(() => database.prepare(SCHEMA).all())
  // Before anything is asked of a table: it may be a view.
  if (JSON.stringify(found) !== JSON.stringify(schemaOf(kind))) throw damaged('its tables are not those of an index')
  for (const [query, schema] of TEXTS)
    for (const { text } of database.guard(() => database.prepare(query).all()))
      if (!schema.safeParse(jsonOf(String(text))).success) throw damaged(`what "${query}" gives is not what was written`)
}

function schemaOf({ migrations }: DatabaseKind): unknown {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const fresh = new DatabaseSync(':memory:')
  try {
    for (const migration of migrations) fresh.exec(migration)
    return fresh.prepare(SCHEMA).all()
  } finally {
    fresh.close()
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
