// Ctrl-C: the first one asks the command to come to an end with what it has, the second one ends it at once.
import { EXIT, OUTCOME_EXIT } from './exit-codes.ts'

export interface Interruption {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal
  /** The exit code that goes with it; null until it comes. */
  readonly code: number | null
}

/** Runs a command that can be interrupted. */
export async function interruptible(command: (interruption: Interruption) => Promise<number>): Promise<number> {
  const controller = new AbortController()
  const interruption: { signal: AbortSignal; code: number | null } = { signal: controller.signal, code: null }
  const interrupt = (signal: NodeJS.Signals) => {
    // Jails end with their channel, and chambers with this process, so leaving at once leaves nothing behind.
    if (interruption.code !== null) process.exit(interruption.code)
    interruption.code = signal === 'SIGTERM' ? OUTCOME_EXIT.terminated : EXIT.interrupted
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    return await command(interruption)
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}
