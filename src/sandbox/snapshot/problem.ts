// Why a guest's state cannot be captured or restored: the codes, and the sentences for them. Plain data, for the cell and for the host.

/** What stands in the way of a capture. The codes are stable; docs/snapshots.md says what to do about each. */
export const CAPTURE_PROBLEMS = [
  'dropped-segments',
  'gc-references',
  'exception-references',
  'shared-memory',
  'too-many-functions',
  'reference-alive',
  'handles-open',
  'handles-changed',
  'files-changed',
  'input-read',
] as const
export type CaptureProblem = (typeof CAPTURE_PROBLEMS)[number]

/** A problem, and what of the module or of the guest it is about: kind and number, never text of the guest's. */
export interface Uncapturable {
  readonly problem: CaptureProblem
  /** Such as `global 3` or `handle 5 (file)`; empty where there is nothing to name. */
  readonly place: string
}

const SENTENCES: Readonly<Record<CaptureProblem, string>> = {
  'dropped-segments': 'the module drops and uses a passive segment, and whether one is dropped cannot be seen from outside',
  'gc-references': 'it can hold references to garbage-collected objects, which have no name outside of the guest',
  'exception-references': 'it can hold references to exceptions, which have no name outside of the guest',
  'shared-memory': 'a shared memory can change while it is copied',
  'too-many-functions': 'functions in its tables or globals can change, and it has more functions than can be named',
  'reference-alive': 'it holds a reference that has no name outside of the guest',
  'handles-open': 'the guest has something open that a restored guest could not have',
  'handles-changed': 'the guest has closed, moved or restricted one of the handles that it began with',
  'files-changed': 'the guest has changed files in a memory or snapshot mount',
  'input-read': 'the guest has begun to read its input',
}

/** One sentence for people. */
export const sentenceOf = ({ problem, place }: Uncapturable): string =>
  `The state cannot be captured: ${SENTENCES[problem]}${place === '' ? '' : ` (${place})`}.`
