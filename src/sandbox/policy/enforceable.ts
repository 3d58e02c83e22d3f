// What cannot be enforced is refused when the sandbox is created, never accepted in silence.
import { type EngineVersions, judgeEngine } from '../engine/gate.ts'
import { trustProblems } from '../signing/trust.ts'
import { JAIL_ONLY } from './limits/quotas.ts'
import { readNetGrant } from './net-patterns.ts'
import type { Mount, Policy } from './schema.ts'

// What a jail needs for Node itself, before any guest: 74 MiB on Node 24 as published, 113 MiB from sources, whose types it strips; the rest is
// room for compiled code.
const JAIL_OWN_BYTES = 144 * 2 ** 20
// A table element is one tagged pointer and, for a function, an entry in the dispatch table beside it: 24-32 bytes measured on V8 13.6.
const TABLE_ELEMENT_BYTES = 32
// Of these, what lies on the heap of the cell's thread; and what the thread needs for itself.
const TABLE_ELEMENT_HEAP_BYTES = 8
const CELL_OWN_HEAP_BYTES = 16 * 2 ** 20

/** Handles that the standard streams take. */
const STREAMS = 3

interface Problem {
  readonly place: string
  readonly reason: string
}

/**
 * Every part of the policy that this platform cannot enforce at this isolation level.
 *
 * @param versions of the engine, as `process.versions`
 */
export function unenforceable(policy: Policy, versions: EngineVersions = process.versions): Problem[] {
  const { net } = policy.capabilities
  return [
    ...engine(policy, versions),
    ...(policy.isolation.level === 'inline' ? inline(policy) : jail(policy)),
    ...mounts(policy.capabilities.fs?.mounts ?? [], policy.quotas.handles),
    ...(net ? readNetGrant(net).problems : []),
    ...(policy.signatures ? trustProblems(policy.signatures) : []),
  ]
}

// The walls of a jail are the engine's and Node's; a version that is known to have a hole in one is refused where somebody asked for that (ENG-01).
function engine({ isolation }: Policy, versions: EngineVersions): Problem[] {
  if (isolation.engineGate !== 'refuse') return []
  const { engine: name, problems } = judgeEngine(versions)
  if (problems.length === 0) return []
  return [
    {
      place: 'isolation.engineGate',
      reason: `${name} is refused (${problems.join('; ')}); run another version, or set it to report`,
    },
  ]
}

// On the caller's own thread nothing can interrupt a guest and nothing can be measured apart from the host, so a limit there would be a promise only.
function inline({ quotas, isolation, capabilities, audit }: Policy): Problem[] {
  const problems: Problem[] = []
  for (const quota of JAIL_ONLY) {
    if (quotas[quota] !== null) {
      problems.push({
        place: `quotas.${quota}`,
        reason: 'isolation level inline cannot enforce it; set it to null to run without, or use level jail',
      })
    }
  }
  if (isolation.exclusiveJail)
    problems.push({ place: 'isolation.exclusiveJail', reason: 'isolation level inline has no jail; set it to false' })
  if (isolation.reuse !== 'never')
    problems.push({ place: 'isolation.reuse', reason: 'isolation level inline has no cells; set it to never' })
  if (audit.whenUnwritable === 'end-guest')
    problems.push({
      place: 'audit.whenUnwritable',
      reason: 'isolation level inline cannot end a guest; use refuse or level jail',
    })
  // A host call there is a call in the one thread that would have to wait for it, so only what is done at once can be offered.
  if (capabilities.net)
    problems.push({
      place: 'capabilities.net',
      reason: 'isolation level inline cannot wait for the network; set it to null or use level jail',
    })
  if (capabilities.fs?.mounts.some(({ kind }) => kind === 'directory'))
    problems.push({
      place: 'capabilities.fs.mounts',
      reason: 'isolation level inline cannot reach live directories; mount a snapshot or use level jail',
    })
  return problems
}

function jail({ quotas, capabilities, isolation }: Policy): Problem[] {
  const problems: Problem[] = []
  for (const quota of JAIL_ONLY) {
    if (quotas[quota] === null)
      problems.push({ place: `quotas.${quota}`, reason: 'isolation level jail needs a limit; null is for level inline' })
  }
  if (isolation.exclusiveJail && isolation.reuse !== 'never')
    problems.push({ place: 'isolation.reuse', reason: 'no other guest comes into an exclusive jail; set it to never' })
  const files = capabilities.fs?.mounts.some(({ kind }) => kind !== 'directory') ? quotas.fileBytes : 0
  const needed = JAIL_OWN_BYTES + quotas.memoryBytes + files + quotas.tableElements * TABLE_ELEMENT_BYTES
  if (quotas.residentBytes !== null && quotas.residentBytes < needed) {
    problems.push({
      place: 'quotas.residentBytes',
      reason: `a guest that stays within memoryBytes, tableElements and fileBytes can need ${needed} bytes, so a limit of ${quotas.residentBytes} would end honest guests; raise it or lower the others`,
    })
  }
  const heap = CELL_OWN_HEAP_BYTES + quotas.tableElements * TABLE_ELEMENT_HEAP_BYTES
  if (quotas.heapBytes !== null && quotas.heapBytes < heap) {
    problems.push({
      place: 'quotas.heapBytes',
      reason: `a guest that stays within tableElements can need ${heap} bytes, so a limit of ${quotas.heapBytes} would end honest guests; raise it or lower tableElements`,
    })
  }
  return problems
}

function mounts(list: readonly Mount[], handles: number): Problem[] {
  const place = 'capabilities.fs.mounts'
  const twice = list.find(({ at }, index) => list.some((other, earlier) => earlier < index && other.at === at))
  const problems: Problem[] = []
  if (list.length + STREAMS > handles)
    problems.push({
      place: 'quotas.handles',
      reason: `the standard streams and ${list.length} mounts need ${list.length + STREAMS}`,
    })
  if (twice) problems.push({ place, reason: `there are two mounts at ${twice.at}` })
  // Without /proc/self/fd there is no way in Node to name a file relative to an open directory, and names alone can be changed between
  // the check and the use (FSX-08).
  if (process.platform !== 'linux' && list.some(({ kind }) => kind === 'directory'))
    problems.push({
      place,
      reason: 'live directories are offered on Linux only, where they cannot be raced; mount a snapshot instead',
    })
  return problems
}
