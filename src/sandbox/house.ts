// Where a guest lives: the jail, or under `inline` the thread, that its policy asks for, with a broker of its own.
import { type AuditSink, NO_AUDIT } from './audit.ts'
import { Broker } from './broker/broker.ts'
import { deniedOperations } from './broker/filter.ts'
import { type HostServices, servicesFor } from './broker/services.ts'
import type { LocalEvent } from './host/context.ts'
import { cellLimitsOf } from './isolation/cell-limits.ts'
import type { Housing } from './isolation/housing.ts'
import { Inline } from './isolation/inline.ts'
import type { JailProcess } from './isolation/jail-process.ts'
import { Jailed } from './isolation/jailed.ts'
import type { Jails } from './isolation/jails.ts'
import { takeFitting } from './isolation/renew-cell.ts'
import type { UsageSink } from './monitor/usage-sink.ts'
import type { Policy } from './policy/schema.ts'
import { reuseKey } from './reuse-key.ts'

/** A guest that is to be housed. */
export interface Tenant {
  readonly policy: Policy
  /** Its id, for the broker's records. */
  readonly instance: string
  /** SHA-256 of its module, hexadecimal. */
  readonly module: string
  readonly principal: string | null
  /** Is told what the guest uses up. */
  readonly usage: UsageSink
  /** Takes it out of the queue for a jail. */
  readonly signal: AbortSignal
}

/**
 * @throws {PoolFull} if there is no jail for it
 * @throws {JailError} if a jail could not be started; {@link UsageError} if a service of the embedder's is missing
 */
export async function house(
  tenant: Tenant,
  jails: Jails,
  options: HostServices & { readonly audit?: AuditSink },
): Promise<Housing> {
  const { policy, instance, module, principal, usage, signal } = tenant
  const { isolation, quotas } = policy
  const services = await servicesFor(policy, options)
  const { audit = NO_AUDIT } = options
  const { whenUnwritable } = policy.audit
  const denied = deniedOperations(policy.hostCalls.deny)
  const deadlineMs = quotas.hostCallMs
  const broker = (event: (event: LocalEvent) => void) =>
    new Broker({ services: services(event), denied, deadlineMs, audit, whenUnwritable, event, usage, instance, module })
  if (isolation.level === 'inline') return new Inline(quotas.outputBytes, broker, usage)
  const reuse = reuseKey(policy, module, principal)
  let jail: JailProcess
  try {
    const wish = { fresh: isolation.exclusiveJail, key: reuse, principal, signal }
    jail = await takeFitting(jails, wish, cellLimitsOf(quotas))
  } catch (error) {
    // What the services have open already would stay so.
    await broker(() => {}).close()
    throw error
  }
  const { wallClockMs, cpuMs, residentBytes } = quotas
  // Null would be "no limit"; the policy was refused if a jail's limit is null.
  const limits = { wallClockMs: wallClockMs!, cpuMs: cpuMs!, residentBytes: residentBytes! }
  const { outputBytes, reports, reportBytes, inodes, fileBytes } = quotas
  const received = { reports, reportBytes, inodes, fileBytes }
  const exclusive = isolation.exclusiveJail
  const auditEndsGuest = whenUnwritable === 'end-guest'
  return new Jailed(jail, jails, { limits, outputBytes, received, exclusive, reuse, auditEndsGuest, usage }, broker)
}
