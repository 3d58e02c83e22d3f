// Other hosts are packages that a user of the gauntlet may or may not have: loaded when a target is asked for, and named clearly if they are not there.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A package is not installed; the message says what to do. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage'
}

/** @param tested what to write after `npm install`, with the version that was tried */
export async function loadPackage<T>(specifier: string, tested: string): Promise<T> {
  try {
    return (await import(specifier)) as T
  } catch (error) {
    // Any other error is the package's own, such as an engine that it does not run on.
    if (!isMissing(error, specifier)) throw error
    throw new MissingPackage(`the package ${specifier} is not installed: run "npm install --save-dev ${tested}"`, {
      cause: error,
    })
  }
}

const isMissing = (error: unknown, specifier: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes(`'${packageOf(specifier)}'`)

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Folder of an installed package: from its main file upwards, as what a package exports need not include its package.json. */
export function folderOf(specifier: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(specifier)))
  // Some packages have a package.json without a version in each folder of one module format.
  while (versionIn(folder) === null) {
    if (dirname(folder) === folder) throw new Error(`the package ${specifier} has no package.json with a version`)
    folder = dirname(folder)
  }
  return folder
}

/** `<name> <version>` as the package itself says, which under an alias is not the name that it is imported by. */
export function versionOf(specifier: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folderOf(specifier), 'package.json'), 'utf8'))
  return `${name} ${version}`
}

function versionIn(folder: string): string | null {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return null
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }
  return typeof version === 'string' ? version : null
}
