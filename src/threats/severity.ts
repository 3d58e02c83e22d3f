// Score and level of a threat: computed from its CVSS 4.0 vector, so that nobody can write a figure that the vector does not have.
import calculator from 'ae-cvss-calculator'
import type { ThreatEntry } from './schema.ts'

export const LEVELS = ['none', 'low', 'medium', 'high', 'critical'] as const
export type Level = (typeof LEVELS)[number]

export interface Severity {
  readonly vector: string
  /** 0 to 10, of the base metrics. */
  readonly score: number
  readonly level: Level
  /** Why the metrics are as they are. */
  readonly because: string
}

/** @param written a vector that the schema has accepted: the calculator takes half a vector, and gives 0 for it */
export function severityOf({ vector, because }: ThreatEntry['severity']): Severity {
  const score = new calculator.Cvss4P0(vector).calculateScores().overall
  return { vector, score, level: levelOf(score), because }
}

/** The qualitative scale of CVSS 4.0, chapter 6. */
export function levelOf(score: number): Level {
  if (score <= 0) return 'none'
  if (score < 4) return 'low'
  if (score < 7) return 'medium'
  return score < 9 ? 'high' : 'critical'
}
