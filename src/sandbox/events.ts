// Security events: typed records of something refused, limited or suspicious. The union is closed; consumers can switch on `type`.

export type Severity = 'info' | 'warning' | 'high'

interface EventBase {
  /** Milliseconds since the Unix epoch, taken in the host. */
  readonly time: number
  readonly severity: Severity
  /** One sentence for people; guest text in it is neutralised and capped. */
  readonly message: string
}

export type SecurityEvent =
  /** The module did not pass admission or the engine's validation. `code` is stable; see docs/refusals.md. */
  | (EventBase & { readonly type: 'module-refused'; readonly code: string; readonly offset: number | null })
  /** A host call that the guest imports or makes is not granted. */
  | (EventBase & { readonly type: 'syscall-blocked'; readonly hostCall: string; readonly capability: string | null })
  /** A host call that the policy wants to be told of was made (`hostCalls.log`). */
  | (EventBase & { readonly type: 'syscall-logged'; readonly hostCall: string; readonly errno: string })
  /** The guest asked for the network. `object` is what it asked for: origin, name or address, neutralised; null where it is not known. */
  | (EventBase & {
      readonly type: 'network-access'
      readonly hostCall: string
      readonly allowed: boolean
      readonly object: string | null
    })
  /** The guest asked for files. `object` is the path, neutralised; null where it is not known. */
  | (EventBase & {
      readonly type: 'file-access'
      readonly hostCall: string
      readonly allowed: boolean
      readonly object: string | null
    })
  /** The guest named a key of the embedder's that it is not granted. Only `crypto` raises it. */
  | (EventBase & {
      readonly type: 'access-refused'
      readonly hostCall: string
      readonly capability: string
      readonly object: string
    })
  /** A quota of the policy is used up; the guest goes on and got an errno. Told once for each quota in an activation. */
  | (EventBase & { readonly type: 'quota-exceeded'; readonly quota: string; readonly limit: number })
  /** The audit log could not be written; what becomes of the guest is the policy's to say (`audit.whenUnwritable`). */
  | (EventBase & { readonly type: 'audit-failed' })
  | (EventBase & { readonly type: 'memory-limit'; readonly limitBytes: number; readonly actualBytes: number | null })
  | (EventBase & { readonly type: 'cpu-limit'; readonly clock: 'cpu' | 'wall'; readonly limitMs: number })
  | (EventBase & { readonly type: 'fuel-limit'; readonly limit: number })
  | (EventBase & { readonly type: 'output-limit'; readonly limitBytes: number })
  /** Something no honest guest does: a frame that is not of the protocol, a host call after exit, stack exhaustion inside a host call. */
  | (EventBase & { readonly type: 'suspicious-behaviour'; readonly what: string })
  /** The guest has ended, and `count` of the descriptors, sockets and keys that the host held for it are open all the same: a fault of the sandbox. */
  | (EventBase & { readonly type: 'resources-left'; readonly count: number })
  /** How a guest that had to be stopped was stopped: the last step of the kill ladder that was needed. */
  | (EventBase & { readonly type: 'guest-killed'; readonly step: 'trap' | 'terminate' | 'sigkill'; readonly elapsedMs: number })

export type SecurityEventType = SecurityEvent['type']
