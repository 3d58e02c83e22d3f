// From --policy and the options that amend it to a complete policy.

import { PROFILES } from '../sandbox/policy/profiles.ts'
import { resolvePolicy } from '../sandbox/policy/resolve.ts'
import type { Policy, PolicyInput } from '../sandbox/policy/schema.ts'
import { parseDuration, parseSize } from '../sandbox/policy/units.ts'
import { CliError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { type GrantOptions, withGrants } from './grant-options.ts'
import { parseText, readText } from './text-file.ts'

export interface PolicyOptions extends GrantOptions {
  /** A built-in policy's name, or the path of a YAML or JSON file. */
  readonly policy?: string
  readonly timeout?: string
  readonly fuel?: string
  readonly memory?: string
}

/**
 * @throws {CliError} for a file that cannot be read, a unit that is not one
 * @throws {PolicyError} for what the sandbox cannot accept or enforce
 */
export async function policyFrom(options: PolicyOptions): Promise<Policy> {
  const { policy = 'default', timeout, fuel, memory } = options
  const quotas = {
    ...(timeout !== undefined && { wallClockMs: quantity('--timeout', timeout, parseDuration, '500ms, 1.5s or 2m') }),
    ...(fuel !== undefined && { fuel: quantity('--fuel', fuel, wholeNumber, '1000000') }),
    ...(memory !== undefined && { memoryBytes: quantity('--memory', memory, parseSize, '65536, 512KiB or 16MiB') }),
  }
  const written = PROFILES.has(policy) ? resolvePolicy(policy) : await policyFile(policy)
  return withGrants(resolvePolicy(Object.keys(quotas).length > 0 ? { quotas } : undefined, written), options)
}

async function policyFile(path: string): Promise<Policy> {
  // A name without a separator or an extension was meant as a profile, and "cannot be read" would not say what is wrong.
  if (/^[\w-]+$/.test(path)) {
    throw new CliError(
      `There is no policy "${path}"; the built-in ones are ${[...PROFILES.keys()].join(', ')}, anything else is the path of a .yaml or .json file.`,
      EXIT.policy,
    )
  }
  const document = parseText(path, await readText(path), EXIT.policy)
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new CliError(
      `${path} holds no policy; write an object such as {extends: default, quotas: {memoryBytes: 16MiB}}.`,
      EXIT.policy,
    )
  }
  try {
    return resolvePolicy(document as PolicyInput)
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyError') throw new CliError(`${path}: ${error.message}`, EXIT.policy)
    throw error
  }
}

const wholeNumber = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : null)

function quantity(option: string, text: string, parse: (text: string) => number | null, examples: string): number {
  const value = parse(text)
  if (value === null) throw usageError(`${option} ${JSON.stringify(text)} is not understood; write ${examples}.`)
  return value
}
