// `gauntlet run`: one module in the sandbox, with what it asked for agreed, its streams passed through and its end made an exit code.
import type { Readable } from 'node:stream'
import { admit } from '../sandbox/admission/admit.ts'
import {
  type AuditLog,
  checkOutDirectory,
  createSandbox,
  type ExecuteOptions,
  type ExecutionResult,
  SqliteKvStore,
  writeChanges,
} from '../sandbox/index.ts'
import { oneManifest } from '../sandbox/policy/manifest-section.ts'
import type { Negotiation } from '../sandbox/policy/negotiate.ts'
import type { Policy } from '../sandbox/policy/schema.ts'
import { agree, type ConsentOptions } from './agree.ts'
import type { Terminal } from './ask.ts'
import { type AuditOptions, noteConsents, openAuditLog, unrecordedIn } from './audit-option.ts'
import { readFileBounded, readStreamBounded } from './bounded-read.ts'
import { parseCallArguments } from './call-arguments.ts'
import { type CliError, inputError, usageError } from './cli-error.ts'
import { exitCodeOf } from './exit-codes.ts'
import { reportLine } from './guest-reports.ts'
import type { Interruption } from './interrupt.ts'
import { type ModuleFile, readModuleFile } from './module-file.ts'
import { type PolicyOptions, policyFrom } from './policy-option.ts'
import { resultText, valueJson } from './result-json.ts'
import { readSideManifest } from './side-manifest.ts'
import { runAndSave, type SnapshotOptions, snapshotToBeginWith } from './snapshot-option.ts'
import { type Output, passThrough, write, writeLine } from './terminal.ts'
import { tooLarge } from './too-large.ts'

export interface RunOptions extends PolicyOptions, ConsentOptions, AuditOptions, SnapshotOptions {
  readonly entry?: string
  readonly arg?: readonly string[]
  readonly env?: readonly string[]
  readonly stdin?: string
  readonly out?: string
  readonly json?: true
}

export interface RunStreams {
  /** Asked for only if the guest is to read it. */
  readonly input: () => Readable
  readonly output: Output
  readonly notes: Output
  /** Somebody who can be asked; null if nobody can. */
  readonly terminal: () => Terminal | null
}

/** @param words program arguments from behind `--` @returns the exit code */
export async function run(
  path: string,
  words: readonly string[],
  options: RunOptions,
  streams: RunStreams,
  interruption: Interruption,
): Promise<number> {
  const policy = await policyFrom(options)
  if (options.out !== undefined) await checkOutDirectory(options.out)
  const module = await readModuleFile(path, policy.quotas.moduleBytes)
  const { result, negotiation, unrecorded } =
    'size' in module
      ? { result: tooLarge(module, policy), negotiation: null, unrecorded: null }
      : await execute(path, module, words, options, policy, streams, interruption)
  // First of all, so that whatever cannot be written afterwards takes nothing of it away.
  await tell(result, negotiation, options, streams)
  if (unrecorded) await writeLine(streams.notes, `gauntlet: ${unrecorded.message}`)
  if (options.out !== undefined) {
    const unwritten = await writeChanges(options.out, result.changes)
    if (!options.json) for (const note of unwritten) await writeLine(streams.notes, `gauntlet: --out: ${note}`)
  }
  if (unrecorded) return unrecorded.exitCode
  return result.outcome === 'terminated' && interruption.code !== null ? interruption.code : exitCodeOf(result)
}

async function tell(
  result: ExecutionResult,
  negotiation: Negotiation | null,
  options: RunOptions,
  { output, notes }: RunStreams,
) {
  const { decisions = [] } = negotiation ?? {}
  if (options.json) {
    await write(output, resultText(result, decisions))
    return
  }
  await passThrough(output, result.stdout)
  await passThrough(notes, result.stderr)
  for (const value of result.values) await writeLine(output, String(valueJson(value)))
  const withheld = decisions
    .filter(({ state }) => state !== 'granted')
    .map(({ capability, because }) => `${capability}: ${because}`)
  const lines = [...withheld, ...result.reports.map(reportLine)]
  for (const line of lines) await writeLine(notes, `gauntlet: ${line}`)
  if (result.outcome !== 'completed' && result.outcome !== 'exited')
    await writeLine(notes, `gauntlet: ${result.outcome}: ${result.message}`)
}

async function execute(
  path: string,
  module: ModuleFile,
  words: readonly string[],
  options: RunOptions,
  policy: Policy,
  streams: RunStreams,
  interruption: Interruption,
): Promise<{ result: ExecutionResult; negotiation: Negotiation; unrecorded: CliError | null }> {
  const negotiation = await negotiated(path, module, options, policy, streams, interruption)
  const { grants } = negotiation
  const typed = [...(options.arg ?? []), ...words]
  const { signal } = interruption
  const env = environment(options.env ?? [])
  const stdin = await standardInput(options.stdin, streams.input, grants, signal)
  const call = options.entry === undefined ? undefined : parseCallArguments(module.bytes, grants, options.entry, typed)
  const from = await snapshotToBeginWith(options)
  const input: ExecuteOptions = {
    ...(options.entry !== undefined && { entry: options.entry }),
    ...(call && { callArguments: call }),
    args: programArguments(module.name, call ? [] : typed, grants),
    env,
    ...(stdin && { stdin }),
    ...(from && { from }),
    signal,
  }
  const audit = await openAuditLog(options)
  if (audit) noteConsents(audit, module.bytes, negotiation.decisions)
  try {
    const result = await inSandbox(module, grants, options, audit, input)
    // Only then is it known whether everything is on record.
    await audit?.close()
    return { result, negotiation, unrecorded: audit && unrecordedIn(audit) }
  } finally {
    await audit?.close()
  }
}

async function inSandbox(
  { bytes }: ModuleFile,
  grants: Policy,
  options: RunOptions,
  audit: AuditLog | null,
  input: ExecuteOptions,
): Promise<ExecutionResult> {
  const { kv: file, saveSnapshot } = options
  using kv = file === undefined ? null : SqliteKvStore.open(file)
  await using sandbox = createSandbox(grants, { ...(audit && { audit }), ...(kv && { kv }) })
  return await (saveSnapshot === undefined
    ? sandbox.execute(bytes, undefined, input)
    : runAndSave(sandbox, bytes, input, { ...options, saveSnapshot }))
}

/** The policy as far as it is asked for and agreed to. A module that is refused anyway is not worth a question. */
async function negotiated(
  path: string,
  module: ModuleFile,
  options: RunOptions,
  policy: Policy,
  { terminal }: RunStreams,
  interruption: Interruption,
): Promise<Negotiation> {
  const side = await readSideManifest(path)
  const admission = admit(module.bytes, policy)
  if (admission.verdict === 'refused') return { grants: policy, decisions: [] }
  // What comes in on standard input is the guest's, and no answer to a question.
  const asked = options.stdin === '-' ? null : terminal()
  return agree(oneManifest(admission.manifest, side), admission.sha256, policy, options, asked, interruption)
}

// The first argument is the program's name, as everywhere; without a grant there is none, and the sandbox refuses any other.
const programArguments = (name: string, words: readonly string[], { capabilities }: Policy) =>
  capabilities.args ? [name, ...words] : words

function environment(pairs: readonly string[]): Record<string, string> {
  // Object.fromEntries makes own properties of all names, `__proto__` too.
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw usageError(`--env ${JSON.stringify(pair)} is not NAME=value; write it like --env LANG=C.`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

async function standardInput(
  from: string | undefined,
  input: RunStreams['input'],
  policy: Policy,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  if (from === undefined) return null
  const max = policy.quotas.inputBytes
  const read = from === '-' ? await readStreamBounded(input(), max, signal) : await readFileBounded(from, max)
  if ('bytes' in read) return read.bytes
  throw inputError(
    `The standard input has more than ${max} bytes, the limit of policy "${policy.name}"; give less, or raise quotas.inputBytes.`,
  )
}
