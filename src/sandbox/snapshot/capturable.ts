// What an instance needs so that it can be captured and restored: what a snapshot of it belongs to, and what there is in one.
import type { SnapshotIdentity } from './identity.ts'
import type { HostShape } from './image.ts'
import type { SnapshotPlan } from './plan.ts'

export interface Capturable {
  readonly identity: SnapshotIdentity
  readonly plan: SnapshotPlan
  readonly host: HostShape
}
