// What a command says when it cannot go on: one sentence for the person, one code for the shell.
import { EXIT } from './exit-codes.ts'

export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export const usageError = (message: string) => new CliError(message, EXIT.usage)
export const inputError = (message: string) => new CliError(message, EXIT.input)

// By name, not by class: the commands load what they need when they run, and the error path must not load all of it.
const EXIT_OF_ERROR: ReadonlyMap<string, number> = new Map([
  ['PolicyError', EXIT.policy],
  ['UsageError', EXIT.usage],
  ['OutDirectoryError', EXIT.usage],
  ['TargetError', EXIT.usage],
  ['CorpusError', EXIT.input],
  ['ManifestError', EXIT.input],
  ['ConsentStoreError', EXIT.input],
  ['StoreError', EXIT.input],
  ['SnapshotError', EXIT.input],
  ['AuditLogError', EXIT.input],
  ['SigningError', EXIT.input],
  ['AssembleError', EXIT.input],
  ['TrialFileError', EXIT.input],
  ['PortableError', EXIT.usage],
  ['CaseTextError', EXIT.input],
  ['FindingIndexError', EXIT.input],
  ['StoredRunError', EXIT.input],
  ['BudgetError', EXIT.usage],
  ['ShardError', EXIT.usage],
  ['MergeError', EXIT.input],
  ['SelectionError', EXIT.usage],
  ['JailError', EXIT.fault],
  ['ChamberError', EXIT.fault],
  ['ThreatModelError', EXIT.fault],
  ['ReportError', EXIT.fault],
  ['PrintError', EXIT.unavailable],
])

// The machine's troubles are no defects of ours, and each has a remedy.
const TROUBLE: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'The disk is full: free some space or choose another directory; what had been written before is kept'],
  ['EDQUOT', 'The disk quota is used up: free some space or choose another directory; what had been written before is kept'],
  ['EFBIG', 'A file may not grow any further: raise the limit (ulimit -f) or choose another directory'],
  ['EROFS', 'The file system cannot be written: choose another directory'],
  ['EACCES', 'A file or directory may not be used: give this user access or choose another'],
  ['EMFILE', 'Too many files are open: raise the limit (ulimit -n)'],
])

/** One sentence and the exit code for whatever a command threw. */
export function explain(error: unknown): { text: string; exitCode: number } {
  if (error instanceof CliError) return { text: error.message, exitCode: error.exitCode }
  if (error instanceof Error) {
    const exitCode = EXIT_OF_ERROR.get(error.name)
    if (exitCode !== undefined) return { text: error.message, exitCode }
    const trouble = TROUBLE.get(systemCode(error))
    if (trouble !== undefined) return { text: `${trouble} (${error.message.split('\n', 1)[0]}).`, exitCode: EXIT.fault }
    const detail = process.env['GAUNTLET_DEBUG'] ? `\n${error.stack}` : ''
    const text = `internal error: ${error.message.split('\n', 1)[0]} (a defect of gauntlet; set GAUNTLET_DEBUG=1 for the stack)${detail}`
    return { text, exitCode: EXIT.fault }
  }
  return { text: 'internal error: something that is not an Error was thrown (a defect of gauntlet)', exitCode: EXIT.fault }
}

/** The system's own code for a failed file operation (`ENOENT`, `EACCES`, ...), or a word for its absence. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}
