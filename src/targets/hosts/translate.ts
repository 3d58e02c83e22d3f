// What a run asks for in the words of our own policies, as far as another host has a setting for it. What it has none for cannot be tried there.
import type { TargetRun } from '../target.ts'

/** A directory that the guest is to see. */
export interface Mount {
  readonly kind: 'memory' | 'directory' | 'snapshot'
  readonly at: string
  /** Of a directory: its path on the host. */
  readonly source?: string
  readonly writable?: boolean
}

/** Parts of a policy that say no more than what every host that runs the guest at all does: streams, arguments and the like are given or not. */
const TAKEN_AS_READ: readonly string[] = ['fs', 'stdio', 'args', 'env']

/** Directories that the policy mounts. */
export function mountsOf({ policy }: TargetRun): readonly Mount[] {
  const { capabilities } = (policy ?? {}) as { readonly capabilities?: { readonly fs?: { readonly mounts?: readonly Mount[] } } }
  return capabilities?.fs?.mounts ?? []
}

/**
 * Why the run cannot be expressed on a host that knows mounts of these kinds and nothing else of our policies; null if it can.
 * `writable`: the kinds that the host can mount so; the others it mounts writable whatever is asked.
 */
export function untranslatable(run: TargetRun, kinds: readonly Mount['kind'][]): string | null {
  if (run.calls?.some(({ together }) => together)) return 'the host is called by one task after the other'
  if (run.breach) return 'it begins in a layer that only our own sandbox has'
  if (run.supply) return 'which files a module comes with, and whom the host asks, is only known of our own sandbox'
  const { extends: _profile, capabilities = {}, ...rest } = (run.policy ?? {}) as Record<string, unknown>
  const other = Object.keys(rest)[0]
  if (other !== undefined) return `the host has no setting for what the case sets under ${other}`
  const grant = Object.keys(capabilities as object).find((name) => !TAKEN_AS_READ.includes(name))
  if (grant !== undefined) return `the host has no setting for the capability ${grant}`
  if (run.dnsServer !== undefined) return 'the host has no network'
  for (const { kind, at, writable } of mountsOf(run)) {
    if (!kinds.includes(kind)) return `the host cannot mount a ${kind} at ${at}`
    if (kind === 'directory' ? writable !== true : writable === false) return 'the host has no directories that are read-only'
  }
  return null
}
