// The time oracle: the answer came in time, by a clock outside the guest's thread, and the embedder's thread was not held up meanwhile.
import { deadlineOf } from './limits.ts'
import { type Oracle, speaker } from './oracle.ts'

const say = speaker('time')

/**
 * Longest time for which the chamber's main thread may not react, in milliseconds. A machine under load delays heartbeats by hundreds of
 * milliseconds, so only a block that no load explains counts.
 */
export const MAX_BLOCK_MS = 5_000

export const timeOracle: Oracle = (trial, observation) => {
  const bound = deadlineOf(trial)
  const { chamber, elapsedMs } = observation
  if (chamber.hung)
    return say('violated', 'hung', `an answer must come within ${bound} ms, but none came and the host had to be killed`)
  if (elapsedMs > bound)
    return say('violated', 'too-slow', `an answer must come within ${bound} ms, but took ${Math.round(elapsedMs)} ms`)
  if (chamber.longestBlockMs > MAX_BLOCK_MS) {
    const block = Math.round(chamber.longestBlockMs)
    return say('violated', 'host-blocked', `the embedder’s thread must stay responsive, but did not react for ${block} ms`)
  }
  return say('contained', 'in-time', `answered within ${bound} ms`)
}
