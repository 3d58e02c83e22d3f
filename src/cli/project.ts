// Where the project's own files are: beside src/ in a checkout, beside dist/ in an installed package.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const PROJECT_DIR = resolve(import.meta.dirname, '..', '..')
export const CORPUS_DIR = join(PROJECT_DIR, 'corpus')

export function version(): string {
  const { version } = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as { version: string }
  return version
}
