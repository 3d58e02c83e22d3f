// Errors that the sandbox throws at its embedder. A guest's fault is never an error: it is an outcome.
import type { ExecutionResult } from './result.ts'

/** The policy is not valid, or asks for something that cannot be enforced here. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  /** Where in the policy, e.g. `quotas.memoryBytes`, one entry for each problem. */
  readonly places: readonly string[]
  constructor(message: string, places: readonly string[]) {
    super(message)
    this.places = places
  }
}

/** The embedder used an instance or the sandbox in a way that its state does not allow, or with arguments that do not fit. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** `create` could not make an instance: the module was refused, or its start function did not complete. The result says all. */
export class GuestNotReady extends Error {
  override readonly name = 'GuestNotReady'
  readonly result: ExecutionResult
  constructor(result: ExecutionResult) {
    super(result.message)
    this.result = result
  }
}

/** A jail could not be started: the fault of the machine or of its configuration, not of a guest. */
export class JailError extends Error {
  override readonly name = 'JailError'
}

/** There are as many jails as there may be, and no place, or no time, to wait for one. Trying again later may help. */
export class PoolFull extends Error {
  override readonly name = 'PoolFull'
}

/** All guests of the principal together have as much as they may have (`perPrincipal`). Nothing was started; when one of them ends, it may be. */
export class PrincipalQuotaExceeded extends Error {
  override readonly name = 'PrincipalQuotaExceeded'
  readonly quota: 'instances' | 'memoryBytes' | 'handles' | 'cpu'
  readonly limit: number
  constructor(quota: PrincipalQuotaExceeded['quota'], limit: number) {
    super(`The guests of this principal have used up what they may have together: ${quota}, ${limit}.`)
    this.quota = quota
    this.limit = limit
  }
}

/** A module's manifest cannot be read, is not valid, or is there twice. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  /** Byte offset in the module, where it is in there. */
  readonly offset: number | null
  constructor(message: string, offset: number | null = null) {
    super(message)
    this.offset = offset
  }
}

/** The file with the consents cannot be read, written or understood. Nothing in it has been changed. */
export class ConsentStoreError extends Error {
  override readonly name = 'ConsentStoreError'
}

/** A key cannot be used, or a module cannot be signed with it. */
export class SigningError extends Error {
  override readonly name = 'SigningError'
}

/** What a guest left cannot be written where the embedder wants it: something is there already. Nothing has been written. */
export class OutDirectoryError extends Error {
  override readonly name = 'OutDirectoryError'
}
