// Finds a form of jazzer.js' native addon that loads on this machine: the original, else a compatibility copy, else none with the reason.
//
// Files of installed packages are never changed: the copy goes to a cache folder, under the hash of the original.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { type ElfEdit, makeCompatible } from './elf-compat.ts'

export interface AddonLocation {
  readonly status: 'native' | 'compatibility-copy' | 'unavailable'
  /** The file to load; absent where nothing loads. */
  readonly path?: string
  /** The file that jazzer.js itself would load; absent where the package is not installed. */
  readonly original?: string
  readonly reason: string
  /** What was changed in the compatibility copy. */
  readonly edits?: readonly ElfEdit[]
}

export interface LocateAddonOptions {
  /** The Node executable that is going to load the addon. Default: this process's own. */
  readonly nodePath?: string
  /** The addon. Default: the one that the installed @jazzer.js/core would load on this platform. */
  readonly addonPath?: string
  /** Where a copy may be put, in order of preference. Default: `.cache` of the addon's node_modules, then the temporary folder. */
  readonly cacheDirectories?: readonly string[]
}

/** Loading takes a fraction of a second; this is for a machine under heavy load. */
const LOAD_TEST_TIMEOUT_MS = 30_000
const LOAD_TEST_EXECUTIONS = 64

/** The dynamic linker's complaint about a version need (glibc, elf/dl-version.c), in the C locale. */
const VERSION_NOT_FOUND = /version [`'](GLIBC(?:XX)?_[0-9.]+)' not found/

/**
 * What the throw-away process runs. It does not stop at loading: a few executions with coverage feedback reach the functions that the
 * compatibility copy has bound anew (libFuzzer parses its options with strtol). The map stays in a variable because the addon keeps a
 * bare pointer to it. The first argument is the program's name to libFuzzer.
 */
const LOAD_TEST = `
const addon = require(process.argv[1])
const map = Buffer.alloc(1 << 20)
addon.registerCoverageMap(map)
addon.registerNewCounters(0, 512)
let executions = 0
const target = (data) => { executions += 1; map[data.length % 8] += 1 }
const flags = ['load-test', '-runs=${LOAD_TEST_EXECUTIONS}', '-seed=1', '-handle_int=0', '-handle_term=0', '-handle_segv=0']
addon.startFuzzing(target, flags, () => {}).then(
  () => { process.exitCode = executions === ${LOAD_TEST_EXECUTIONS} && map.length > 0 ? 0 : 3 },
  () => { process.exitCode = 4 },
)`

/** Path of the addon that @jazzer.js/core loads here, or undefined where the package is not installed. */
export function installedAddonPath(): string | undefined {
  try {
    const core = createRequire(import.meta.url).resolve('@jazzer.js/core')
    const fuzzer = createRequire(core).resolve('@jazzer.js/fuzzer/package.json')
    return join(dirname(fuzzer), 'prebuilds', `fuzzer-${process.platform}-${process.arch}.node`)
  } catch {
    return undefined
  }
}

/** Undefined if the addon works in a fresh process, else what that process said. */
function loadTest(nodePath: string, addonPath: string): Promise<string | undefined> {
  const env = { LC_ALL: 'C', PATH: process.env['PATH'] ?? '', NODE_V8_COVERAGE: '' }
  const options = { env, cwd: tmpdir(), timeout: LOAD_TEST_TIMEOUT_MS, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 20 }
  return new Promise((resolve) => {
    execFile(nodePath, ['-e', LOAD_TEST, addonPath], options, (error, _stdout, stderr) => {
      if (error === null) return resolve(undefined)
      const complaint = stderr.split('\n').find((line) => /^\w*Error: /.test(line))
      resolve(complaint ?? `the load test ended with ${error.signal ?? error.code}`)
    })
  })
}

/** `.cache/wasm-gauntlet` of the node_modules folder that holds the addon, then a folder of this user's under the temporary one. */
function defaultCacheDirectories(addonPath: string): string[] {
  const marker = `${sep}node_modules${sep}`
  const at = addonPath.lastIndexOf(marker)
  const user = process.getuid?.() ?? 'user'
  const temporary = join(tmpdir(), `wasm-gauntlet-${user}`)
  return at === -1 ? [temporary] : [join(addonPath.slice(0, at + marker.length), '.cache', 'wasm-gauntlet'), temporary]
}

/** Creates the cache folder. A folder that another user could write to is refused: what lies in it is going to be loaded as code. */
async function openCacheDirectory(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const stats = await lstat(directory)
  if (!stats.isDirectory()) throw new Error(`${directory} is not a folder`)
  const uid = process.getuid?.()
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & 0o022) !== 0)) {
    throw new Error(`${directory} belongs to, or can be written by, somebody else`)
  }
}

/** Puts the bytes under their name in one step, so that a concurrent run sees all of the file or none of it. */
async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, bytes, { mode: 0o755, flag: 'wx' })
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** A copy from an earlier run is used only if it is, byte for byte, what this version of the edits makes of the original. */
async function placeCopy(directory: string, name: string, bytes: Uint8Array): Promise<string> {
  await openCacheDirectory(directory)
  const path = join(directory, name)
  const present = await readFile(path).catch(() => undefined)
  if (present === undefined || Buffer.compare(present, bytes) !== 0) await writeAtomically(path, bytes)
  return path
}

async function locateCopy(
  original: string,
  nodePath: string,
  refusal: string,
  directories: readonly string[],
): Promise<AddonLocation> {
  const bytes = await readFile(original)
  const result = makeCompatible(bytes)
  if (result.status === 'refused') {
    return { status: 'unavailable', original, reason: `${refusal}; no compatibility copy can be made: ${result.reason}` }
  }
  const name = `fuzzer-${createHash('sha256').update(bytes).digest('hex')}.node`
  const failures: string[] = []
  for (const directory of directories) {
    try {
      const path = await placeCopy(directory, name, result.bytes)
      const failure = await loadTest(nodePath, path)
      if (failure === undefined) {
        const symbols = result.tooNew.map((symbol) => `${symbol.name}@${symbol.version}`).join(', ')
        const reason = `${refusal}; a copy without ${symbols} passed the load test`
        return { status: 'compatibility-copy', path, original, reason, edits: result.edits }
      }
      failures.push(`${path}: ${failure}`)
    } catch (error) {
      failures.push(`${directory}: ${(error as Error).message}`)
    }
  }
  return {
    status: 'unavailable',
    original,
    reason: `${refusal}; the compatibility copy does not work either: ${failures.join('; ')}`,
  }
}

/**
 * Says which file to load as jazzer.js' addon on this machine, and why. Each candidate is tried in a throw-away process, since a bad
 * addon can take its process with it; that process's exit code decides. Only the dynamic linker's complaint about a version that is
 * too new leads to a compatibility copy: any other failure is reported as it is. Never throws.
 */
export async function locateAddon(options: LocateAddonOptions = {}): Promise<AddonLocation> {
  const nodePath = options.nodePath ?? process.execPath
  const original = options.addonPath ?? installedAddonPath()
  if (original === undefined) {
    return {
      status: 'unavailable',
      reason: '@jazzer.js/core is not installed; install it with: npm install --save-dev @jazzer.js/core',
    }
  }
  try {
    await lstat(original)
  } catch {
    const platform = `${process.platform}-${process.arch}`
    return { status: 'unavailable', original, reason: `there is no addon at ${original}; jazzer.js may not support ${platform}` }
  }
  const failure = await loadTest(nodePath, original)
  if (failure === undefined) return { status: 'native', path: original, original, reason: 'the original passed the load test' }
  const version = VERSION_NOT_FOUND.exec(failure)?.[1]
  if (version === undefined) return { status: 'unavailable', original, reason: failure }
  const refusal = `the original needs ${version}, which this system's libraries do not have`
  return locateCopy(original, nodePath, refusal, options.cacheDirectories ?? defaultCacheDirectories(original))
}
