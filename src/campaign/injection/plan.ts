// What can fail behind the boundary, and which use of it is to fail in one run.

/**
 * - `files`: calls to the file system, and on open files.
 * - `network`: looking up names, connecting, and each piece that is sent or comes in.
 * - `channel`: starting a jail, and each piece that is written to it or comes from it.
 * - `stores`: the key-value store of the embedder.
 * - `audit`: the sink that records decisions.
 * - `memory`: buffers of the host's.
 * - `engine`: compiling and instantiating, where that is done in the host's own thread.
 */
export const SERVICES = ['files', 'network', 'channel', 'stores', 'audit', 'memory', 'engine'] as const
export type Service = (typeof SERVICES)[number]

/** One use of one service fails, once. */
export interface Failure {
  readonly service: Service
  /** Counted from 1, over the run. */
  readonly nth: number
  /** As the system would say it, such as `EIO`. */
  readonly code: string
}

/** What a run used: for each service the names of the uses, in their order. */
export type Uses = Readonly<Record<Service, readonly string[]>>

/** What a run came to beside its result. */
export interface RunNotes {
  readonly uses: Uses
  /** The use that failed; null if there was none, or the run never came to it. */
  readonly failed: string | null
  /** Files and directories of the host that are open after the run and were not before. */
  readonly leftOpen: readonly string[]
}

/** Errors that these services really give, each one's own. */
const CODES: Readonly<Record<Service, readonly [string, ...string[]]>> = {
  files: ['EIO', 'ENOSPC', 'EMFILE', 'EACCES', 'ENOMEM'],
  network: ['ECONNRESET', 'ETIMEDOUT', 'ECONNREFUSED', 'EMFILE'],
  channel: ['EPIPE', 'ECONNRESET', 'EAGAIN'],
  stores: ['EIO', 'ENOSPC'],
  audit: ['ENOSPC', 'EIO'],
  memory: ['ENOMEM'],
  engine: ['ENOMEM'],
}

/** The n-th use with one of the service's errors, by turns. */
export function failureOf(service: Service, nth: number, seed: number): Failure {
  const codes = CODES[service]
  return { service, nth, code: codes[(nth + seed) % codes.length]! }
}

/** Names of the files through which a failing target is told what to do, and tells what it did. */
export const PLAN_FILE = 'plan.json'
export const NOTES_FILE = 'notes.json'
