// What a module may do after negotiation, asked use by use: nothing that the policy alone would not allow, and nothing that the manifest does not ask for.
import { canonicalHost } from '../../src/sandbox/broker/net/host-names.ts'
import type { Manifest } from '../../src/sandbox/policy/manifest.ts'
import { negotiate } from '../../src/sandbox/policy/negotiate.ts'
import { allowsEndpoint, allowsName, allowsOrigin, readNetGrant } from '../../src/sandbox/policy/net-patterns.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'

const HOSTS = ['example.org', 'a.example.org', 'b.a.example.org', 'example.com', 'xexample.org', '10.0.0.1'].map(
  (text) => canonicalHost(text)!,
)
const PORTS = [80, 443, 8443]
const MOUNTS = ['/data', '/work', '/data/deep']
const NAMES = ['HOME', 'TOKEN', 'PATH']
const KEYS = ['k', 'other']

/** Every use of a small world that a policy allows, in words. */
export function usesOf({ capabilities }: Policy): ReadonlySet<string> {
  const uses = new Set<string>()
  const { stdio, env, clock, fs, net, crypto } = capabilities
  for (const stream of ['stdin', 'stdout', 'stderr'] as const) if (stdio?.[stream]) uses.add(stream)
  for (const name of ['args', 'random', 'kv', 'log', 'metric', 'result'] as const) if (capabilities[name]) uses.add(name)
  const variables = env === true ? NAMES : env === false ? [] : NAMES.filter((name) => env.names.includes(name))
  for (const name of variables) uses.add(`env ${name}`)
  // A finer clock can be used as a coarser one.
  for (const step of [1, 1_000, 1_000_000]) if (clock && clock.granularityNs <= step) uses.add(`clock in steps of ${step} ns`)
  for (const at of MOUNTS) {
    const mount = fs?.mounts.find((each) => each.at === at)
    if (mount) uses.add(`read ${at}`)
    if (mount?.writable) uses.add(`write ${at}`)
  }
  for (const name of KEYS)
    for (const use of ['sign', 'verify'] as const)
      if (crypto?.keys.some((key) => key.name === name && key.use.includes(use))) uses.add(`${use} with ${name}`)
  if (net) for (const use of networkUses(net)) uses.add(use)
  return uses
}

function* networkUses(net: NonNullable<Policy['capabilities']['net']>): Generator<string> {
  const { http, dns, tcp } = readNetGrant(net).rules
  for (const host of HOSTS) {
    if (dns && allowsName(dns, host)) yield `look up ${host.text}`
    for (const port of PORTS) {
      if (tcp && allowsEndpoint(tcp, { host, port })) yield `connect to ${host.text}:${port}`
      for (const scheme of ['http', 'https'] as const)
        if (http && allowsOrigin(http, { scheme, host, port })) yield `request ${scheme}://${host.text}:${port}`
    }
  }
}

/** The kinds of use that a manifest names at all. */
const asksFor = (manifest: Manifest, capability: string): boolean =>
  manifest.capabilities.some((entry) => entry.capability === capability)

const CAPABILITY: readonly (readonly [RegExp, string])[] = [
  [/^std/, 'stdio'],
  [/^env /, 'env'],
  [/^clock /, 'clock'],
  [/^(?:read|write) /, 'fs'],
  [/^request /, 'net.http'],
  [/^look up /, 'net.dns'],
  [/^connect /, 'net.tcp'],
  [/ with /, 'crypto'],
]

/** @returns what is wrong, in one sentence, or null */
export function widens(manifest: Manifest, policy: Policy): string | null {
  const offered = usesOf(policy)
  const { grants, decisions } = negotiate(manifest, policy, 'not-needed')
  for (const use of usesOf(grants)) {
    if (!offered.has(use)) return `the policy does not allow to ${use}, and the module may`
    const capability = CAPABILITY.find(([pattern]) => pattern.test(use))?.[1] ?? use
    if (!asksFor(manifest, capability)) return `the module may ${use}, and its manifest asks for no ${capability}`
  }
  const nothing = usesOf(negotiate(manifest, policy, []).grants)
  if (nothing.size > 0) return `nobody has agreed to anything, and the module may ${[...nothing][0]}`
  return decisions.some(({ state, granted }) => (state === 'refused') !== (granted === null))
    ? 'a decision says something else than what was granted'
    : null
}
