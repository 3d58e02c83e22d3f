// How a jail is started: the flags of Node and V8, and what the system offers on top. Whatever works is used; the probe tells what holds.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

/**
 * Where a jail runs: among its own code. Node grants worker threads their working directory, whatever `--allow-fs-read` says (measured on 24.21 and
 * 26.10, not on 22.13), and the host's could hold anything.
 */
export const JAIL_DIRECTORY = HERE

export interface JailCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

function nodeFlags(): string[] {
  return [
    // The jail reads its own published code, and nothing else; it needs threads for its cells. No other grant.
    '--permission',
    '--allow-worker',
    `--allow-fs-read=${join(HERE, '..', '*')}`,
    `--allow-fs-read=${join(HERE, '..', '..', 'wasm', '*')}`,
    '--no-warnings',
    '--no-addons',
    // Its databases are files that the permission model does not know of (measured on Node 22.13, 24.21 and 26.10).
    '--no-experimental-sqlite',
    '--disallow-code-generation-from-strings',
    '--disable-proto=throw',
    // With dynamic tiering a loop around a large memory.fill or table.copy is not interrupted for tens of seconds by worker.terminate(): V8's
    // baseline loops then look for interrupts only when a budget runs out (measured on Node 20, 22, 24 and 26; attack classes RES-02, HST-11).
    '--no-wasm-dynamic-tiering',
  ]
}

/** Programs of util-linux that narrow a process before it becomes Node; each is kept only if it works here. */
const WRAPPERS: readonly (readonly string[])[] = [
  // No network at all: a namespace with no interface that is up. Needs root or user namespaces.
  ['unshare', '--net', '--ipc', '--'],
  ['unshare', '--user', '--net', '--ipc', '--'],
  // No new privileges by setuid programs, and death with the host even if that is killed by SIGKILL.
  ['setpriv', '--no-new-privs', '--pdeathsig', 'KILL', '--'],
  // No core dumps of guest memory, no file growth, few descriptors.
  ['prlimit', '--core=0', '--fsize=0', '--nofile=256', '--'],
]

/** The wrappers that work on this system, found out by running `true` behind them. */
function findWrappers(): readonly string[] {
  if (process.platform !== 'linux') return []
  const chain: string[] = []
  for (const wrapper of WRAPPERS) {
    if (chain.includes(wrapper[0]!)) continue
    const [command, ...args] = [...chain, ...wrapper, 'true']
    if (spawnSync(command!, args, { stdio: 'ignore', timeout: 5000 }).status === 0) chain.push(...wrapper)
  }
  return chain
}

let found: readonly string[] | null = null

/** Found out once in each process: it costs a few short-lived processes. */
function workingWrappers(): readonly string[] {
  found ??= findWrappers()
  return found
}

/** Names of the system's means in use, for the report. */
export const systemHardening = (): string =>
  workingWrappers()
    .filter((part) => part !== '--')
    .join(' ') || 'none'

/** The command that starts a jail. */
export function jailCommand(): JailCommand {
  const argv = [...workingWrappers(), process.execPath, ...nodeFlags(), join(HERE, `jail${EXTENSION}`)]
  // Node hands NODE_V8_COVERAGE on to children even when the environment is empty; set to undefined it does not.
  return { command: argv[0]!, args: argv.slice(1), env: { NODE_V8_COVERAGE: undefined } }
}
