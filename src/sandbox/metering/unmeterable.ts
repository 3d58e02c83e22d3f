// The refusal of a module that cannot be metered. Nothing runs unmetered where the policy wants it metered.
import { Refusal } from '../admission/refusal.ts'

/** @param why a clause without guest text */
export const unmeterable = (why: string, offset: number | null = null): Refusal =>
  new Refusal('metering-unsupported', `The module cannot be metered: ${why}.`, offset)
