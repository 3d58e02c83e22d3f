// The error of everything about snapshots: a stable code, and one sentence.
import type { CaptureProblem } from './problem.ts'

/**
 * Why a snapshot could not be taken, used, written or read. docs/snapshots.md says what to do about each.
 *
 * - `not-prepared`: the instance was not created for snapshots.
 * - `not-ready`: the guest is in the middle of a call, or has ended.
 * - `other-module`, `other-policy`, `other-abi`: it is of something else.
 * - `malformed`: its contents do not fit the module, although it is intact.
 * - `not-a-snapshot`, `other-version`, `truncated`, `damaged`: what is wrong with the file.
 * - `seal`: the seal is missing, is of another kind, or was not made with this key.
 * - `too-large`: more bytes than may be read or written.
 * - `inaccessible`: the file cannot be read or written.
 */
export const SNAPSHOT_PROBLEMS = [
  'not-prepared',
  'not-ready',
  'other-module',
  'other-policy',
  'other-abi',
  'malformed',
  'not-a-snapshot',
  'other-version',
  'truncated',
  'damaged',
  'seal',
  'too-large',
  'inaccessible',
] as const
export type SnapshotProblem = CaptureProblem | (typeof SNAPSHOT_PROBLEMS)[number]

export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  readonly code: SnapshotProblem
  constructor(code: SnapshotProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
