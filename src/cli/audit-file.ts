// The audit log as JSON Lines: records are appended, each on a line of its own, and the effect waits until its record is written.
import { type FileHandle, open } from 'node:fs/promises'
import type { AuditRecord, AuditSink } from '../sandbox/index.ts'
import { inputError, systemCode } from './cli-error.ts'

export class AuditFile implements AuditSink, AsyncDisposable {
  readonly #file: FileHandle
  /** Records are written one after the other, whoever asks. */
  #last: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** @throws {CliError} before anything has run */
  static async open(path: string): Promise<AuditFile> {
    try {
      return new AuditFile(await open(path, 'a', 0o600))
    } catch (error) {
      throw inputError(
        `The audit log ${path} cannot be written (${systemCode(error)}); name a file in a directory that you may write to.`,
      )
    }
  }

  write(record: AuditRecord): Promise<void> {
    // After a record that failed none is written any more: what follows a gap would look complete.
    this.#last = this.#last.then(() => this.#file.appendFile(`${JSON.stringify(record)}\n`))
    return this.#last
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last.catch(() => {})
    await this.#file.close()
  }
}
