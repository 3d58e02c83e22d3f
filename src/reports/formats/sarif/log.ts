// One SARIF log with one run: what both logs say of the tool, of the run, and of what is missing in them.
import type { Log, Notification, ReportingDescriptor, Result, ToolComponent } from 'sarif'
import type { RunRecord } from '../../run-record.ts'
import { summarise } from '../../summary.ts'
import { message, plain, time } from './text.ts'

export type Note = readonly [level: NonNullable<Notification['level']>, text: string]

export interface LogParts {
  /** Tells the two logs of one run apart, wherever both are uploaded. */
  readonly category: string
  readonly rules: ReportingDescriptor[]
  readonly results: Result[]
  readonly notes: readonly Note[]
  readonly taxonomies?: ToolComponent[]
}

export function sarifLog(record: RunRecord, { category, rules, results, notes, taxonomies }: LogParts): Log {
  const { project } = record
  const driver: ToolComponent = {
    name: project.name,
    version: project.version,
    rules,
    ...(taxonomies === undefined
      ? {}
      : {
          supportedTaxonomies: taxonomies.map(({ name, guid }, index) => ({
            name,
            index,
            ...(guid === undefined ? {} : { guid }),
          })),
        }),
  }
  const notifications = [...notesOfRun(record), ...notes].map(([level, text]) => ({ level, message: { text: message(text) } }))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        automationDetails: { id: category },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: record.completion === 'complete' && record.faults.length === 0,
            exitCode: record.exitCode,
            commandLine: plain(record.command),
            ...time('startTimeUtc', record.startedAt),
            ...time('endTimeUtc', record.finishedAt),
            ...(notifications.length > 0 ? { toolExecutionNotifications: notifications } : {}),
          },
        ],
        results,
        ...(taxonomies === undefined ? {} : { taxonomies }),
        properties: { run: record.run, seed: record.seed, completion: record.completion },
      },
    ],
  }
}

function notesOfRun(record: RunRecord): Note[] {
  const { alarm } = summarise(record)
  return [
    ...record.faults.map((fault): Note => ['error', `Fault of the gauntlet: ${fault}`]),
    ...(alarm === null ? [] : [['error', alarm] as const]),
  ]
}
