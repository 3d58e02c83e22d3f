// Microsoft's validator of SARIF, with the rules of GitHub code scanning. It is a program of its own and works without a network.
import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Log } from 'sarif'

const HOME = path.dirname(createRequire(import.meta.url).resolve(`@microsoft/sarif-multitool-${process.platform}/package.json`))

/** The schema of SARIF 2.1.0 that comes with it, in JSON Schema 2020-12. */
export async function sarifSchema(): Promise<object> {
  return JSON.parse(await readFile(path.join(HOME, 'sarif-2.1.0.json'), 'utf8')) as object
}

export interface Complaint {
  readonly log: string
  readonly rule: string
  readonly level: string
}

/**
 * What it says against the logs, notes aside. It ends with 0 whatever it finds, so its own output is read.
 *
 * @param kinds `Sarif` for the format, `Ghas` for GitHub
 */
export async function complaints(logs: Readonly<Record<string, string>>, kinds: 'Sarif' | 'Sarif;Ghas'): Promise<Complaint[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'gauntlet-sarif-'))
  try {
    // The package sets the executable bit in an install script, and those are not run.
    const name = process.platform === 'win32' ? 'Sarif.Multitool.exe' : 'Sarif.Multitool'
    const program = path.join(dir, name)
    await copyFile(path.join(HOME, name), program)
    await chmod(program, 0o755)
    const files = await Promise.all(
      Object.entries(logs).map(async ([log, text]) => {
        const file = path.join(dir, `${log}.sarif`)
        await writeFile(file, text)
        return file
      }),
    )
    const output = path.join(dir, 'validated.json')
    const { stdout } = await promisify(execFile)(program, [
      'validate',
      ...files,
      ...['--rule-kind', kinds, '--output', output, '--log', 'ForceOverwrite'],
    ])
    // Nothing validated is no pass.
    if (!new RegExp(`\\b${files.length} files? scanned`).test(stdout))
      throw new Error(`The validator did not read all logs: ${stdout}`)
    return complaintsOf(JSON.parse(await readFile(output, 'utf8')) as Log)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function complaintsOf({ runs }: Log): Complaint[] {
  return runs
    .flatMap(({ results }) => results ?? [])
    .map(({ ruleId, level, locations }) => ({
      log: path.basename(locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? '', '.sarif'),
      rule: ruleId ?? '',
      level: level ?? 'warning',
    }))
    .filter(({ level }) => level !== 'note')
}
