// Reads what another command left, if it is there and as it must be: one file that cannot be read costs its own evidence and nothing else.
import { lstatSync, readFileSync } from 'node:fs'
import type { z } from 'zod'

/** Far above what any of them has: a comparison of ten hosts has about a megabyte. */
const MOST_BYTES = 128 * 2 ** 20

/** @returns null if there is no such file. @throws {Error} whose message says what is wrong with it and what to do */
export function readLeft<T>(path: string, schema: z.ZodType<T>, remedy: string): T | null {
  const info = lstatSync(path, { throwIfNoEntry: false })
  if (!info) return null
  if (!info.isFile() || info.size > MOST_BYTES) throw new Error(`${path} is not a file, or too large; ${remedy}`)
  const parsed = schema.safeParse(jsonOf(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${path} is not as it must be at ${issue?.path.join('.') || 'its top level'}; ${remedy}`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
