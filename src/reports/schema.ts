// The JSON Schema of report.json, generated from the run record, for those who read reports with other tools.
import { z } from 'zod'
import { RUN_RECORD_VERSION, runRecordSchema } from './run-record.ts'

/** JSON Schema (draft 2020-12) of the run record. */
export function reportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(runRecordSchema, { target: 'draft-2020-12' }) as Record<string, unknown>
  return {
    ...schema,
    $id: `urn:wasm-gauntlet:report:${RUN_RECORD_VERSION}`,
    title: `wasm-gauntlet run record, version ${RUN_RECORD_VERSION}`,
  }
}

/** The text of docs/report.schema.json. */
export function reportSchemaText(): string {
  return `${JSON.stringify(reportJsonSchema(), null, 2)}\n`
}
