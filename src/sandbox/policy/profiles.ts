// The built-in policies. `default` is what a plugin platform starts from; `strict` gives a guest nothing but its standard streams.
import type { Feature } from '../../wasm/index.ts'
import type { Policy } from './schema.ts'

const MiB = 2 ** 20

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
  isolation: { level: 'jail', exclusiveJail: false },
  features: [...COMMON],
  quotas: {
    wallClockMs: 60_000,
    cpuMs: 30_000,
    memoryBytes: 100 * MiB,
    tableElements: 1_000_000,
    residentBytes: 512 * MiB,
    outputBytes: 10 * MiB,
    inputBytes: 10 * MiB,
    handles: 100,
    threads: 1,
    moduleBytes: 32 * MiB,
    functions: 100_000,
    imports: 1000,
    exports: 10_000,
    types: 20_000,
    globals: 50_000,
    // Go's linker makes a data segment of every run of bytes between zeros, up to the engines' own 100,000.
    segments: 100_000,
    localsPerFunction: 10_000,
    localsTotal: 2_000_000,
    parameters: 255,
    functionBodyBytes: 7_654_321,
    nesting: 1000,
    branchTableTargets: 65_520,
    nameBytes: 1024,
    customSectionBytes: 16 * MiB,
    argumentBytes: 256 * 1024,
    fileBytes: 64 * MiB,
    inodes: 20_000,
    fileNameBytes: 255,
    pathBytes: 4096,
    hostCallMs: 30_000,
    networkBytes: 64 * MiB,
    networkRequests: 100,
    kvBytes: 1 * MiB,
    kvEntries: 1000,
    reports: 1000,
    reportBytes: 1 * MiB,
  },
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
}

const STRICT: Policy = {
  ...DEFAULT,
  name: 'strict',
  isolation: { level: 'jail', exclusiveJail: true },
  quotas: {
    ...DEFAULT.quotas,
    wallClockMs: 10_000,
    cpuMs: 5_000,
    memoryBytes: 32 * MiB,
    tableElements: 100_000,
    residentBytes: 256 * MiB,
    outputBytes: 1 * MiB,
    inputBytes: 1 * MiB,
    handles: 3,
    moduleBytes: 8 * MiB,
    functions: 20_000,
    segments: 20_000,
    nesting: 500,
    branchTableTargets: 8192,
    customSectionBytes: 4 * MiB,
    argumentBytes: 16 * 1024,
    fileBytes: 1 * MiB,
    inodes: 100,
    hostCallMs: 5_000,
    networkBytes: 1 * MiB,
    networkRequests: 10,
    kvBytes: 64 * 1024,
    kvEntries: 100,
    reports: 100,
    reportBytes: 64 * 1024,
  },
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
  quotas: {
    ...DEFAULT.quotas,
    wallClockMs: 600_000,
    cpuMs: 300_000,
    memoryBytes: 1024 * MiB,
    tableElements: 10_000_000,
    residentBytes: 2048 * MiB,
    outputBytes: 100 * MiB,
    inputBytes: 100 * MiB,
    handles: 1000,
    moduleBytes: 128 * MiB,
    functions: 1_000_000,
    localsPerFunction: 50_000,
    localsTotal: 10_000_000,
    parameters: 1000,
    nesting: 10_000,
    customSectionBytes: 128 * MiB,
    fileBytes: 512 * MiB,
    inodes: 200_000,
    hostCallMs: 120_000,
    networkBytes: 1024 * MiB,
    networkRequests: 10_000,
    kvBytes: 64 * MiB,
    kvEntries: 100_000,
    reports: 100_000,
    reportBytes: 64 * MiB,
  },
  capabilities: { ...DEFAULT.capabilities, clock: { granularityNs: 1000 } },
}

/** Handed out as they are, so nobody may change them for everybody else. */
function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') frozen(part)
  return Object.freeze(value)
}

export const PROFILES: ReadonlyMap<string, Policy> = new Map([
  ['strict', frozen(STRICT)],
  ['default', frozen(DEFAULT)],
  ['relaxed', frozen(RELAXED)],
])
