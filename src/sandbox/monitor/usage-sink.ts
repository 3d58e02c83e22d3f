// What isolation and broker tell the monitor while a guest runs. They know this interface only, and work the same without anybody behind it.
import type { ErrnoName } from '../host/errno.ts'

/** What the broker's services have counted for the guest: of this activation, but for the key-value store, whose contents outlive it. */
export interface ServiceUsage {
  readonly networkBytes?: number
  readonly networkRequests?: number
  readonly kvBytes?: number
  readonly kvEntries?: number
}

/** One brokered call, over. */
export interface BrokeredCall {
  /** Name of an operation that the broker offers; never a name that came from a jail. */
  readonly operation: string
  readonly errno: ErrnoName
  readonly milliseconds: number
  /** Size of the request and of the reply, all of it. */
  readonly bytesFromJail: number
  readonly bytesToJail: number
  readonly usage: ServiceUsage
}

/** Nothing here may throw, and nothing takes long: it is called where guests wait. */
export interface UsageSink {
  /** The watchdog has looked at the guest's jail. `cpuMs` is that of the activation so far. */
  sampled(cpuMs: number, residentBytes: number): void
  /** The guest wrote to stdout or stderr, and the host took it. */
  wrote(bytes: number): void
  brokered(call: BrokeredCall): void
}
