// `gauntlet run --audit`: the log that the run's decisions are recorded in, and what to say if it could not be written.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { AuditLog } from '../sandbox/index.ts'
import type { Decision } from '../sandbox/policy/negotiate.ts'
import { quoteGuestText } from '../sandbox/text.ts'
import { CliError, inputError, usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { readText } from './text-file.ts'

export interface AuditOptions {
  /** Directory of the log. */
  readonly audit?: string
  /** File with the private key that signs its checkpoints. */
  readonly auditKey?: string
}

/** @returns null if no log was asked for @throws {CliError} or an AuditLogError, before anything has run */
export async function openAuditLog({ audit, auditKey }: AuditOptions): Promise<AuditLog | null> {
  if (audit === undefined) {
    if (auditKey !== undefined) throw usageError('--audit-key signs the audit log; say with --audit where that is.')
    return null
  }
  // Earlier versions wrote one plain file.
  if ((await stat(audit).catch(() => null))?.isDirectory() === false)
    throw inputError(
      `--audit ${audit} is a file, and an audit log is a directory; name another place. What is in the file stays there.`,
    )
  const key = auditKey === undefined ? undefined : await readText(auditKey)
  return AuditLog.open(audit, key === undefined ? {} : { key })
}

/** What was agreed to before the guest ran. A note that cannot be written is counted by the log. */
export function noteConsents(log: AuditLog, module: Uint8Array, decisions: readonly Decision[]): void {
  const sha256 = createHash('sha256').update(module).digest('hex')
  for (const { capability, object, state, because } of decisions) {
    try {
      const about = {
        capability,
        object: object === null ? null : quoteGuestText(object, 1000),
        state,
        because: because.slice(0, 500),
      }
      void log.note({ type: 'consent', time: Date.now(), module: sha256, ...about })
    } catch {
      // Told at the end, with everything else that is missing.
    }
  }
}

/** What to say at the end of a run of which not everything is on record; null if everything is. @param log closed */
export function unrecordedIn({ failure, lost, directory }: AuditLog): CliError | null {
  if (!failure) return null
  const { problem, code, message } = failure
  const what =
    problem === 'unwritable'
      ? `The audit log ${directory} could not be written (${code ?? 'unknown error'}); free space there, or name another directory.`
      : message
  const missing = lost === 0 ? 'Every record is in it, but the last ones are not signed.' : `Records that are not in it: ${lost}.`
  return new CliError(`${what} ${missing}`, EXIT.fault)
}
