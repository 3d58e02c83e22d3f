// `gauntlet verify`: whether a module is signed as keys, or a policy, require. Runs nothing.
import { basename } from 'node:path'
import { visible, visibleJson } from '../reports/visible.ts'
import { type TrustInput, verifyModule } from '../sandbox/signing/verify-module.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { readPublicKey } from './key-files.ts'
import { policyFrom } from './policy-option.ts'
import { MAX_MODULE_BYTES } from './sign.ts'
import { type Output, write } from './terminal.ts'

export interface VerifyCommandOptions {
  /** Files of public keys. */
  readonly key?: readonly string[]
  readonly required?: string
  readonly policy?: string
  /** File of a detached signature. */
  readonly signature?: string
  readonly json?: true
}

/** @returns 0 if enough of the keys have signed all of the module, 1 if not */
export async function verify(path: string, options: VerifyCommandOptions, output: Output): Promise<number> {
  const trust = await trustFrom(options)
  // The bytes of the file as they are: text that would have to be assembled first is not what anybody has signed.
  const module = await readWhole(path)
  const detached = options.signature === undefined ? undefined : await readWhole(options.signature)
  const verification = verifyModule(module, trust, { ...(detached && { detached }) })
  const { problem, message, contentSha256 } = verification
  const content = contentSha256 === null ? '' : `contents  ${contentSha256} (SHA-256 of what is signed)\n`
  const text = `${problem === null ? 'verified' : `not verified (${problem})`}: ${visible(message)}\n${content}`
  await write(output, options.json ? visibleJson({ verified: problem === null, ...verification }) : text)
  return problem === null ? EXIT.ok : EXIT.unverified
}

async function readWhole(path: string): Promise<Uint8Array> {
  const read = await readFileBounded(path, MAX_MODULE_BYTES)
  if ('tooLarge' in read)
    throw inputError(`${path} has ${read.tooLarge} bytes, and no sandbox runs more than ${MAX_MODULE_BYTES}; name another file.`)
  return read.bytes
}

async function trustFrom({ key, required, policy }: VerifyCommandOptions): Promise<TrustInput> {
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
