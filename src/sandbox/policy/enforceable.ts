// What cannot be enforced is refused when the sandbox is created, never accepted in silence.
import type { Policy } from './schema.ts'

// What a jail needs for Node itself, before any guest: 74 MiB on Node 24 as published, 113 MiB from sources, whose types it strips; the rest is
// room for compiled code.
const JAIL_OWN_BYTES = 144 * 2 ** 20
// A table element is one tagged pointer and, for a function, an entry in the dispatch table beside it: 24-32 bytes measured on V8 13.6.
const TABLE_ELEMENT_BYTES = 32

interface Problem {
  readonly place: string
  readonly reason: string
}

/** Every part of the policy that this platform cannot enforce at this isolation level. */
export function unenforceable(policy: Policy): Problem[] {
  return policy.isolation.level === 'inline' ? inline(policy) : jail(policy)
}

// On the caller's own thread nothing can interrupt a guest and nothing can be measured apart from the host, so a limit there would be a promise only.
function inline({ quotas, isolation }: Policy): Problem[] {
  const problems: Problem[] = []
  for (const quota of ['wallClockMs', 'cpuMs', 'residentBytes'] as const) {
    if (quotas[quota] !== null) {
      problems.push({
        place: `quotas.${quota}`,
        reason: 'isolation level inline cannot enforce it; set it to null to run without, or use level jail',
      })
    }
  }
  if (isolation.exclusiveJail)
    problems.push({ place: 'isolation.exclusiveJail', reason: 'isolation level inline has no jail; set it to false' })
  return problems
}

function jail({ quotas }: Policy): Problem[] {
  const problems: Problem[] = []
  for (const quota of ['wallClockMs', 'cpuMs', 'residentBytes'] as const) {
    if (quotas[quota] === null)
      problems.push({ place: `quotas.${quota}`, reason: 'isolation level jail needs a limit; null is for level inline' })
  }
  const needed = JAIL_OWN_BYTES + quotas.memoryBytes + quotas.tableElements * TABLE_ELEMENT_BYTES
  if (quotas.residentBytes !== null && quotas.residentBytes < needed) {
    problems.push({
      place: 'quotas.residentBytes',
      reason: `a guest that stays within memoryBytes and tableElements can need ${needed} bytes, so a limit of ${quotas.residentBytes} would end honest guests; raise it or lower the other two`,
    })
  }
  return problems
}
