// `gauntlet verify`: whether a module is signed as keys, or a policy, require. Runs nothing.
import { visible, visibleJson } from '../reports/visible.ts'
import { verifyModule } from '../sandbox/signing/verify-module.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { MAX_MODULE_BYTES } from './sign.ts'
import { type Output, write } from './terminal.ts'
import { type TrustOptions, trustFrom } from './trust-option.ts'

export interface VerifyCommandOptions extends TrustOptions {
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
