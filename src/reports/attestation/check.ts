// Whether what an attestation says is so: a good signature only says that somebody has said it.
import { createHash } from 'node:crypto'
import { jsonOf, REPORT_FILE, readRecord } from '../read-record.ts'
import { digestOf, reportNames } from './files.ts'
import { filesOf, type Statement, sandboxOf, statementSchema, statementText } from './statement.ts'

export interface ContentCheck {
  /** One sentence each; empty if everything is as it was said. */
  readonly problems: readonly string[]
  /** Null if the payload is no statement of ours. */
  readonly statement: Statement | null
}

/**
 * @param payload of the envelope, whose signatures have been checked
 * @param directory of the run
 * @param report bytes of its report.json; they are judged, and not read a second time
 */
export async function checkContent(payload: Uint8Array, directory: string, report: Uint8Array): Promise<ContentCheck> {
  const statement = statementOf(payload)
  if (statement === null)
    return { problems: ['What is signed is no statement about a run, or one of another version.'], statement }
  const files = filesOf(statement)
  const problems = [...(await changedFiles(directory, files, report)), ...(await unattested(directory, files))]
  // What an altered report says is of no interest.
  if (problems.length > 0) return { problems, statement }
  return { problems: followsFrom(report, statement, payload), statement }
}

function statementOf(payload: Uint8Array): Statement | null {
  return statementSchema.safeParse(jsonOf(payload)).data ?? null
}

async function changedFiles(directory: string, files: ReadonlyMap<string, string>, report: Uint8Array): Promise<string[]> {
  if (!files.has(REPORT_FILE)) return ['The attestation is not about report.json.']
  const problems: string[] = []
  for (const [name, expected] of files) {
    const digest = name === REPORT_FILE ? createHash('sha256').update(report).digest('hex') : await digestOf(directory, name)
    if (digest === null) problems.push(`${JSON.stringify(name)} is not there any more.`)
    else if (digest !== expected) problems.push(`${JSON.stringify(name)} is not what was signed.`)
  }
  return problems
}

/** A file that somebody has laid beside the reports would be read as one of them. */
async function unattested(directory: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const names = await reportNames(directory)
  return names.filter((name) => !files.has(name)).map((name) => `${JSON.stringify(name)} is in the directory and was not signed.`)
}

function followsFrom(report: Uint8Array, statement: Statement, payload: Uint8Array): string[] {
  const read = readRecord(report)
  if ('problem' in read) return [`${REPORT_FILE} ${read.problem}; nothing follows from it.`]
  const text = statementText(read.record, filesOf(statement))
  const expected = statementSchema.parse(JSON.parse(text))
  if (expected.predicate.result !== statement.predicate.result)
    return [`The attestation says ${statement.predicate.result}, and ${expected.predicate.result} follows from report.json.`]
  if (sandboxOf(expected) !== sandboxOf(statement))
    return ['The attestation is about another sandbox than the one that report.json is about.']
  // Byte for byte: a key that is there twice, or one that our parser drops, is not the same to every reader.
  return Buffer.from(text).equals(payload) ? [] : ['What the attestation says of the run does not follow from report.json.']
}
