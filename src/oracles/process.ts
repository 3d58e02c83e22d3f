// The process oracle: the host is alive, returned instead of throwing, left no error unhandled and no process behind.
import type { Observation } from './observation.ts'
import { type Oracle, speaker } from './oracle.ts'
import { quote } from './text.ts'

const say = speaker('process')

/** Warnings (deprecations, experimental features) are shown to people but are no sign of a guest's influence. */
export const isWarning = (text: string): boolean => text.startsWith('warning: ')

function howItEnded({ exitCode, signal }: Observation['chamber']): string | null {
  if (signal !== null) return `was ended by ${signal}`
  if (exitCode !== null) return `exited with code ${exitCode}`
  return null
}

export const processOracle: Oracle = (_trial, observation) => {
  const { chamber, threw } = observation
  const ended = howItEnded(chamber)
  const unhandled = chamber.unhandled.filter((text) => !isWarning(text))
  // A chamber that we had to kill says nothing here: the time or the resource oracle says why it had to be killed.
  if (ended !== null && !chamber.hung && !chamber.overrun) {
    return say(
      'violated',
      'host-died',
      `the host process must stay alive, but it ${ended}; stderr ends with ${quote(chamber.stderrTail.slice(-200))}`,
    )
  }
  if (threw !== null) return say('violated', 'target-threw', `the target must return a result, but it threw ${quote(threw)}`)
  if (unhandled.length > 0) {
    return say(
      'violated',
      'unhandled-error',
      `no error may stay unhandled in the host, but ${unhandled.length} did: ${quote(unhandled[0]!)}`,
    )
  }
  if (chamber.orphans > 0) {
    return say('violated', 'orphans', `every process must end with the target, but ${chamber.orphans} outlived it`)
  }
  if (ended !== null)
    return say('inconclusive', 'host-was-killed', 'the host had to be killed, so how it would have ended is not known')
  return say('contained', 'host-alive', 'the host stayed alive and returned a result')
}
