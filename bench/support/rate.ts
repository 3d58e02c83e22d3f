// How often something can be done in a second.

/** Does it for about so long. @param all what it is done with, one after the other, all of them the same number of times */
export function rateOver<T>(milliseconds: number, all: readonly T[], action: (each: T) => void): number {
  const start = performance.now()
  let done = 0
  do {
    for (const each of all) action(each)
    done += all.length
  } while (performance.now() - start < milliseconds)
  return (done * 1000) / (performance.now() - start)
}

/** The same for what has to be waited for, without end of what it is done with. @param signal ends it early */
export async function rateOf(
  milliseconds: number,
  action: (turn: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<number> {
  const start = performance.now()
  let done = 0
  do {
    signal.throwIfAborted()
    await action(done++)
  } while (performance.now() - start < milliseconds)
  return (done * 1000) / (performance.now() - start)
}
