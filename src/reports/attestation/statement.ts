// The statement that is signed (in-toto Statement v1): which files it is about, and what the run says of them.
import { z } from 'zod'
import { isForeign } from '../evidence/subject.ts'
import type { RunRecord } from '../run-record.ts'
import { PREDICATE_TYPE, predicateOf } from './predicate.ts'

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** The name of the subject that is the sandbox's files: `dirHash` is the digest of the folder that they are in. */
const SANDBOX = 'wasm-gauntlet sandbox'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const file = z.strictObject({ name: z.string().min(1), digest: z.strictObject({ sha256 }) })
const sandbox = z.strictObject({ name: z.literal(SANDBOX), digest: z.strictObject({ dirHash: sha256 }) })

export const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.union([sandbox, file])).min(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    result: z.enum(['PASSED', 'WARNED', 'FAILED']),
    configuration: z
      .array(
        z.strictObject({
          name: z.string(),
          mediaType: z.string().optional(),
          digest: z.strictObject({ sha256 }),
          annotations: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
        }),
      )
      .min(1),
    passedTests: z.array(z.string()),
    warnedTests: z.array(z.string()),
    failedTests: z.array(z.string()),
  }),
})
export type Statement = z.infer<typeof statementSchema>

/**
 * @param files SHA-256 by name in the run's directory; report.json is among them
 * @returns the same text for the same record and files: no time and nothing random is in it
 */
export function statementText(record: RunRecord, files: ReadonlyMap<string, string>): string {
  return JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [
      ...sandboxSubject(record),
      ...[...files].map(([name, digest]) => ({ name, digest: { sha256: digest } })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ],
    predicateType: PREDICATE_TYPE,
    predicate: predicateOf(record, files.get('report.json')!),
  })
}

/** A run against somebody else's host says nothing of our sandbox. */
function sandboxSubject(record: RunRecord): Statement['subject'] {
  const { sandbox: digest } = record.project
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest) || isForeign(record)) return []
  return [{ name: SANDBOX, digest: { dirHash: digest } }]
}

/** The files of a statement, by name. */
export function filesOf({ subject }: Statement): Map<string, string> {
  return new Map(subject.flatMap(({ name, digest }) => ('sha256' in digest ? [[name, digest.sha256] as const] : [])))
}

/** The digest of the sandbox's files; null if the statement is not about it. */
export function sandboxOf({ subject }: Statement): string | null {
  return subject.flatMap(({ digest }) => ('dirHash' in digest ? [digest.dirHash] : []))[0] ?? null
}
