// Negotiation: what a guest gets is what its manifest asks for, as far as the policy grants it and somebody has agreed to it. Never more.
import { ManifestError } from '../errors.ts'
import { quoteGuestText } from '../text.ts'
import { type Authority, authoritiesOf, kindOf, narrowToAny, type Request, requestsOf, same } from './authority.ts'
import type { Manifest } from './manifest.ts'
import { covers } from './pattern-cover.ts'
import type { Mount, Policy } from './schema.ts'

/** What somebody has agreed to. `not-needed`: the policy is all the agreement that is wanted. */
export type Consent = 'not-needed' | readonly Authority[]

/** What became of one request of the manifest. Texts of the module's are neutralised and quoted. */
export interface Decision {
  /** Such as `net.http`, `fs`, `crypto.sign`. */
  readonly capability: string
  /** What the request is about: a pattern, a mount, a name; null if the capability has no objects. */
  readonly object: string | null
  /** `granted`: all that was asked for. `narrowed`: less. */
  readonly state: 'granted' | 'narrowed' | 'refused'
  /** In a few words, such as `read and write`; `null` if nothing is granted. */
  readonly requested: string
  readonly granted: string | null
  /** One sentence. */
  readonly because: string
}

export interface Negotiation {
  /** The policy, narrowed; run the module under this one. */
  readonly grants: Policy
  /** One for each request, in the manifest's order; none without a manifest. */
  readonly decisions: readonly Decision[]
}

export interface NegotiationOptions {
  /** Refuse modules without a manifest. Otherwise the policy alone decides about them. */
  readonly requireManifest?: boolean
}

/**
 * @param manifest null if the module has none
 * @throws {ManifestError} if there is none and one is required
 */
export function negotiate(
  manifest: Manifest | null,
  policy: Policy,
  consent: Consent,
  { requireManifest = false }: NegotiationOptions = {},
): Negotiation {
  if (manifest === null) {
    if (requireManifest)
      throw new ManifestError(
        'The module has no manifest, and one is required; add a section "gauntlet.manifest" or a side file.',
      )
    return { grants: policy, decisions: [] }
  }
  const offers = authoritiesOf(policy)
  const judged = requestsOf(manifest).map((request) => judge(request, policy, offers, consent))
  const granted = judged.map((one) => one.granted).filter((one) => one !== null)
  return { grants: grantsOf(granted, policy), decisions: judged.map((one) => one.decision) }
}

/** The part of the manifest that the policy lets through: what there is to agree to. */
export function withinPolicy(manifest: Manifest, policy: Policy): readonly Request[] {
  const offers = authoritiesOf(policy)
  return requestsOf(manifest)
    .map((request) => (denied(request, policy) ? null : narrowToAny(request, offers)))
    .filter((request) => request !== null)
}

function judge(request: Request, policy: Policy, offers: readonly Authority[], consent: Consent) {
  const offered = denied(request, policy) ? null : narrowToAny(request, offers)
  const granted = offered && consent !== 'not-needed' ? narrowToAny(offered, consent) : offered
  const decision: Decision = {
    capability: request.capability,
    object: request.object === null ? null : quoteGuestText(request.object, 512),
    state: granted === null ? 'refused' : same(granted, request) ? 'granted' : 'narrowed',
    requested: extent(request),
    granted: granted && extent(granted),
    because: reasonOf(request, offered, granted, policy),
  }
  return { granted, decision }
}

/** A pattern of which nothing is left: the policy's deny list covers all of it. Where it covers a part, the list goes along with the grant. */
function denied({ capability, object }: Authority, { capabilities }: Policy): boolean {
  if (capability !== 'net.http' && capability !== 'net.dns' && capability !== 'net.tcp') return false
  const kind = kindOf(capability)
  return (capabilities.net?.[kind]?.deny ?? []).some((pattern) => covers(kind, pattern, object))
}

function reasonOf(request: Request, offered: Authority | null, granted: Authority | null, policy: Policy): string {
  const what = describe(request)
  if (offered === null) {
    return denied(request, policy)
      ? `Requested, refused because the policy "${policy.name}" denies ${what}.`
      : `Requested, refused because the policy "${policy.name}" does not grant ${what}.`
  }
  if (granted === null) return `Requested, refused because there is no consent to ${what}.`
  if (same(granted, request)) return `Requested, granted by the policy "${policy.name}".`
  const who = same(granted, offered) ? `the policy "${policy.name}" grants` : 'there is consent to'
  return `Requested, granted in part because ${who} no more than ${describe(request)}: ${extent(granted)}.`
}

/** As in `net.http to "https://api.example.org"`. */
function describe({ capability, object }: Authority): string {
  if (object === null) return capability
  const link =
    capability === 'fs'
      ? ' at '
      : capability.startsWith('net.')
        ? ' to '
        : capability.startsWith('crypto.')
          ? ' with the key '
          : ' '
  return `${capability}${link}${quoteGuestText(object, 512)}`
}

function extent(authority: Authority): string {
  if (authority.capability === 'clock') return `steps of ${authority.granularityNs} ns`
  if (authority.capability === 'fs') return authority.writable ? 'read and write' : 'read'
  return 'use'
}

/** @param granted lies within the policy, piece by piece */
function grantsOf(granted: readonly Authority[], policy: Policy): Policy {
  const { capabilities } = policy
  const objects = (capability: Authority['capability']) =>
    granted.filter((one) => one.capability === capability).map((one) => one.object as string)
  const has = (capability: Authority['capability']) => granted.some((one) => one.capability === capability)
  const clock = granted.find((one) => one.capability === 'clock')
  const names = objects('env')
  return {
    ...policy,
    name: `${policy.name.slice(0, 54)}, narrowed`,
    capabilities: {
      stdio: has('stdio')
        ? {
            stdin: objects('stdio').includes('stdin'),
            stdout: objects('stdio').includes('stdout'),
            stderr: objects('stdio').includes('stderr'),
          }
        : null,
      args: has('args'),
      env: names.length > 0 && { names },
      clock: clock ? { granularityNs: clock.granularityNs } : null,
      random: has('random') ? capabilities.random : null,
      // Host calls on files without a single mount reach nothing, and nearly every compiler links them in: a module need not ask for them.
      fs: capabilities.fs && { mounts: mounts(capabilities.fs.mounts, granted) },
      net: network(policy, objects),
      kv: has('kv') ? capabilities.kv : null,
      log: has('log'),
      metric: has('metric'),
      result: has('result'),
      crypto: has('crypto') ? { keys: keys(objects('crypto.sign'), objects('crypto.verify')) } : null,
    },
  }
}

function mounts(list: readonly Mount[], granted: readonly Authority[]): Mount[] {
  return list.flatMap((mount) => {
    const grant = granted.find((one) => one.capability === 'fs' && one.object === mount.at)
    return grant?.capability === 'fs' ? [{ ...mount, writable: grant.writable }] : []
  })
}

/** Deny lists, addresses and the number of redirects stay as they are in the policy: they only ever take away. */
function network(
  { capabilities }: Policy,
  objects: (capability: Authority['capability']) => string[],
): Policy['capabilities']['net'] {
  const { net } = capabilities
  const list = (kind: 'http' | 'dns' | 'tcp') => {
    const allow = objects(`net.${kind}`)
    return allow.length > 0 ? { allow, deny: net?.[kind]?.deny ?? [] } : null
  }
  const [http, dns, tcp] = [list('http'), list('dns'), list('tcp')]
  return net && (http || dns || tcp) ? { ...net, http, dns, tcp } : null
}

function keys(sign: readonly string[], verify: readonly string[]): { name: string; use: ('sign' | 'verify')[] }[] {
  return [...new Set([...sign, ...verify])].map((name) => ({
    name,
    use: [...(sign.includes(name) ? (['sign'] as const) : []), ...(verify.includes(name) ? (['verify'] as const) : [])],
  }))
}
