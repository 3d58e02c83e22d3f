// Writes a file so that a reader sees all of it or none of it, even if this process dies half-way.
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { errorCode, ReportError } from './report-error.ts'

/** Writes text (in UTF-8) or bytes beside `file`, flushes it to the disk and renames it into place. Throws ReportError; the old file stays then. */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(file)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new ReportError(
      `Cannot write the report ${file} (${errorCode(error)}): make sure that ${path.dirname(file)} is a directory that you may write to, and that the disk is not full.`,
      { cause: error },
    )
  }
}

/** A name in the same directory, so that the rename stays on one file system; hidden, so that no reader takes it for a report. */
export function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
}
