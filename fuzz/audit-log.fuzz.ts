// Coverage-guided: bytes, as lines of an audit log, through the reader of lines and the chain; and a real log with bytes of it changed.
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { changedProblem, edited, forged, LOG, lineProblem } from './oracles/audit-log.ts'

export const about: FuzzTargetAbout = {
  threats: ['OUT-02', 'OUT-11'],
  includes: ['build/src/sandbox/audit', 'build/src/sandbox/policy/strict-json', 'build/src/sandbox/own-data'],
  maxLength: 1024,
  minimumEdges: 50,
  minimumReached: 40,
}

export function fuzz(data: Buffer): void {
  const kind = (data[0] ?? 0) % 5
  const rest = data.subarray(1)
  // Not the last line, behind which nothing stands that would tell.
  const which = (rest[0] ?? 0) % 2
  const edits = rest.subarray(1)
  const flipped = (line: Buffer): Buffer => {
    const copy = Buffer.from(line)
    if (edits.length > 2) copy[edits.readUInt16LE(0) % copy.length]! ^= edits[2]!
    return copy
  }
  const problems = [
    () => lineProblem(rest),
    () => lineProblem(forged(rest.toString('latin1'))),
    () => lineProblem(forged(edited(LOG[which]!, edits))),
    () => changedProblem(which, flipped),
    () => changedProblem(which, (line) => forged(edited(line, edits))),
  ]
  const problem = problems[kind]!()
  if (problem !== null) throw new Error(problem)
}
