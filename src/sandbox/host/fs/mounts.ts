// The mounts of a guest, as directories that are open from the start: descriptor 3, 4, … in the order of the policy.
//
// Each mount is a tree of its own. Where one lies below another (`/` and `/data`), that is a matter of names only: a path given to `/` never
// leads into the tree of `/data`, and `/` may have a directory of that name of its own. A guest's library chooses the mount with the longest
// path that fits. So no mount gets rights from another, and closing or renumbering one changes nothing for the rest (FSX-22).
import { realtime } from '../clocks.ts'
import type { HostContext } from '../context.ts'
import { openBrokerMount } from './broker-directory.ts'
import type { MountSpec, OpenDirectory, TreeChange } from './file-system.ts'
import { MemoryDirectory } from './memory-directory.ts'
import { MemoryTree } from './memory-tree.ts'
import { MOUNT_RIGHTS } from './rights.ts'
import { TreeChanges } from './tree-changes.ts'
import { type FileQuota, TreeUsage } from './tree-usage.ts'

export interface Mounts {
  /** What the guest changed in its memory and snapshot mounts since this was last asked. */
  changes(): readonly TreeChange[]
  /** Whether the guest ever changed anything in them. */
  readonly touched: boolean
  /** Quotas that are exceeded are told again. */
  beginActivation(): void
}

/**
 * Opens the mounts of `context.grants` in its handle table.
 *
 * @throws {GuestFault} `mfile` if the quota of handles has no room for them
 */
export function openMounts(context: HostContext): Mounts {
  const { fs } = context.grants
  if (!fs) return { changes: () => [], touched: false, beginActivation: () => undefined }
  const usage = new TreeUsage(fs.quotas, (quota, limit) => tellExceeded(context, quota, limit))
  const logs: TreeChanges[] = []
  const trees: { readonly tree: MemoryTree; readonly version: number }[] = []
  const open = (spec: MountSpec, index: number): OpenDirectory => {
    if (spec.kind === 'directory') return openBrokerMount(context.channel, index, spec.writable)
    const device = BigInt(index + 1)
    const tree = new MemoryTree(spec, { device, quotas: fs.quotas, usage, now: () => realtime(context) })
    logs.push(new TreeChanges(tree))
    trees.push({ tree, version: tree.version })
    return new MemoryDirectory(tree, tree.root)
  }
  for (const [index, spec] of fs.mounts.entries()) {
    context.handles.reserve()
    context.handles.open({ kind: 'directory', directory: open(spec, index), mount: spec.at, rights: MOUNT_RIGHTS })
  }
  return {
    changes: () => logs.flatMap((log) => log.take()),
    get touched() {
      return trees.some(({ tree, version }) => tree.version !== version)
    },
    beginActivation: () => usage.beginActivation(),
  }
}

function tellExceeded(context: HostContext, quota: FileQuota, limit: number): void {
  const message =
    quota === 'fileBytes'
      ? `The guest has used up the ${limit} bytes that its files may have together.`
      : `The guest has used up the ${limit} files, directories and links that it may have.`
  context.event({ type: 'quota-exceeded', severity: 'warning', message, quota, limit })
}
