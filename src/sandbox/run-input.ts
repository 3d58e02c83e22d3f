// What the embedder hands to a guest: arguments, environment, standard input. Checked against the policy; nothing else of the host gets in.
import { UsageError } from './errors.ts'
import type { Grants } from './host/context.ts'
import type { MountSpec } from './host/fs/file-system.ts'
import type { Policy } from './policy/schema.ts'
import { quoteGuestText } from './text.ts'

export interface RunInput {
  /** Program arguments; the first is the program's name. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Everything that the guest can read from standard input. */
  readonly stdin?: Uint8Array | string
  /** Files for the memory mounts and writable snapshots of the policy, by guest path. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>
}

/**
 * The grants of one guest: the policy's capabilities with what was handed in.
 *
 * @throws {UsageError} if something is handed in that the policy does not let through, is too large, or holds a NUL (WSI-11)
 */
export function grantsOf(
  { args = [], env = {}, stdin = new Uint8Array(0) }: RunInput,
  { name, capabilities, quotas, hostCalls }: Policy,
  mounts: readonly MountSpec[],
): Grants {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  if (args.length > 0 && !capabilities.args)
    throw new UsageError(`The policy "${name}" does not grant arguments (capabilities.args).`)
  if (variables.length > 0 && !capabilities.env)
    throw new UsageError(`The policy "${name}" does not grant environment variables (capabilities.env).`)
  const named = typeof capabilities.env === 'object' ? new Set(capabilities.env.names) : null
  const unnamed = named && Object.keys(env).find((key) => !named.has(key))
  if (unnamed)
    throw new UsageError(
      `The policy "${name}" does not grant the environment variable ${quoteGuestText(unnamed)} (capabilities.env.names).`,
    )
  const bad =
    [...args, ...variables].find((text) => text.includes('\0')) ?? Object.keys(env).find((key) => key === '' || key.includes('='))
  if (bad !== undefined) throw new UsageError('Arguments and environment variables cannot hold a NUL, and names no "=".')
  const size = [...args, ...variables].reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
  if (size > quotas.argumentBytes)
    throw new UsageError(
      `Arguments and environment have ${size} bytes; the policy "${name}" allows ${quotas.argumentBytes} (quotas.argumentBytes).`,
    )
  const input = typeof stdin === 'string' ? new TextEncoder().encode(stdin) : new Uint8Array(stdin)
  if (input.length > 0 && !capabilities.stdio?.stdin)
    throw new UsageError(`The policy "${name}" does not grant standard input (capabilities.stdio.stdin).`)
  if (input.length > quotas.inputBytes)
    throw new UsageError(
      `Standard input has ${input.length} bytes; the policy "${name}" allows ${quotas.inputBytes} (quotas.inputBytes).`,
    )
  const { stdio, clock, random, fs, net, kv, log, metric, result, crypto } = capabilities
  return {
    stdio,
    clock,
    random,
    args: [...args],
    env: variables,
    stdin: input,
    outputBytes: quotas.outputBytes,
    handles: quotas.handles,
    fs: fs && {
      mounts,
      quotas: {
        bytes: quotas.fileBytes,
        inodes: quotas.inodes,
        nameBytes: quotas.fileNameBytes,
        pathBytes: quotas.pathBytes,
      },
    },
    net: net !== null,
    kv: kv !== null,
    log,
    metric,
    result,
    crypto: crypto !== null,
    reports: { count: quotas.reports, bytes: quotas.reportBytes },
    hostCalls,
    callLimit: quotas.hostCalls,
  }
}
