// What can be wrong with an audit log, told with the place and the remedy.

/**
 * - `locked`: another process is writing to it.
 * - `damaged`: something in it is not as it was written.
 * - `cut`: it ends before a checkpoint that its anchor names.
 * - `unwritable`: the system refuses to write or to make it durable.
 * - `full`: it has reached `maxBytes` or `maxSegments`.
 * - `unusable`: the directory, the key or an option cannot be used.
 * - `closed`: it was closed before.
 * - `callback`: a function of the embedder's threw.
 */
export type AuditProblem = 'locked' | 'damaged' | 'cut' | 'unwritable' | 'full' | 'unusable' | 'closed' | 'callback'

export class AuditLogError extends Error {
  override readonly name = 'AuditLogError'
  readonly problem: AuditProblem
  /** The file or directory that it is about. */
  readonly path: string
  /** The system's own code, such as `ENOSPC`; null where the system has nothing to do with it. */
  readonly code: string | null
  constructor(problem: AuditProblem, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.problem = problem
    this.path = path
    this.code = codeOf(cause)
  }
}

/** The system refused something; what was there before is as it was. */
export function unwritable(path: string, cause: unknown): AuditLogError {
  if (cause instanceof AuditLogError) return cause
  const why = codeOf(cause) ?? 'unknown error'
  return new AuditLogError(
    'unwritable',
    path,
    `The audit log ${path} cannot be written (${why}); free space there, repair its permissions, or name a directory that you may write to.`,
    cause,
  )
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
