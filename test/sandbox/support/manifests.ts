// Manifests for tests: one that asks for everything that there is, and modules that carry one.
import type { ManifestInput } from '../../../src/sandbox/policy/manifest.ts'
import { MANIFEST_SECTION } from '../../../src/sandbox/policy/manifest.ts'
import { writer } from '../../../src/wasm/index.ts'

export const EVERYTHING = {
  manifest: 1,
  name: 'example/probe',
  version: '1.2.3',
  description: 'Checks a web site.',
  capabilities: [
    { capability: 'stdio', streams: ['stdin', 'stdout', 'stderr'], reason: 'To talk.' },
    { capability: 'args', reason: 'To be told what to check.' },
    { capability: 'env', names: ['LANG', 'TARGET'], reason: 'To be told more.' },
    { capability: 'clock', granularityNs: 1000, reason: 'To measure.' },
    { capability: 'random', reason: 'To vary.' },
    { capability: 'fs', mounts: [{ at: '/data' }, { at: '/out', writable: true }], reason: 'To read and write.' },
    { capability: 'net.http', allow: ['https://api.example.org', 'https://*.example.net'], reason: 'To ask.' },
    { capability: 'net.dns', allow: ['example.org'], reason: 'To look up.' },
    { capability: 'net.tcp', allow: ['example.org:443'], reason: 'To connect.' },
    { capability: 'kv', reason: 'To remember.' },
    { capability: 'log', reason: 'To tell.' },
    { capability: 'metric', reason: 'To count.' },
    { capability: 'result', reason: 'To report.' },
    { capability: 'crypto', keys: [{ name: 'report', use: ['sign', 'verify'] }], reason: 'To sign.' },
  ],
} as const satisfies DeepReadonly<ManifestInput>

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

/** A module that does nothing and has these texts in sections for manifests. */
export function moduleWith(...manifests: readonly string[]): Uint8Array<ArrayBuffer> {
  const sections = manifests.map((text) => writer.customSection(MANIFEST_SECTION, new TextEncoder().encode(text)))
  return Uint8Array.from(writer.moduleOf(...sections))
}
