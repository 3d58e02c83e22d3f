// What the embedder hands to a guest: arguments, environment, standard input. Checked against the policy; nothing else of the host gets in.
import { UsageError } from './errors.ts'
import type { Grants } from './host/context.ts'
import type { Policy } from './policy/schema.ts'

export interface RunInput {
  /** Program arguments; the first is the program's name. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Everything that the guest can read from standard input. */
  readonly stdin?: Uint8Array | string
}

/**
 * The grants of one guest: the policy's capabilities with what was handed in.
 *
 * @throws {UsageError} if something is handed in that the policy does not let through, is too large, or holds a NUL (WSI-11)
 */
export function grantsOf(
  { args = [], env = {}, stdin = new Uint8Array(0) }: RunInput,
  { name, capabilities, quotas }: Policy,
): Grants {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  if (args.length > 0 && !capabilities.args)
    throw new UsageError(`The policy "${name}" does not grant arguments (capabilities.args).`)
  if (variables.length > 0 && !capabilities.env)
    throw new UsageError(`The policy "${name}" does not grant environment variables (capabilities.env).`)
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
  const { stdio, clock, random } = capabilities
  return {
    stdio,
    clock,
    random,
    args: [...args],
    env: variables,
    stdin: input,
    outputBytes: quotas.outputBytes,
    handles: quotas.handles,
  }
}
