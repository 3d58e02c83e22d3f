// `gauntlet run`: one module in the sandbox, with its streams passed through and its end made an exit code.
import type { Readable } from 'node:stream'
import { createSandbox, type ExecutionResult } from '../sandbox/index.ts'
import type { Policy } from '../sandbox/policy/schema.ts'
import { readFileBounded, readStreamBounded } from './bounded-read.ts'
import { parseCallArguments } from './call-arguments.ts'
import { inputError, usageError } from './cli-error.ts'
import { exitCodeOf } from './exit-codes.ts'
import type { Interruption } from './interrupt.ts'
import { readModuleFile } from './module-file.ts'
import { type PolicyOptions, policyFrom } from './policy-option.ts'
import { resultText, valueJson } from './result-json.ts'
import { type Output, passThrough, write, writeLine } from './terminal.ts'
import { tooLarge } from './too-large.ts'

export interface RunOptions extends PolicyOptions {
  readonly entry?: string
  readonly arg?: readonly string[]
  readonly env?: readonly string[]
  readonly stdin?: string
  readonly json?: true
}

export interface RunStreams {
  /** Asked for only if the guest is to read it. */
  readonly input: () => Readable
  readonly output: Output
  readonly notes: Output
}

/** @returns the exit code */
export async function run(path: string, options: RunOptions, streams: RunStreams, interruption: Interruption): Promise<number> {
  const policy = await policyFrom(options)
  const result = await execute(path, options, policy, streams.input, interruption.signal)
  if (options.json) {
    await write(streams.output, resultText(result))
  } else {
    await passThrough(streams.output, result.stdout)
    await passThrough(streams.notes, result.stderr)
    for (const value of result.values) await writeLine(streams.output, String(valueJson(value)))
    if (result.outcome !== 'completed' && result.outcome !== 'exited')
      await writeLine(streams.notes, `gauntlet: ${result.outcome}: ${result.message}`)
  }
  return result.outcome === 'terminated' && interruption.code !== null ? interruption.code : exitCodeOf(result)
}

async function execute(
  path: string,
  options: RunOptions,
  policy: Policy,
  input: RunStreams['input'],
  signal: AbortSignal,
): Promise<ExecutionResult> {
  const words = options.arg ?? []
  const env = environment(options.env ?? [])
  const stdin = await standardInput(options.stdin, input, policy, signal)
  const module = await readModuleFile(path, policy.quotas.moduleBytes)
  if ('size' in module) return tooLarge(module, policy)
  const call = options.entry === undefined ? undefined : parseCallArguments(module.bytes, policy, options.entry, words)
  await using sandbox = createSandbox(policy)
  return await sandbox.execute(module.bytes, undefined, {
    ...(options.entry !== undefined && { entry: options.entry }),
    ...(call && { callArguments: call }),
    args: programArguments(module.name, call ? [] : words, policy),
    env,
    ...(stdin && { stdin }),
    signal,
  })
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
