// Coverage-guided: bytes, as a program of host calls, through the executor guest, inline.
import { decodeProgram } from '../src/attacks/executor/decode.ts'
import { PAGE } from '../src/attacks/executor/module.ts'
import { formatProgram } from '../src/attacks/executor/text.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { runOneOfMany, smallest } from './executor.ts'
import { DICTIONARY, LITERALS } from './literals.ts'

export const about: FuzzTargetAbout = {
  threats: ['MEM-01', 'MEM-02', 'MEM-09', 'MEM-10', 'MEM-21', 'MEM-24', 'CTL-01', 'WSI-04', 'WSI-06'],
  includes: ['build/src/sandbox/host', 'build/src/sandbox/isolation/guest'],
  maxLength: 256,
  ...(DICTIONARY !== undefined && { dictionary: DICTIONARY }),
}

export function fuzz(data: Buffer): void {
  const program = decodeProgram(data, PAGE, LITERALS)
  const problem = runOneOfMany(program)
  if (problem !== null) throw new Error(`${problem}\n${formatProgram(smallest(program))}`)
}
