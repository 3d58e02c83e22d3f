// What a run has to know of snapshots before its guest begins: how it is captured, and the state that it begins with.
import type { Admitted } from '../admission/admit.ts'
import { STREAMS } from '../host/streams.ts'
import type { GuestSpec } from '../isolation/guest.ts'
import type { Policy } from '../policy/schema.ts'
import type { Capturable } from './capturable.ts'
import { SnapshotError } from './error.ts'
import { identityOf } from './identity.ts'
import type { HostShape } from './image.ts'
import { sentenceOf } from './problem.ts'
import type { Snapshot } from './snapshot.ts'

/** How the host's side of a guest looks under a policy: streams that are granted, then mounts. */
const hostShapeOf = ({ capabilities: { stdio, fs, random } }: Policy): HostShape => ({
  handles: STREAMS.filter((stream) => stdio?.[stream]).length + (fs?.mounts.length ?? 0),
  seeded: typeof random === 'object' && random !== null,
})

/**
 * The parts of the specification that are about snapshots; none for a module that was not prepared.
 *
 * @param from state to begin with
 * @throws {SnapshotError} if the module has state that cannot be captured, or `from` is of something else
 */
export function stateOf(admitted: Admitted, policy: Policy, from: Snapshot | undefined): Pick<GuestSpec, 'snapshots' | 'image'> {
  const { snapshots } = admitted
  if (!snapshots) return {}
  if ('problem' in snapshots) throw new SnapshotError(snapshots.problem, sentenceOf(snapshots))
  if (!from) return { snapshots }
  from.mustFit(capturableOf(admitted, policy)!)
  return { snapshots, image: from.image }
}

/** Null for a module that was not prepared. */
export function capturableOf({ sha256, snapshots }: Admitted, policy: Policy): Capturable | null {
  if (!snapshots || 'problem' in snapshots) return null
  return { identity: identityOf(sha256, policy), plan: snapshots, host: hostShapeOf(policy) }
}
