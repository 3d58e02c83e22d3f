// What a snapshot belongs to: the module, the parts of the policy that the guest's state depends on, and the host calls that it was linked with.
import { createHash } from 'node:crypto'
import { ABI } from '../host/abi/index.ts'
import type { Policy } from '../policy/schema.ts'
import { SnapshotError } from './error.ts'

/** Digests, hexadecimal SHA-256. */
export interface SnapshotIdentity {
  /** Of the module as it came. */
  readonly module: string
  /** Of what the policy grants and of the sizes that admission writes into the module; other quotas may differ. */
  readonly policy: string
  /** Of the host calls that there are, with their types. */
  readonly abi: string
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

export function identityOf(sha256: string, { capabilities, hostCalls, quotas }: Policy): SnapshotIdentity {
  const { memoryBytes, tableElements } = quotas
  return { module: sha256, policy: digest(canonical({ capabilities, hostCalls, memoryBytes, tableElements })), abi: ABI_DIGEST }
}

const ABI_DIGEST = digest(
  canonical(ABI.map(({ module, name, parameters, result }) => [module, name, parameters.map(({ type }) => type), result])),
)

/** @throws {SnapshotError} with the first difference */
export function mustBelong(snapshot: SnapshotIdentity, here: SnapshotIdentity): void {
  if (snapshot.module !== here.module)
    throw new SnapshotError(
      'other-module',
      'The snapshot is of another module; restore it with the very bytes that it was taken from.',
    )
  if (snapshot.policy !== here.policy)
    throw new SnapshotError(
      'other-policy',
      'The snapshot was taken under a policy that grants something else, or other sizes of memory and tables; restore it under the same.',
    )
  if (snapshot.abi !== here.abi)
    throw new SnapshotError(
      'other-abi',
      'The snapshot was taken by a version with other host calls; take it again with this one.',
    )
}

/** JSON with the keys in order, so that equal data is equal text. */
function canonical(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
