// Coverage-guided: any bytes through the reader and admission; what is admitted is what the engine sees too.
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { compareWithEngine } from '../src/oracles/engine-agreement.ts'
import { admit } from '../src/sandbox/admission/admit.ts'
import { resolvePolicy } from '../src/sandbox/policy/resolve.ts'
import { readModule } from '../src/wasm/index.ts'

export const about: FuzzTargetAbout = {
  threats: ['MOD-01', 'MOD-02', 'MOD-03', 'MOD-16', 'MOD-18'],
  includes: ['build/src/wasm', 'build/src/sandbox/admission'],
  maxLength: 1024,
  minimumEdges: 500,
  minimumReached: 300,
}

const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)
const policy = resolvePolicy('default')

export function fuzz(data: Buffer): void {
  // An odd first byte puts the right header before the rest: without one hardly any input gets beyond it.
  const bytes = data.length > 0 && data[0]! % 2 === 1 ? Uint8Array.from([...HEADER, ...data.subarray(1)]) : new Uint8Array(data)
  const { problem } = compareWithEngine(bytes)
  if (problem !== null) throw new Error(problem)
  const admission = admit(bytes, policy)
  // What admission writes must be a module again, or the rewriter broke it.
  if (admission.verdict === 'admitted') readModule(admission.bytes)
}
