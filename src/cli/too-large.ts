// The refusal of a module whose file is too large to be read at all: the same words and events as the sandbox's own refusals.
import { Refusal } from '../sandbox/admission/refusal.ts'
import { resultWithoutRun } from '../sandbox/outcome.ts'
import type { Policy } from '../sandbox/policy/schema.ts'
import type { ExecutionResult } from '../sandbox/result.ts'
import type { TooLarge } from './module-file.ts'

export function sizeRefusal({ size }: TooLarge, { quotas, name }: Policy): Refusal {
  return new Refusal(
    'limit',
    `The module is larger than the policy "${name}" allows: ${size} bytes, and moduleBytes is ${quotas.moduleBytes}.`,
  )
}

export function tooLarge(file: TooLarge, policy: Policy): ExecutionResult {
  const refusal = sizeRefusal(file, policy)
  return resultWithoutRun('refused', refusal.message, refusal.events, performance.now())
}
