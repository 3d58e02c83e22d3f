// What the threat model says, as it was when the run was made.
import { z } from 'zod'

export const described = { id: z.string(), title: z.string(), description: z.string() }

/** What the threat model says beside threats, controls and boundaries. */
export const modelRecord = z.strictObject({
  title: z.string(),
  /** SHA-256 over all of its files, overlays included. */
  sha256: z.string(),
  overlays: z.array(z.strictObject({ title: z.string(), file: z.string(), sha256: z.string() })),
  assets: z.array(z.strictObject(described)),
  actors: z.array(z.strictObject({ ...described, trusted: z.boolean() })),
  zones: z.array(z.strictObject(described)),
  flows: z.array(
    z.strictObject({ ...described, from: z.string(), to: z.string(), boundary: z.string(), assets: z.array(z.string()) }),
  ),
  assumptions: z.array(
    z.strictObject({ ...described, validity: z.enum(['unconfirmed', 'confirmed', 'rejected']), threats: z.array(z.string()) }),
  ),
  residualRisks: z.array(z.strictObject({ ...described, threats: z.array(z.string()) })),
  /** Threats that an overlay switches off; they are in `threats` too, as not applicable. */
  switchedOff: z.array(z.strictObject({ threat: z.string(), reason: z.string(), overlay: z.string() })),
})

export type ModelRecord = z.infer<typeof modelRecord>
