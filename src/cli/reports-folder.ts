// Whether the folder of the reports is one: a mistyped name must not make an index of nothing.
import { statSync } from 'node:fs'
import { inputError } from './cli-error.ts'

/** @throws {CliError} */
export function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw inputError(`${folder} is no folder; name the one that "gauntlet fuzz --reports" wrote to.`)
}
