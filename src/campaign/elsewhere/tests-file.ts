// What the unit tests showed when they last ran, one entry for each file: `.cache/tests.json`, which `npm test` keeps and reports read.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { readLeft } from './file.ts'

export const TESTS_FILE = join('.cache', 'tests.json')

const testFile = z.strictObject({
  /** Relative to the project, with forward slashes. */
  file: z.string(),
  tests: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  seconds: z.number(),
  /** Ids in the file's text that look like those of threats. */
  threats: z.array(z.string()),
  /** SHA-256 of the file. */
  sha256: z.string(),
  at: z.string(),
  node: z.string(),
  commit: z.string().nullable(),
  sources: z.string().nullable(),
})
export const testsFileSchema = z.strictObject({ schemaVersion: z.literal(1), files: z.array(testFile) })
export type TestFile = z.infer<typeof testFile>

/** @throws {Error} if the file is not what it must be */
export const readTests = (root: string): readonly TestFile[] =>
  readLeft(join(root, TESTS_FILE), testsFileSchema, 'npm test writes a new one')?.files ?? []

export const sha256Of = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** Puts entries in the place of those of the same files; a run of some tests loses nothing of the others. Files that are gone go. */
export function noteTests(root: string, ran: readonly TestFile[]): void {
  const kept = new Map(before(root).map((entry) => [entry.file, entry]))
  for (const entry of ran) kept.set(entry.file, entry)
  const files = [...kept.values()].filter(({ file }) => existsSync(join(root, file))).sort((a, b) => (a.file < b.file ? -1 : 1))
  const path = join(root, TESTS_FILE)
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify({ schemaVersion: 1, files }, null, 1)}\n`)
  renameSync(fresh, path)
}

/** One that cannot be read is replaced. */
function before(root: string): readonly TestFile[] {
  try {
    return readTests(root)
  } catch {
    return []
  }
}
