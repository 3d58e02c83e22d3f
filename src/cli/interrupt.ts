// Ctrl-C: the first one asks the command to come to an end with what it has, the second one ends it at once.
import { EXIT, OUTCOME_EXIT } from './exit-codes.ts'

/** Calls `command` with a signal that Ctrl-C and SIGTERM abort; the code of an interrupted command is that of the interruption. */
export async function interruptible(command: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController()
  let code: number | null = null
  const interrupt = (signal: NodeJS.Signals) => {
    // Children end with their channel, and chambers with their group, so leaving at once leaves nothing behind.
    if (code !== null) process.exit(code)
    code = signal === 'SIGTERM' ? OUTCOME_EXIT.terminated : EXIT.interrupted
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, interrupt)
  try {
    const own = await command(controller.signal)
    return code ?? own
  } finally {
    for (const signal of signals) process.off(signal, interrupt)
  }
}
