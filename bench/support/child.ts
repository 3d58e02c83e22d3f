// Scripts that measure in a process of their own: what they use up, and what they leave running, ends with them.
import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { EXTENSION } from './project.ts'

/** Longer than any of them takes, milliseconds. */
const DEADLINE = 20_000

/** What of the child may be prepared before it answers: pipes to answer, descriptors. */
export interface ChildOptions {
  readonly stdio?: StdioOptions
  readonly execArgv?: readonly string[]
  readonly started?: (child: ChildProcess) => void
  readonly deadlineMs?: number
}

/**
 * Runs a script of ../children until its first message, a number, then ends it and waits until it is gone.
 *
 * @throws if it says why there is no number, ends without a word, or does not come to one in time
 */
export async function inChild(script: string, args: readonly string[] = [], options: ChildOptions = {}): Promise<number> {
  const { stdio = ['ignore', 'ignore', 'ignore', 'ipc'], execArgv = [], started, deadlineMs = DEADLINE } = options
  const file = fileURLToPath(new URL(`../children/${script}${EXTENSION}`, import.meta.url))
  const child = fork(file, args, { execArgv: ['--no-warnings', ...execArgv], stdio })
  started?.(child)
  let late: NodeJS.Timeout | undefined
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => (typeof message === 'number' ? resolve(message) : reject(new Error(String(message)))))
      child.once('exit', () => reject(new Error('its process ended without an answer')))
      late = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1000} s`)), deadlineMs)
    })
  } finally {
    clearTimeout(late)
    child.kill('SIGKILL')
    await gone
  }
}
