// Builds the command that fuzzes one target with jazzer.js: the generated entry module, the arguments, and commands for people to repeat it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AddonLocation } from './jazzer-addon.ts'
import { addonArguments, type JazzerCommand, jazzerCli } from './jazzer-process.ts'

export interface FuzzingSetup {
  readonly nodePath: string
  readonly nodeArguments: readonly string[]
  readonly addon: AddonLocation
  readonly entry: string
  readonly includes: readonly string[]
  readonly bugDetectors: readonly string[]
  readonly artifactDir: string
  readonly dictionary: string | undefined
  readonly maxLength: number
  readonly timeoutMs: number
  readonly rssLimitMb: number
  readonly environment: Readonly<Record<string, string>>
}

/** Sources that surround the target. Their edges must not count as coverage, or a target without any would not look blind. */
const MACHINERY_SOURCES = [
  'gauntlet-entry.mjs',
  join('campaign', 'engines', 'journal.'),
  join('campaign', 'engines', 'finding-key.'),
]

/** This module's sibling, as source or as compiled output, whichever is running. */
function siblingUrl(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.${extension}`, import.meta.url).href
}

/**
 * Writes the module that jazzer.js loads: it imports the target and hands out its fuzz function, journalled. Thus no target can forget
 * the journal. Returns its path. Throws RangeError if jazzer.js could not load it from there.
 */
export function writeEntry(directory: string, target: string): string {
  const entry = join(directory, 'gauntlet-entry.mjs')
  // jazzer.js puts "file://" before the path instead of converting it.
  if (fileURLToPath(new URL(`file://${entry}`)) !== entry) {
    throw new RangeError(`jazzer.js cannot load ${entry}: choose an artifact folder whose path has none of the characters # ? %`)
  }
  const source = [
    `import { journalled } from ${JSON.stringify(siblingUrl('journal'))}`,
    `import * as target from ${JSON.stringify(pathToFileURL(target).href)}`,
    // A CommonJS target has its exports in the default export, if Node's scan of its source did not find their names.
    'const inner = target.fuzz ?? target.default?.fuzz',
    `if (typeof inner !== 'function') throw new TypeError(${JSON.stringify(`${target} exports no function fuzz(data)`)})`,
    'export const fuzz = journalled(inner)',
  ]
  writeFileSync(entry, `${source.join('\n')}\n`)
  return entry
}

/** A regular expression that matches the names of all bug detectors but the wanted ones: jazzer.js can only switch them off. */
function unwantedDetectors(wanted: readonly string[]): string {
  return wanted.length === 0 ? '.*' : `^(?!(?:${wanted.join('|')})$)`
}

/** The command for one round. `corpora` are folders, the first of which receives new inputs, or single files to be run once. */
export function jazzerCommand(setup: FuzzingSetup, corpora: readonly string[], limits: readonly string[]): JazzerCommand {
  const addon = addonArguments(setup.addon)
  const engine = [
    ...setup.includes.map((include) => `--includes=${include}`),
    ...['node_modules', ...MACHINERY_SOURCES].map((exclude) => `--excludes=${exclude}`),
    `--disableBugDetectors=${unwantedDetectors(setup.bugDetectors)}`,
    // Synchronous: an order of magnitude faster, and the only mode in which endless loops of the target are noticed.
    '--sync',
    `--timeout=${setup.timeoutMs}`,
  ]
  const fuzzer = [
    `-max_len=${setup.maxLength}`,
    `-rss_limit_mb=${setup.rssLimitMb}`,
    `-artifact_prefix=${join(setup.artifactDir, '/')}`,
    ...(setup.dictionary === undefined ? [] : [`-dict=${setup.dictionary}`]),
    ...limits,
  ]
  return {
    nodePath: setup.nodePath,
    arguments: [...setup.nodeArguments, ...addon.arguments, jazzerCli(), setup.entry, ...corpora, ...engine, '--', ...fuzzer],
    environment: { ...addon.environment, ...setup.environment },
  }
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** The command as one line for a POSIX shell. */
export function shellCommand(command: JazzerCommand): string {
  const environment = Object.entries(command.environment).map(([name, value]) => `${name}=${quote(value)}`)
  return [...environment, quote(command.nodePath), ...command.arguments.map(quote)].join(' ')
}

/** A shell line that runs one saved input through the target. It needs no fuzzing engine, so it works wherever the target does. */
export function replayInputCommand(setup: FuzzingSetup, target: string, input: string): string {
  const url = JSON.stringify(pathToFileURL(target).href)
  const script = `const t = await import(${url}); (t.fuzz ?? t.default.fuzz)((await import('node:fs')).readFileSync(process.argv[1]))`
  const words = [setup.nodePath, ...setup.nodeArguments, '--input-type=module', '-e', script, input]
  return shellCommand({ nodePath: words[0]!, arguments: words.slice(1), environment: setup.environment })
}
