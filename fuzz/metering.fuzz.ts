// Coverage-guided: programs out of bytes, metered and not; and the metered ones with some bytes changed, before the checker.
import { fromBytes } from '../src/attacks/generators/choices.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { program } from './models/metering-programs.ts'
import { checkerIsNotFooled, meteredOf, meteredPlaces, sameBehaviour } from './oracles/metering.ts'

export const about: FuzzTargetAbout = {
  threats: ['MOD-15', 'RES-01', 'RES-10', 'CTL-14'],
  includes: ['build/src/sandbox/metering', 'build/src/sandbox/admission'],
  maxLength: 512,
  minimumEdges: 600,
  minimumReached: 400,
}

/** Bytes at the head that say what is changed: up to two places with another byte each. */
const CHANGES = 6

export function fuzz(data: Buffer): void {
  const bytes = fromBytes(program, data.subarray(CHANGES))
  const metered = meteredOf(bytes)
  const problem = 'problem' in metered ? metered.problem : sameBehaviour(bytes, metered.written)
  if (problem !== null) throw new Error(problem)
  if (!('written' in metered) || data.length < CHANGES) return
  const changed = metered.written.slice()
  const places = meteredPlaces(changed)
  for (const at of [0, 3]) changed[places[data.readUInt16LE(at) % places.length]!]! ^= data[at + 2]!
  const fooled = checkerIsNotFooled(bytes, metered.written, changed)
  if (fooled !== null) throw new Error(fooled)
}
