// Times of things.

/** Milliseconds that `action` takes. */
export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

/** The same for what does not wait: without the turn of the event loop that an `await` costs. */
export function timedNow(action: () => unknown): number {
  const start = performance.now()
  action()
  return performance.now() - start
}
