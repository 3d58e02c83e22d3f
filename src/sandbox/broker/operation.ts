// What an operation of the broker is: read the hostile request, say what will be done and whether it may be, then do it.
import type { Capability } from '../host/abi/index.ts'
import type { LocalEvent } from '../host/context.ts'
import type { ErrnoName } from '../host/errno.ts'
import type { ServiceUsage } from '../monitor/usage-sink.ts'
import type { Fields } from './fields.ts'

/** The answer to a request. */
export interface Answer {
  readonly errno: ErrnoName
  readonly fields?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Uint8Array
}

/**
 * Thrown by an operation: the guest gets the errno. `event` tells the embedder why, if it is news. No Error: an answer such as `noent` is no
 * failure, and its stack would cost more than the rest of the call.
 */
export class Refused {
  readonly errno: ErrnoName
  readonly event: LocalEvent | null
  constructor(errno: ErrnoName, event: LocalEvent | null = null) {
    this.errno = errno
    this.event = event
  }
}

/** What is about to happen, for the audit log: one record for each decision, written before the effect. */
export interface Intent {
  readonly capability: Capability
  /** What it acts on: a path, an origin, a key's name. Guest text; the audit neutralises it. */
  readonly object: string
  /** Null: allowed. Otherwise the guest gets the errno, the embedder the event, and nothing is done. */
  readonly refusal: Refused | null
}

/** One request, read and judged, not yet done. */
export interface Prepared {
  /** Null for what has no effect outside the broker and reveals nothing new: closing a handle, reading on from a body. */
  readonly intent: Intent | null
  /**
   * Does it. Not called for a refused intent, and not before the audit record is written. `signal` is aborted at the deadline and when the
   * guest is ended; what was begun must end then.
   *
   * @param decide for further decisions on the way, such as the hops of a redirect: writes an audit record and the event; throws the
   * {@link Refused} of a refused intent
   * @throws {Refused}
   */
  run(signal: AbortSignal, decide: (intent: Intent) => Promise<void>): Answer | Promise<Answer>
}

/** @throws {BadRequest} if no cell of the sandbox would send this */
export type Operation = (fields: Fields, body: Uint8Array) => Prepared

/** The part of the broker for one capability and one guest. */
export interface Service {
  readonly operations: Readonly<Record<string, Operation>>
  /** An activation of the guest begins: what is counted for each activation starts at zero. */
  beginActivation?(): void
  /** What the guest has used up of the service's quotas, as far as that is known without asking anybody. */
  usage?(): ServiceUsage
  /** Ends whatever is open. Called once, when the guest has ended. */
  close(): void | Promise<void>
  /** How much is open all the same when `close` is over: descriptors, sockets, keys. Whatever is counted here is a fault. */
  left?(): number
}
