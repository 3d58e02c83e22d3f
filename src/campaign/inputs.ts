// Inputs of a coverage-guided target, tried without its engine: for a finding's reruns, its minimising, and `gauntlet replay`.
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Failure } from './engines/finding-key.ts'
import { killGroup } from './processes.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
/** Time for loading the target and for the input, in milliseconds: the engine gives an input five seconds. */
const WITHIN_MS = 15_000

const answer = z.object({
  fault: z.string().nullable(),
  failure: z.object({ kind: z.literal('throw'), message: z.string(), stack: z.array(z.string()) }).nullable(),
})

/** `failure` is null if the target took the input; `fault` says why nothing is known. */
export interface InputAnswer {
  readonly failure: Failure | null
  readonly fault: string | null
}

/**
 * The file of a target by its name, or null: the source where there is one, as it needs no build. Compiled ones are what the engine runs, and what
 * an installed package has.
 */
export function inputTarget(root: string, name: string, compiled = false): string | null {
  const places = [join(root, 'fuzz', `${name}.fuzz.ts`), join(root, 'build', 'fuzz', `${name}.fuzz.js`)]
  return (compiled ? places.reverse() : places).find((path) => existsSync(path)) ?? null
}

/** A target that takes one input after the other, in a process of its own that is replaced when an input ends it. */
export class InputRunner {
  readonly #path: string
  #child: ChildProcess | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** Never rejects: a death and a hang are failures of the target. One at a time. */
  async run(input: Uint8Array, signal?: AbortSignal): Promise<InputAnswer> {
    const child = this.#child ?? this.#start()
    const result = await ask(child, { path: this.#path, input }, signal)
    // A process in which something went wrong is not used for the next input.
    if (result.fault !== null || (result.failure !== null && result.failure.kind !== 'throw')) this.close()
    return result
  }

  close(): void {
    if (this.#child?.pid !== undefined) killGroup(this.#child.pid)
    this.#child = null
  }

  #start(): ChildProcess {
    this.#child = fork(new URL(`./input-process${EXTENSION}`, import.meta.url), [], {
      detached: true,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    return this.#child
  }
}

function ask(child: ChildProcess, task: { path: string; input: Uint8Array }, signal?: AbortSignal): Promise<InputAnswer> {
  return new Promise((resolve) => {
    const done = (result: InputAnswer): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      child.removeAllListeners()
      resolve(result)
    }
    const failed = (kind: Failure['kind'], message: string): void => done({ failure: { kind, message, stack: [] }, fault: null })
    const fault = (text: string): void => done({ failure: null, fault: text })
    const stop = (): void => fault('stopped')
    const timer = setTimeout(() => failed('timeout', 'the input ran longer than the time limit'), WITHIN_MS)
    signal?.addEventListener('abort', stop)
    child.once('error', (error) => fault(`its process could not be started: ${error.message}`))
    child.once('exit', (code, by) => {
      if (by) failed(by === 'SIGABRT' ? 'abort' : 'signal', `the process died of ${by}`)
      else failed('exit', code === 0 ? 'the target ended the process' : `the target ended the process with code ${code}`)
    })
    child.once('message', (raw) => {
      const parsed = answer.safeParse(raw)
      if (parsed.success) done(parsed.data)
      else fault('its process sent an answer that is not one')
    })
    child.send(task)
    if (signal?.aborted) stop()
  })
}

/** One input in a process of its own. */
export async function runInput(path: string, input: Uint8Array, signal?: AbortSignal): Promise<InputAnswer> {
  const runner = new InputRunner(path)
  try {
    return await runner.run(input, signal)
  } finally {
    runner.close()
  }
}
