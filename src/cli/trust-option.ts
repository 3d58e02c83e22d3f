// Who is trusted, as it is written on the command line: keys, or a policy.
import { basename } from 'node:path'
import type { TrustInput } from '../sandbox/signing/verify-module.ts'
import { usageError } from './cli-error.ts'
import { readPublicKey } from './key-files.ts'
import { policyFrom } from './policy-option.ts'

export interface TrustOptions {
  /** Files of public keys. */
  readonly key?: readonly string[]
  readonly required?: string
  readonly policy?: string
}

/** @throws {CliError} */
export async function trustFrom({ key, required, policy }: TrustOptions): Promise<TrustInput> {
  if ((key === undefined) === (policy === undefined))
    throw usageError('Say who is trusted: give --key with a public key, once or more, or --policy, and not both.')
  if (policy !== undefined) {
    if (required !== undefined) throw usageError('--required goes with --key; a policy says itself how many it requires.')
    const { signatures } = await policyFrom({ policy })
    if (signatures === null)
      throw usageError(`The policy ${policy} requires no signatures; add "signatures" to it, or use --key.`)
    return signatures
  }
  const files = key!
  // All of them, unless somebody says that fewer do: who forgets the number must not get the weakest one.
  const count = required === undefined ? files.length : wholeNumber(required, files.length)
  const keys = await Promise.all(files.map((file) => trusted(file, files)))
  return { required: count, keys }
}

async function trusted(file: string, files: readonly string[]): Promise<TrustInput['keys'][number]> {
  const alone = files.filter((other) => basename(other) === basename(file)).length === 1
  const name = (alone ? basename(file) : file).slice(-128)
  return { name, publicKey: Buffer.from(await readPublicKey(file)).toString('base64') }
}

function wholeNumber(text: string, max: number): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > max)
    throw usageError(`--required ${JSON.stringify(text)} must be a whole number from 1 to ${max}, the number of keys given.`)
  return value
}
