// A finding in a line, for a summary and for the difference of two runs: what it is, and how to see it again.
import { z } from 'zod'

export const findingLine = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  threat: z.string().nullable(),
  target: z.string(),
  /** One command. */
  replay: z.string(),
})

export type FindingLine = z.infer<typeof findingLine>

export function lineOf({ id, title, severity, threat, target, replay }: FindingLine): FindingLine {
  return { id, title, severity, threat, target, replay }
}
