// Runs the real command in a process of its own, as a shell would.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'src', 'cli', 'main.ts')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stdoutBytes: Buffer
  readonly stderr: string
}

export interface SpawnOptions {
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  /** More could come, for as long as the command lives. */
  readonly keepStdinOpen?: boolean
  /** Called when the command has read its standard input, if that is more than a pipe holds (1 MiB is). */
  readonly onStdinRead?: (kill: (signal: NodeJS.Signals) => void) => void
  /** Called with everything on stderr so far. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

export function gauntlet(
  args: readonly string[],
  { stdin, cwd = ROOT, keepStdinOpen, onStdinRead, onStderr }: SpawnOptions = {},
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: 'pipe' })
    const out: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (piece: Buffer) => out.push(piece))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      onStderr?.(stderr, (signal) => child.kill(signal))
    })
    child.on('error', fail)
    child.on('close', (code) => {
      const stdoutBytes = Buffer.concat(out)
      done({ code, stdout: stdoutBytes.toString('utf8'), stdoutBytes, stderr })
    })
    // A command that does not read leaves us with a broken pipe, which is its right.
    child.stdin.on('error', () => {})
    const read = () => onStdinRead?.((signal) => child.kill(signal))
    if (keepStdinOpen) child.stdin.write(stdin ?? '', read)
    else child.stdin.end(stdin ?? '', read)
  })
}

/** A folder for one test file, and its removal. */
export function scratch(): { readonly dir: string; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'gauntlet-cli-'))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** What every complaint must be: one line on stderr that begins with the command's name, and nothing on stdout. */
export function complaint({ stdout, stderr }: Ended): string | null {
  return stdout === '' && /^gauntlet: [^\n]+\n$/.test(stderr) ? stderr.slice('gauntlet: '.length, -1) : null
}
