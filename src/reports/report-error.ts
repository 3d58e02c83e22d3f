// The one error of this folder: a report that could not be written, said in one sentence with the place and the remedy.

export class ReportError extends Error {
  override readonly name = 'ReportError'
}

/** The system's error code (`EACCES`, `ENOSPC`, …) of whatever was thrown, or a word for its absence. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
