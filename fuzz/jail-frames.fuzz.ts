// Coverage-guided: bytes, as frames of a jail, through the reader and the decoder of its host.
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { decodeJailFrames, hearJail } from './jail-frames.ts'

export const about: FuzzTargetAbout = {
  threats: ['CTL-09', 'HST-09', 'LNK-08', 'RES-07', 'FSX-15'],
  includes: ['build/src/sandbox/isolation'],
  maxLength: 512,
  minimumEdges: 150,
  minimumReached: 110,
}

export function fuzz(data: Buffer): void {
  const problem = hearJail(decodeJailFrames(data), 1 + (data.length % 64))
  if (problem !== null) throw new Error(problem)
}
