// The services of one guest: the parts of the broker that its policy grants, and no others.
import type { LocalEvent } from '../host/context.ts'
import type { Policy } from '../policy/schema.ts'
import { CryptoService } from './crypto.ts'
import type { EmbedderKey } from './keys.ts'
import { KvService } from './kv.ts'
import { MemoryKvStore } from './kv-memory.ts'
import type { KvStore } from './kv-store.ts'
import type { Service } from './operation.ts'

/** What the embedder provides to guests whose policy grants it. */
export interface HostServices {
  /** For the capability kv; the default is in memory and lives as long as the sandbox. */
  readonly kv?: KvStore
  /** For the capability crypto, by the names that policies use. */
  readonly keys?: Readonly<Record<string, EmbedderKey>>
  /** For the capability net: name servers, as `address` or `address:port`, instead of the system's. */
  readonly dnsServers?: readonly string[]
  /** For the capability net: certificates of authorities that are trusted beside the system's, PEM. */
  readonly certificateAuthorities?: readonly string[]
}

type WithEvents = (event: (event: LocalEvent) => void) => Service

/**
 * Makes services for one guest; what they need from the system is there when this resolves.
 *
 * @returns makes them, once it is known where their events go
 * @throws {UsageError} if a key that the policy grants is missing, or the source of a mount cannot be opened
 */
export async function servicesFor(
  { capabilities, quotas, isolation }: Policy,
  { kv = new MemoryKvStore(), keys = {}, dnsServers, certificateAuthorities: ca }: HostServices,
): Promise<(event: (event: LocalEvent) => void) => Service[]> {
  const parts: WithEvents[] = []
  const mounts = capabilities.fs?.mounts ?? []
  // Loaded where they are needed only: an embedder who grants no network does not load an HTTP client.
  if (capabilities.net) {
    const grant = capabilities.net
    const { NetService } = await import('./net/service.ts')
    const { networkBytes, networkRequests, handles } = quotas
    const options = { ...(dnsServers && { dnsServers }), ...(ca && { ca }) }
    parts.push((event) => new NetService(grant, { networkBytes, networkRequests, handles }, options, event))
  }
  if (capabilities.kv) {
    const { namespace } = capabilities.kv
    parts.push(() => new KvService({ namespace, quotas, store: kv }))
  }
  if (capabilities.crypto) {
    const pace = isolation.level === 'inline' ? 'at once' : 'in background'
    const own = new Map(Object.entries(keys))
    const service = new CryptoService({ grant: capabilities.crypto, keys: own, handles: quotas.handles, pace })
    parts.push(() => service)
  }
  // Last, because what it opens would stay open if another part could not be made.
  if (mounts.some(({ kind }) => kind === 'directory')) {
    const { DirectoryService, openMounts } = await import('./directory/service.ts')
    const options = { mounts: await openMounts(mounts), quotas, granularityNs: capabilities.clock?.granularityNs ?? null }
    parts.push((event) => new DirectoryService({ ...options, event }))
  }
  return (event) => parts.map((part) => part(event))
}
