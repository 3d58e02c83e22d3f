// `gauntlet audit verify` and `gauntlet audit show`: whether a log is what was written, and what is in it.
import type { KeyObject } from 'node:crypto'
import { basename } from 'node:path'
import { visible, visibleJson } from '../reports/visible.ts'
import { readAnchor } from '../sandbox/audit/anchor.ts'
import { DISK } from '../sandbox/audit/disk.ts'
import { findSegments } from '../sandbox/audit/files.ts'
import { verifyingKey } from '../sandbox/audit/key.ts'
import { LineError, type ParsedLine, parseLine } from '../sandbox/audit/line.ts'
import { piecesOf, type Segment } from '../sandbox/audit/segments.ts'
import { type Finding, type Verification, verifySegments } from '../sandbox/audit/verify.ts'
import { parseDuration } from '../sandbox/policy/units.ts'
import { inputError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { type Output, write, writeLine } from './terminal.ts'
import { readText } from './text-file.ts'

export interface AuditVerifyOptions {
  readonly key?: readonly string[]
  readonly anchor?: string
  readonly partial?: true
  readonly json?: true
}

export interface AuditShowOptions {
  readonly instance?: string
  readonly module?: string
  readonly type?: readonly string[]
  readonly decision?: string
  readonly since?: string
  readonly json?: true
}

/** @param paths directories and segments @returns the exit code */
export async function verifyAudit(paths: readonly string[], options: AuditVerifyOptions, output: Output): Promise<number> {
  const { segments, anchor: found } = findSegments(paths)
  const keys = await Promise.all((options.key ?? []).map(readKey))
  const anchorPath = options.anchor ?? found
  const anchor = anchorPath === null ? null : readAnchor(anchorPath)
  if (options.anchor !== undefined && anchor === null)
    throw inputError(`There is no anchor ${options.anchor}; name the file of one.`)
  const verification = await verifySegments(segments, { keys, anchor, partial: options.partial === true })
  if (options.json) await write(output, visibleJson(verification))
  else await write(output, verdict(verification))
  return verification.intact ? EXIT.ok : EXIT.violation
}

const readKey = async (path: string): Promise<KeyObject> => verifyingKey(path, await readText(path))

function verdict(found: Verification): string {
  const { finding, lines, segments, checkpoints, keys, keysGiven, anchored } = found
  const size = `${count(lines, 'record')} in ${count(segments, 'segment')}`
  if (finding) return `not intact: ${place(finding)} ${visible(finding.message)}.\nin order before that: ${size}\n`
  const signed = `${count(checkpoints, 'checkpoint')} signed by ${keys.join(', ') || 'nobody'}`
  return `${[`intact: ${size}, ${signed}`, ...notes(found), ...doubts(keysGiven, anchored)].join('\n')}\n`
}

const place = ({ file, line, seq }: Finding) =>
  `${visible(file)}${line === null ? '' : `, line ${line}`}${seq === null ? '' : ` (record ${seq})`}`

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`

/** What is in order, and yet worth knowing. */
const notes = ({ unsigned, unvouched, lost, repaired }: Verification) =>
  [
    [unsigned, 'after the last checkpoint: not signed yet'],
    [unvouched, 'not signed by whoever wrote them: the writer was killed before its next checkpoint'],
    [lost, 'lost, as the log itself says: it could not be written'],
    [repaired, 'where the end was repaired: the writer was killed in the middle of a record'],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, what]) => `note: ${number} ${what}`)

/** What this check cannot know. */
const doubts = (keysGiven: boolean, anchored: boolean) => [
  ...(keysGiven ? [] : ['note: the key is the one that the log itself names; give --key to be sure that it is yours']),
  ...(anchored ? [] : ['note: there is no anchor, so nothing can be said about records that were cut off at the end']),
]

/** Prints the records that fit, one line each, without holding more than one. */
export async function showAudit(
  paths: readonly string[],
  options: AuditShowOptions,
  output: Output,
  problems: Output,
): Promise<void> {
  const fits = filter(options)
  const { segments } = findSegments(paths)
  for (const segment of segments) await showSegment(segment, fits, options.json === true, output, problems)
}

async function showSegment(
  { path }: Segment,
  fits: (line: ParsedLine) => boolean,
  json: boolean,
  output: Output,
  problems: Output,
): Promise<void> {
  const file = DISK.openToRead(path)
  try {
    let number = 0
    for (const { bytes, ended } of piecesOf(DISK, file)) {
      number++
      if (!ended) {
        await writeLine(problems, `gauntlet: ${visible(basename(path))} ends in a piece of a record, which is left out.`)
        return
      }
      const line = lineAt(bytes, path, number)
      // The line is ASCII without control characters: the very bytes that the log has.
      if (fits(line)) await writeLine(output, json ? Buffer.from(bytes).toString('latin1') : described(line))
    }
  } finally {
    DISK.close(file)
  }
}

/** @throws {CliError} */
function lineAt(bytes: Uint8Array, path: string, number: number): ParsedLine {
  try {
    return parseLine(bytes)
  } catch (error) {
    if (!(error instanceof LineError)) throw error
    throw inputError(`${path}, line ${number} ${error.message}; "gauntlet audit verify" checks the whole log.`)
  }
}

/** Fields that every line has, or that say nothing to people. */
const UNSHOWN = new Set(['seq', 'previous', 'type', 'time', 'version', 'signature', 'publicKey'])

function described({ value }: ParsedLine): string {
  const rest = Object.entries(value)
    .filter(([name, field]) => !UNSHOWN.has(name) && field !== null)
    .map(([name, field]) => `${visible(name)}=${visible(String(field))}`)
  return `${timeText(value.time)}  ${value.seq}  ${visible(value.type)}  ${rest.join(' ')}`
}

const timeText = (time: number) => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time))

/** @throws {CliError} */
function filter({ instance, module, type, decision, since }: AuditShowOptions): (line: ParsedLine) => boolean {
  const from = since === undefined ? null : timeFrom(since)
  if (decision !== undefined && decision !== 'allowed' && decision !== 'denied')
    throw usageError(`--decision ${JSON.stringify(decision)} is no decision; it is "allowed" or "denied".`)
  const begins = (value: unknown, start: string | undefined) =>
    start === undefined || (typeof value === 'string' && value.startsWith(start))
  return ({ value }) =>
    begins(value['instance'], instance) &&
    begins(value['module'], module) &&
    (type === undefined || type.includes(value.type)) &&
    (decision === undefined || value['decision'] === decision) &&
    (from === null || value.time >= from)
}

/** A moment, or how long ago. @throws {CliError} */
function timeFrom(text: string): number {
  const ago = parseDuration(text)
  if (ago !== null) return Date.now() - ago
  const moment = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(moment))
    throw usageError(`--since ${JSON.stringify(text)} is no time; write 2026-05-01T08:00Z, or 2h for two hours ago.`)
  return moment
}
