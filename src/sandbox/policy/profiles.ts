// The built-in policies. `default` is what a plugin platform starts from; `strict` gives a guest nothing but its standard streams.
import type { Feature } from '../../wasm/index.ts'
import { quotasOf } from './limits/quotas.ts'
import type { Policy } from './schema.ts'

// What compilers emit today for a single-threaded guest. Threads, memory64, multi-memory, GC and relaxed SIMD are left out: each widens the
// engine's attack surface (MOD-08, MOD-18) or makes the guest's pointers mean something else (MEM-13, LNK-11).
const COMMON: readonly Feature[] = [
  'sign-extension',
  'saturating-float-to-int',
  'multi-value',
  'mutable-globals',
  'bulk-memory',
  'reference-types',
  'simd',
  'tail-call',
  'extended-const',
  'legacy-exceptions',
  'exceptions',
]

const DEFAULT: Policy = {
  name: 'default',
  // One module's guests under one policy: what a guest could leave behind in a cell, only its like would find.
  // A list of advisories cannot know of a build that somebody has mended, and no policy ends to work on the day on which the list grows, unless asked to.
  isolation: { level: 'jail', exclusiveJail: false, reuse: 'same-module', engineGate: 'report' },
  features: [...COMMON],
  quotas: quotasOf('default'),
  capabilities: {
    stdio: { stdin: true, stdout: true, stderr: true },
    args: true,
    env: true,
    clock: { granularityNs: 1_000_000 },
    random: 'system',
    // No mounts: programs that were built with a filesystem in mind run, and find none.
    fs: { mounts: [] },
    net: null,
    kv: null,
    log: true,
    metric: true,
    result: true,
    crypto: { keys: [] },
  },
  hostCalls: { deny: [], log: [] },
  // Whose keys would they be? Whoever requires signatures names them.
  signatures: null,
  audit: { whenUnwritable: 'refuse' },
}

const STRICT: Policy = {
  ...DEFAULT,
  name: 'strict',
  isolation: { level: 'jail', exclusiveJail: true, reuse: 'never', engineGate: 'report' },
  quotas: quotasOf('strict'),
  capabilities: {
    stdio: { stdin: true, stdout: true, stderr: true },
    args: true,
    env: false,
    clock: null,
    random: null,
    fs: null,
    net: null,
    kv: null,
    log: false,
    metric: false,
    result: false,
    crypto: null,
  },
}

const RELAXED: Policy = {
  ...DEFAULT,
  name: 'relaxed',
  features: [...COMMON, 'typed-function-references', 'gc', 'relaxed-simd'],
  quotas: quotasOf('relaxed'),
  capabilities: { ...DEFAULT.capabilities, clock: { granularityNs: 1000 } },
}

/** Handed out as they are, so nobody may change them for everybody else. */
export function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') frozen(part)
  return Object.freeze(value)
}

export const PROFILES: ReadonlyMap<string, Policy> = new Map([
  ['strict', frozen(STRICT)],
  ['default', frozen(DEFAULT)],
  ['relaxed', frozen(RELAXED)],
])
