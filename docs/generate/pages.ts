// Every page that is generated, or has tables that are, by its path below docs.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { abiPage } from './abi.ts'
import { errorPages, refusalsPage } from './errors.ts'
import { fillTables } from './tables.ts'

const DOCS = resolve(import.meta.dirname, '..')

/** Written by hand, all but the tables. */
const withTables = (): string[] => [
  'policy.md',
  'limits.md',
  ...readdirSync(join(DOCS, 'capabilities')).map((name) => `capabilities/${name}`),
]

export const generatedPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['abi.md', abiPage()],
    ['refusals.md', refusalsPage()],
    ...errorPages(),
    ...withTables().map((path) => [path, fillTables(readFileSync(join(DOCS, path), 'utf8'))] as const),
  ])
