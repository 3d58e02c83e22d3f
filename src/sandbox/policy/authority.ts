// Authorities: manifests, policies and consents taken apart into single things that somebody may do, so that they can be compared one by one.
import type { Manifest, ManifestEntry } from './manifest.ts'
import { covers } from './pattern-cover.ts'
import type { Policy } from './schema.ts'

/** Every kind of authority. */
export const CAPABILITIES = [
  'stdio',
  'args',
  'env',
  'clock',
  'random',
  'fs',
  'net.http',
  'net.dns',
  'net.tcp',
  'kv',
  'log',
  'metric',
  'result',
  'crypto',
  'crypto.sign',
  'crypto.verify',
] as const satisfies readonly Authority['capability'][]

type Plain = 'args' | 'random' | 'kv' | 'log' | 'metric' | 'result' | 'crypto'
type Net = 'net.http' | 'net.dns' | 'net.tcp'

/** One thing that may be done. `crypto` is hashes; keys are authorities of their own. */
export type Authority =
  | { readonly capability: Plain; readonly object: null }
  | { readonly capability: 'stdio'; readonly object: 'stdin' | 'stdout' | 'stderr' }
  /** A variable; null is every one. */
  | { readonly capability: 'env'; readonly object: string | null }
  | { readonly capability: 'clock'; readonly object: null; readonly granularityNs: number }
  | { readonly capability: 'fs'; readonly object: string; readonly writable: boolean }
  | { readonly capability: Net; readonly object: string }
  | { readonly capability: 'crypto.sign' | 'crypto.verify'; readonly object: string }

/** An authority that a manifest asks for, and why, in the module's words. */
export type Request = Authority & { readonly reason: string }

export function requestsOf({ capabilities }: Manifest): readonly Request[] {
  const requests = capabilities.flatMap((entry) => asked(entry).map((authority) => ({ ...authority, reason: entry.reason })))
  // Two entries with keys both bring the hashes along.
  const hashes = requests.findIndex(({ capability }) => capability === 'crypto')
  return requests.filter(({ capability }, index) => capability !== 'crypto' || index === hashes)
}

function asked(entry: ManifestEntry): Authority[] {
  switch (entry.capability) {
    case 'stdio':
      return entry.streams.map((object) => ({ capability: 'stdio', object }))
    case 'env':
      return entry.names.map((object) => ({ capability: 'env', object }))
    case 'clock':
      return [{ capability: 'clock', object: null, granularityNs: entry.granularityNs }]
    case 'fs':
      return entry.mounts.map(({ at, writable }) => ({ capability: 'fs', object: at, writable }))
    case 'net.http':
    case 'net.dns':
    case 'net.tcp':
      return entry.allow.map((object) => ({ capability: entry.capability, object }))
    case 'crypto':
      return [{ capability: 'crypto', object: null }, ...keysOf(entry.keys)]
    default:
      return [{ capability: entry.capability, object: null }]
  }
}

const keysOf = (keys: readonly { readonly name: string; readonly use: readonly ('sign' | 'verify')[] }[]): Authority[] =>
  keys.flatMap(({ name, use }) => [...new Set(use)].map((one) => ({ capability: `crypto.${one}` as const, object: name })))

/** Everything that a policy grants. */
export function authoritiesOf({ capabilities }: Policy): readonly Authority[] {
  const { stdio, env, clock, fs, net, crypto } = capabilities
  const streams = (['stdin', 'stdout', 'stderr'] as const).filter((stream) => stdio?.[stream])
  const variables = env === true ? [null] : env === false ? [] : env.names
  const plain = (['args', 'random', 'kv', 'log', 'metric', 'result', 'crypto'] as const).filter((name) => capabilities[name])
  const patterns = (['http', 'dns', 'tcp'] as const).flatMap((kind) =>
    (net?.[kind]?.allow ?? []).map((object): Authority => ({ capability: `net.${kind}`, object })),
  )
  return [
    ...streams.map((object): Authority => ({ capability: 'stdio', object })),
    ...variables.map((object): Authority => ({ capability: 'env', object })),
    ...plain.map((capability): Authority => ({ capability, object: null })),
    ...(clock ? [{ capability: 'clock', object: null, granularityNs: clock.granularityNs } as const] : []),
    ...(fs?.mounts ?? []).map(({ at, writable }): Authority => ({ capability: 'fs', object: at, writable })),
    ...patterns,
    ...keysOf(crypto?.keys ?? []),
  ]
}

/** What `limit` lets through of `wanted`: all of it, less of it, or null for nothing. */
export function narrow<A extends Authority>(wanted: A, limit: Authority): A | null {
  const { capability, object } = wanted as Authority
  // Who may use a key may hash.
  if (capability === 'crypto') return /^crypto(?:\.|$)/.test(limit.capability) ? wanted : null
  if (capability !== limit.capability) return null
  switch (limit.capability) {
    case 'clock':
      return { ...wanted, granularityNs: Math.max((wanted as typeof limit).granularityNs, limit.granularityNs) }
    case 'fs':
      return object === limit.object ? { ...wanted, writable: (wanted as typeof limit).writable && limit.writable } : null
    case 'env':
      return limit.object === null || object === limit.object ? wanted : null
    case 'net.http':
    case 'net.dns':
    case 'net.tcp':
      return covers(kindOf(limit.capability), limit.object, object!) ? wanted : null
    default:
      return object === limit.object ? wanted : null
  }
}

/** What the best of several limits lets through. */
export function narrowToAny<A extends Authority>(wanted: A, limits: readonly Authority[]): A | null {
  const parts = limits.map((limit) => narrow(wanted, limit)).filter((part) => part !== null)
  return parts.find((part) => same(part, wanted)) ?? parts.toSorted(byWidth)[0] ?? null
}

export const kindOf = (capability: Net) => capability.slice(4) as 'http' | 'dns' | 'tcp'

/** Equal in what may be done, whatever the reasons. */
export const same = (a: Authority, b: Authority): boolean => JSON.stringify(essence(a)) === JSON.stringify(essence(b))

/** Field by field: what was read from a file has its keys in any order. */
export function essence(authority: Authority): readonly (string | number | boolean | null)[] {
  const { capability, object } = authority
  if (capability === 'clock') return [capability, object, authority.granularityNs]
  if (capability === 'fs') return [capability, object, authority.writable]
  return [capability, object]
}

/** Of two parts of the same request the wider one first: finer steps, writable. */
function byWidth(a: Authority, b: Authority): number {
  if (a.capability === 'clock' && b.capability === 'clock') return a.granularityNs - b.granularityNs
  if (a.capability === 'fs' && b.capability === 'fs') return Number(b.writable) - Number(a.writable)
  return 0
}
