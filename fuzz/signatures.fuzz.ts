// Coverage-guided: changes out of bytes to a signed module, through the reader of signatures; and any bytes as the envelope and as the module.
import { fromBytes } from '../src/attacks/generators/choices.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { encodeEnvelope, readEnvelope } from '../src/sandbox/signing/envelope.ts'
import { InvalidSignature } from '../src/sandbox/signing/invalid-signature.ts'
import { MalformedModule } from '../src/wasm/index.ts'
import { holds, tampering, verifiedAsSigned } from './properties/signed-modules.ts'

export const about: FuzzTargetAbout = {
  threats: ['SUP-04', 'SUP-05'],
  includes: ['build/src/sandbox/signing', 'build/src/wasm/'],
  maxLength: 512,
  minimumEdges: 500,
  minimumReached: 180,
}

export function fuzz(data: Buffer): void {
  const rest = data.subarray(1)
  const problems = [
    () => envelopeProblem(rest),
    () => envelopeProblem(edited(rest)),
    () => verifiedAsSigned(new Uint8Array(rest), 1),
    () => holds(fromBytes(tampering, rest)),
  ]
  const problem = problems[(data[0] ?? 0) % problems.length]!()
  if (problem !== null) throw new Error(problem)
}

const ENVELOPE = encodeEnvelope([
  { hashes: [new Uint8Array(32)], signatures: [{ keyId: Uint8Array.of(1), signature: new Uint8Array(64) }] },
])

/** A right envelope with some bytes changed, or turned into a padded number: the same value in one byte more. */
function edited(edits: Buffer): Uint8Array {
  let bytes = [...ENVELOPE]
  for (let at = 0; at + 1 < edits.length && at < 6; at += 2) {
    const place = edits[at]! % bytes.length
    const before = bytes[place]!
    const now = edits[at + 1]! % 2 === 0 ? [before | 0x80, 0] : [before ^ edits[at + 1]!]
    bytes = [...bytes.slice(0, place), ...now, ...bytes.slice(place + 1)]
  }
  return Uint8Array.from(bytes)
}

/** What is read as an envelope is written again as the same bytes: no two readers can see two things in it. */
function envelopeProblem(payload: Uint8Array): string | null {
  try {
    const again = encodeEnvelope(readEnvelope(payload))
    return Buffer.compare(again, payload) === 0 ? null : 'an envelope is accepted that is not the one way to write it'
  } catch (error) {
    if (error instanceof InvalidSignature || error instanceof MalformedModule) return null
    throw error
  }
}
