// Who may have whose cell: guests with the same key, one after the other, and nobody without one.
import { createHash } from 'node:crypto'
import { policyDigest } from './policy/digest.ts'
import type { Policy } from './policy/schema.ts'

/**
 * The policy is always part of it: a guest with less must not be able to leave something behind for one with more. A guest of nobody in particular
 * is a stranger to everybody under `same-principal`; under `same-module` such guests of one module are alike.
 *
 * @param module SHA-256 of the module as it came
 * @returns null for a guest whose cell nobody may have
 */
export function reuseKey(policy: Policy, module: string, principal: string | null): string | null {
  const { reuse } = policy.isolation
  if (reuse === 'never' || (reuse === 'same-principal' && principal === null)) return null
  const of = [reuse, policyDigest(policy), reuse === 'same-module' ? module : '', principal === null ? '' : `p:${principal}`]
  // The principal's name is the embedder's business, and this goes to the jail.
  return createHash('sha256').update(of.join('\n')).digest('hex')
}
