// --from, --save-snapshot and --snapshot-key of `gauntlet run`: states of guests in files.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import {
  type ExecuteOptions,
  type ExecutionResult,
  GuestNotReady,
  type IntegrityKey,
  loadSnapshot,
  type Sandbox,
  type Snapshot,
  saveSnapshot,
} from '../sandbox/index.ts'
import { joinResults } from '../sandbox/outcome.ts'
import { readFileBounded } from './bounded-read.ts'
import { inputError, usageError } from './cli-error.ts'

export interface SnapshotOptions {
  /** File with the state that the guest begins with. */
  readonly from?: string
  /** File that the state is written to, instead of calling `_start`. */
  readonly saveSnapshot?: string
  /** File with the key of the seal. */
  readonly snapshotKey?: string
}

const MAX_KEY_BYTES = 16_384

/** The state to begin with, if there is one. @throws {SnapshotError} {@link CliError} if the file or the key cannot be used */
export async function snapshotToBeginWith({ from, snapshotKey }: SnapshotOptions): Promise<Snapshot | undefined> {
  return from === undefined ? undefined : loadSnapshot(from, await keyOption(snapshotKey, createPublicKey))
}

/**
 * Lets the guest get ready, calls the function that is named if one is, and writes its state to the file if all of that completed.
 *
 * @throws {SnapshotError} if the state cannot be captured or written
 */
export async function runAndSave(
  sandbox: Sandbox,
  module: Uint8Array,
  { entry, callArguments = [], ...input }: ExecuteOptions,
  { saveSnapshot: path, snapshotKey }: SnapshotOptions & { readonly saveSnapshot: string },
): Promise<ExecutionResult> {
  const key = await keyOption(snapshotKey, createPrivateKey)
  const instance = await sandbox.create(module, undefined, { ...input, snapshots: true }).catch((error: unknown) => {
    if (error instanceof GuestNotReady) return error.result
    throw error
  })
  if ('outcome' in instance) return instance
  try {
    const result =
      entry === undefined ? instance.startup : joinResults(instance.startup, await instance.call(entry, ...callArguments))
    if (result.outcome === 'completed') await saveSnapshot(path, await instance.snapshot(), key)
    return result
  } finally {
    await instance.terminate()
  }
}

/** A key in PEM is an Ed25519 key, whose private half serves for both; anything else are secret bytes. */
async function keyOption(
  path: string | undefined,
  fromPem: (pem: string) => IntegrityKey,
): Promise<{ readonly integrityKey?: IntegrityKey }> {
  if (path === undefined) return {}
  const read = await readFileBounded(path, MAX_KEY_BYTES)
  if ('tooLarge' in read) throw inputError(`${path} has ${read.tooLarge} bytes, which is no key; name a file with a key.`)
  const text = new TextDecoder('latin1').decode(read.bytes)
  if (!text.startsWith('-----BEGIN ')) return { integrityKey: read.bytes }
  try {
    return { integrityKey: fromPem(text) }
  } catch {
    throw usageError(
      `${path} holds no key that fits; a snapshot is sealed with an Ed25519 private key, and read with either of the pair.`,
    )
  }
}
