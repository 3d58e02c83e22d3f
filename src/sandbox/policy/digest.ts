// One name for one policy: what records and caches say instead of the whole of it.
import { createHash } from 'node:crypto'
import { isResolved } from './resolve.ts'
import type { Policy } from './schema.ts'

/** For policies that nobody can change any more. */
const known = new WeakMap<Policy, string>()

/** SHA-256 of the policy as JSON with the keys of every object in the order of their code units, hexadecimal. */
export function policyDigest(policy: Policy): string {
  const digest = known.get(policy) ?? createHash('sha256').update(textOf(policy)).digest('hex')
  if (isResolved(policy)) known.set(policy, digest)
  return digest
}

// By hand, because a `toJSON` on a polluted `Object.prototype` would give all policies one name, and with it each other's cells and modules (LNK-02).
function textOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${textOf(part)}`).join(',')}}`
}
