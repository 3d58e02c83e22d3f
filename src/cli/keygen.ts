// `gauntlet keygen`: a key pair for signing modules, in two files.
import { join } from 'node:path'
import { newSecretKey, rawPublicKey } from '../sandbox/signing/ed25519.ts'
import { encodeKeyPair, encodePublicKey } from '../sandbox/signing/key-file.ts'
import { usageError } from './cli-error.ts'
import { type Output, write } from './terminal.ts'
import { checkFree, type WriteOptions, writeWholeFile } from './write-file.ts'

export interface KeygenOptions {
  /** Folder for both files. */
  readonly out: string
  readonly force?: true
}

export async function keygen(name: string, { out, force }: KeygenOptions, output: Output): Promise<void> {
  if (!/^[\w][\w.@+-]{0,99}$/.test(name))
    throw usageError(
      `${JSON.stringify(name)} cannot be the name of a key; use letters, digits, ".", "_", "-", "@" and "+", and --out for the folder.`,
    )
  const secretFile = join(out, `${name}.secret.key`)
  const publicFile = join(out, `${name}.public.key`)
  const remedy = 'name another key, or add --force to replace it for good'
  const how = { replace: force === true, remedy }
  // Only whoever owns the file may read it: there is no other protection.
  const secretly: WriteOptions = { ...how, mode: 0o600 }
  const openly: WriteOptions = { ...how, mode: 0o644 }
  // Both before either: half a pair beside half of another is worse than none.
  await checkFree(secretFile, secretly)
  await checkFree(publicFile, openly)
  const secret = newSecretKey()
  const raw = rawPublicKey(secret)
  await writeWholeFile(secretFile, encodeKeyPair(secret), secretly)
  await writeWholeFile(publicFile, encodePublicKey(raw), openly)
  const lines = [
    `secret key  ${secretFile} (readable by you alone, and not protected by a passphrase)`,
    `public key  ${publicFile}`,
    `in a policy publicKey: ${Buffer.from(raw).toString('base64')}`,
  ]
  await write(output, `${lines.join('\n')}\n`)
}
