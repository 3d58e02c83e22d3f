// summary.json: a run in a few lines, for whatever posts it. `notify` is what is worth an alert; where it is empty, nothing should be sent.
import { z } from 'zod'
import type { FindingRecord, RunRecord } from '../run-record.ts'
import { summarise } from '../summary.ts'
import { findingLine, lineOf } from './finding-line.ts'
import { subjectOf } from './subject.ts'

export const RUN_SUMMARY_FILE = 'summary.json'
/** Raised when a field changes its meaning or goes away; new optional fields do not raise it. */
export const RUN_SUMMARY_VERSION = 1

export const runSummarySchema = z.strictObject({
  schemaVersion: z.literal(RUN_SUMMARY_VERSION),
  run: z.string(),
  command: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  project: z.strictObject({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  /** The targets that the verdict is about. */
  subject: z.array(z.string()),
  completion: z.enum(['complete', 'interrupted', 'fault']),
  completionReason: z.string(),
  exitCode: z.number().int(),
  /** The verdict in one sentence. */
  verdict: z.string(),
  /** Name of the run that the counts are against; null if there was none, and then every finding counts as new. */
  against: z.string().nullable(),
  /** Of those that decide the exit code only. `unknown`: open before, and not tested again. */
  findings: z.strictObject({
    new: z.number().int(),
    still: z.number().int(),
    fixed: z.number().int(),
    unknown: z.number().int(),
  }),
  newFindings: z.array(findingLine),
  /** Findings of which nobody was told since they appeared, or came back; one that an accepted risk covers is not among them. */
  notify: z.array(findingLine),
  /** Threats for which nothing was run, and evidence that the earlier run had and this one has not. */
  notRun: z.number().int(),
  noLongerTested: z.number().int(),
  /** Files in the run's directory. */
  files: z.array(z.string()),
})

export type RunSummary = z.infer<typeof runSummarySchema>

export interface SummaryFacts {
  /** Whether a finding decides the exit code, rather than shows that the attacks bite. */
  readonly decides: (finding: FindingRecord) => boolean
  /** Ids of the findings that are worth an alert. */
  readonly notify: ReadonlySet<string>
  /** Ids of findings of that kind that were open before, as `changes` has others too; null if that is not known. */
  readonly openBefore: ReadonlySet<string> | null
  readonly files: readonly string[]
}

export function runSummary(record: RunRecord, { decides, notify, openBefore, files }: SummaryFacts): RunSummary {
  const about = record.findings.filter(decides)
  const { changes } = record
  const isNew = ({ id }: FindingRecord): boolean => !changes || changes.new.includes(id)
  const deciding = (ids: readonly string[] = []): number => ids.filter((id) => openBefore?.has(id) ?? true).length
  const newFindings = about.filter(isNew)
  return {
    schemaVersion: RUN_SUMMARY_VERSION,
    run: record.run,
    command: record.command,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    project: { name: record.project.name, version: record.project.version, commit: record.project.commit },
    subject: [...subjectOf(record)],
    completion: record.completion,
    completionReason: record.completionReason,
    exitCode: record.exitCode,
    verdict: summarise(record).headline,
    against: changes?.against ?? null,
    findings: {
      new: newFindings.length,
      still: about.length - newFindings.length,
      fixed: deciding(changes?.fixed),
      unknown: deciding(changes?.unknown),
    },
    newFindings: newFindings.map(lineOf),
    notify: about.filter(({ id }) => notify.has(id)).map(lineOf),
    notRun: record.threats.filter(({ result }) => result === 'not-run').length,
    noLongerTested: changes?.noLongerTested.length ?? 0,
    files: [...files],
  }
}

/** The text of docs/summary.schema.json: JSON Schema, draft 2020-12. */
export function summarySchemaText(): string {
  const schema = z.toJSONSchema(runSummarySchema, { target: 'draft-2020-12' }) as Record<string, unknown>
  const named = {
    ...schema,
    $id: `urn:wasm-gauntlet:summary:${RUN_SUMMARY_VERSION}`,
    title: `wasm-gauntlet run summary, version ${RUN_SUMMARY_VERSION}`,
  }
  return `${JSON.stringify(named, null, 2)}\n`
}
