// The seed of everything random, as it is written on the command line.
import { randomInt } from 'node:crypto'
import { usageError } from './cli-error.ts'

/** The number that was written, or a new one. */
export function seedOf(text: string | undefined): number {
  if (text === undefined) return randomInt(2 ** 31)
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (seed < 2 ** 31) return seed
  throw usageError(`--seed ${JSON.stringify(text)} is not a seed; write a whole number from 0 to ${2 ** 31 - 1}.`)
}
