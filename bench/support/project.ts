// Where the project's files are, from the sources and from the compiled build alike.
import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const ABOVE_BENCH = resolve(import.meta.dirname, '..', '..')
export const PROJECT_DIR = basename(ABOVE_BENCH) === 'build' ? resolve(ABOVE_BENCH, '..') : ABOVE_BENCH

/** Of the files of this folder: `.ts` on type stripping, `.js` in the build. */
export const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/** A file of an installed package. */
export const packaged = (path: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(PROJECT_DIR, 'node_modules', path)))

/** Version of an installed package. */
export const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(PROJECT_DIR, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version
