// `gauntlet sign`: a signature over all of a module, beside those that it has.
import { signModule } from '../sandbox/signing/sign.ts'
import { inputError } from './cli-error.ts'
import { readSecretKey } from './key-files.ts'
import { readModuleFile } from './module-file.ts'
import { type Output, write } from './terminal.ts'
import { writeWholeFile } from './write-file.ts'

export interface SignOptions {
  readonly key: string
  readonly out: string
  /** Write the signature alone. */
  readonly detached?: true
}

/** The most that `quotas.moduleBytes` can be, and so what is worth signing. */
export const MAX_MODULE_BYTES = 2 ** 30

export async function sign(path: string, { key, out, detached }: SignOptions, output: Output): Promise<void> {
  const secret = await readSecretKey(key)
  const file = await readModuleFile(path, MAX_MODULE_BYTES)
  if ('size' in file) throw inputError(`${path} has ${file.size} bytes, and no sandbox runs more than ${MAX_MODULE_BYTES}.`)
  const signed = named(path, () => signModule(file.bytes, secret))
  await writeWholeFile(out, detached ? signed.signatureData : signed.bytes, { mode: 0o666, replace: true })
  const stale = signed.others === 0 ? '' : `; ${count(signed.others)} of something else than all of it, which will not count`
  const what = detached ? `The signature of ${path} is in ${out}` : `Signed as ${out}`
  await write(output, `${what}: the module has ${count(signed.signatures)}${stale}.\n`)
}

const count = (signatures: number) => `${signatures} ${signatures === 1 ? 'signature' : 'signatures'}`

function named<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && error.name === 'SigningError') throw inputError(`${path}: ${error.message}`)
    throw error
  }
}
