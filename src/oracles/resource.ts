// The resource oracle: the host and all of its processes stayed within the memory, and the guest's output within the bytes, of the trial.
import { limitsOf, residentBoundOf } from './limits.ts'
import { type Oracle, speaker } from './oracle.ts'

const say = speaker('resource')

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

/** Output that a target may hold beyond the limit, in bytes: what was in flight when the limit was noticed, such as one pipe buffer. */
const OUTPUT_SLACK = 64 * 1024

export const resourceOracle: Oracle = (trial, observation) => {
  const { peakResidentBytes, overrun } = observation.chamber
  const bound = residentBoundOf(trial.expect)
  if (overrun) {
    return say(
      'violated',
      'memory-overrun',
      `resident memory must stay below ${mib(bound)}, but reached ${mib(peakResidentBytes)} and the host had to be killed`,
    )
  }
  if (peakResidentBytes > bound) {
    return say(
      'violated',
      'memory-over-bound',
      `resident memory must stay below ${mib(bound)}, but reached ${mib(peakResidentBytes)}`,
    )
  }
  const output = (observation.result?.stdout.length ?? 0) + (observation.result?.stderr.length ?? 0)
  const { outputBytes } = limitsOf(trial)
  if (output > outputBytes + OUTPUT_SLACK) {
    return say('violated', 'output-over-limit', `output must stop at ${outputBytes} bytes, but ${output} bytes were kept`)
  }
  if (peakResidentBytes === 0) {
    const asked = trial.expect.residentMiB !== undefined
    return say(asked ? 'inconclusive' : 'contained', 'not-measured', 'resident memory was not sampled')
  }
  return say('contained', 'within-bounds', `resident memory reached ${mib(peakResidentBytes)} of ${mib(bound)}`)
}
