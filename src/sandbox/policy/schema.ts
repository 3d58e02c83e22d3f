// The policy: what a guest is granted, what it may use up, and how it is kept apart. One schema; types, defaults and messages follow from it.
import { z } from 'zod'
import { FEATURES } from '../../wasm/index.ts'
import { ABI } from '../host/abi/index.ts'
import { parseDuration, parseSize } from './units.ts'

const MiB = 2 ** 20

/** A whole number in [min, max], or text that `parse` understands. */
const quantity = (parse: (text: string) => number | null, unit: string, min: number, max: number) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    const number = typeof value === 'number' ? value : parse(value)
    if (number !== null && Number.isSafeInteger(number) && number >= min && number <= max) return number
    context.addIssue({ code: 'custom', message: `must be ${unit} between ${min} and ${max}` })
    return z.NEVER
  })
const bytes = (min: number, max: number) => quantity(parseSize, 'a size in bytes (16MiB is understood)', min, max)
const milliseconds = (min: number, max: number) =>
  quantity(parseDuration, 'a time in milliseconds (1.5s is understood)', min, max)
const count = (min: number, max: number) =>
  quantity((text) => (/^\d{1,15}$/.test(text) ? Number(text) : null), 'a whole number', min, max)

/**
 * What a guest may use up. `null` stands for "no limit" and is only accepted where the isolation level could not enforce one.
 * Each quota has an attack in corpus/ that exceeds it.
 */
const quotas = z.strictObject({
  /** Wall-clock time of one call, instantiation included in the first. */
  wallClockMs: milliseconds(10, 24 * 3600e3).nullable(),
  /** CPU time of one call, all threads of the jail together. */
  cpuMs: milliseconds(10, 24 * 3600e3).nullable(),
  /** Linear memory, all memories of the module together: initial and grown. */
  memoryBytes: bytes(0, 4096 * MiB),
  /** Elements of all tables together: initial and grown. A table is engine heap, not linear memory. */
  tableElements: count(0, 10_000_000),
  /** Resident memory of the whole jail, engine and compiled code included: the net below the other limits. */
  residentBytes: bytes(144 * MiB, 16384 * MiB).nullable(),
  /** stdout and stderr together. */
  outputBytes: bytes(0, 1024 * MiB),
  /** Bytes on standard input. */
  inputBytes: bytes(0, 1024 * MiB),
  /** Open handles, standard streams included. */
  handles: count(3, 65_536),
  /** Threads of the guest. More than one needs thread-spawning host calls, which no capability offers. */
  threads: z.literal(1),
  /** Size of the module. */
  moduleBytes: bytes(8, 1024 * MiB),
  functions: count(0, 1_000_000),
  imports: count(0, 100_000),
  exports: count(0, 100_000),
  types: count(0, 1_000_000),
  globals: count(0, 1_000_000),
  segments: count(0, 100_000),
  localsPerFunction: count(0, 50_000),
  /** Locals declared by all functions together: what the baseline compiler has to lay out. */
  localsTotal: count(0, 50_000_000),
  parameters: count(0, 1000),
  functionBodyBytes: bytes(0, 7_654_321),
  nesting: count(1, 100_000),
  branchTableTargets: count(0, 65_520),
  nameBytes: bytes(0, 100_000),
  customSectionBytes: bytes(0, 1024 * MiB),
  /** Size of arguments and environment together, with terminators. */
  argumentBytes: bytes(0, 16 * MiB),
  /** File contents in the guest's memory and snapshot mounts together; the sandbox's memory, beside the guest's own. */
  fileBytes: bytes(0, 4096 * MiB),
  /** Files, directories and links in them together. */
  inodes: count(0, 10_000_000),
  /** One file name, bytes of UTF-8. */
  fileNameBytes: bytes(1, 4096),
  /** One path, bytes of UTF-8. */
  pathBytes: bytes(1, 65_536),
  /** Time for one brokered host call: a request, a connection, a read from a directory mount. */
  hostCallMs: milliseconds(1, 24 * 3600e3),
  /** Bytes that one activation sends and receives over the network, after decompression. */
  networkBytes: bytes(0, 1024 * 1024 * MiB),
  /** Requests, connections and queries of one activation, redirects included. */
  networkRequests: count(0, 1_000_000),
  /** Values of the guest's namespace of the key-value store together, keys included. */
  kvBytes: bytes(0, 1024 * MiB),
  kvEntries: count(0, 1_000_000),
  /** Log lines, metrics, results and timings of one activation together. */
  reports: count(0, 1_000_000),
  /** Texts of them together. */
  reportBytes: bytes(0, 256 * MiB),
})

/** An absolute guest path of plain names: `/`, `/data`, `/usr/lib`. */
export const guestPath = z
  .string()
  .max(4096)
  .refine(
    (path) => path === '/' || /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/u.test(path),
    'must be an absolute path without ".", ".." and doubled slashes',
  )

const mount = z.discriminatedUnion('kind', [
  /** Empty, or filled by the embedder (`files`); what the guest writes comes back in the result. */
  z.strictObject({ kind: z.literal('memory'), at: guestPath, writable: z.boolean().default(true) }),
  /** A copy of a directory of the host, taken when the guest is created. Writable: what the guest changes comes back in the result. */
  z.strictObject({
    kind: z.literal('snapshot'),
    at: guestPath,
    source: z.string().min(1).max(4096),
    writable: z.boolean().default(false),
  }),
  /** A directory of the host, live, through the broker. */
  z.strictObject({
    kind: z.literal('directory'),
    at: guestPath,
    source: z.string().min(1).max(4096),
    writable: z.boolean().default(false),
  }),
])

/** Patterns; what is on the deny list is denied whatever the allow list says. */
const lists = z.strictObject({
  allow: z.array(z.string().max(512)).max(1000),
  deny: z.array(z.string().max(512)).max(1000).default([]),
})

const net = z.strictObject({
  /** Origins: `https://api.example.org`, `https://*.example.org`, `http://127.0.0.1:8080`. */
  http: lists.nullable().default(null),
  /** Names: `example.org`, `*.example.org`. */
  dns: lists.nullable().default(null),
  /** Host and port: `example.org:443`, `*.example.org:22`. Serves tcp_connect and tls_certificate. */
  tcp: lists.nullable().default(null),
  /** Addresses beyond the public ones that connections may go to, as CIDR (`10.0.0.0/8`) or class (`loopback`, `private`); and ones that they may not. */
  addresses: z
    .strictObject({
      allow: z.array(z.string().max(64)).max(1000).default([]),
      deny: z.array(z.string().max(64)).max(1000).default([]),
    })
    .default({ allow: [], deny: [] }),
  /** Redirects that are followed in one request. */
  redirects: z.number().int().min(0).max(20).default(5),
})

/** Deny by default: a capability that is not named is not granted, and host calls that need it are refused at admission. */
const capabilities = z.strictObject({
  /** Standard streams; a stream that is off reads as empty or swallows nothing: its descriptor is simply not open. */
  stdio: z.strictObject({ stdin: z.boolean(), stdout: z.boolean(), stderr: z.boolean() }).nullable(),
  /** Program arguments that the embedder passes. */
  args: z.boolean(),
  /** Environment variables that the embedder passes, all or those with these names; never those of the host process. */
  env: z.union([z.boolean(), z.strictObject({ names: z.array(z.string().min(1).max(200)).min(1).max(1000) })]),
  /** Clocks, rounded down to this many nanoseconds. */
  clock: z.strictObject({ granularityNs: count(1, 3_600_000_000_000) }).nullable(),
  /** Random bytes: `system`, or a seed for reproducible ones, which are not fit for secrets. */
  random: z
    .union([
      z.literal('system'),
      z.strictObject({
        seed: z
          .number()
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      }),
    ])
    .nullable(),
  /** Files: nothing but the mounts. */
  fs: z.strictObject({ mounts: z.array(mount).max(100) }).nullable(),
  net: net.nullable(),
  /** A namespace of the embedder's key-value store. Guests with the same namespace share it. */
  kv: z
    .strictObject({
      namespace: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'must be lower-case letters, digits, ".", "_", "-"'),
    })
    .nullable(),
  log: z.boolean(),
  metric: z.boolean(),
  /** What a probe found out. */
  result: z.boolean(),
  /** Hashes, and keys of the embedder's by name. Keys never enter the guest. */
  crypto: z
    .strictObject({
      keys: z
        .array(z.strictObject({ name: z.string().min(1).max(128), use: z.array(z.enum(['sign', 'verify'])).min(1) }))
        .max(100),
    })
    .nullable(),
})

const hostCallNames = z.array(z.enum(ABI.map((entry) => entry.name) as [string, ...string[]])).max(200)

/** The filter on single host calls, on top of capabilities. */
const hostCalls = z.strictObject({
  /** Refused at each use, with `notcapable` and an event. The module may import them. */
  deny: hostCallNames,
  /** Each use is an event. */
  log: hostCallNames,
})

const isolation = z.strictObject({
  /** `jail`: child process and worker thread. `inline`: the caller's thread, for measuring and for coverage-guided fuzzing. */
  level: z.enum(['jail', 'inline']),
  /** True: no other guest ever ran, or will run, in this guest's jail. */
  exclusiveJail: z.boolean(),
})

export const policySchema = z.strictObject({
  name: z.string().max(64),
  isolation,
  /** Post-MVP features that a module may use, by the names of their proposals, whatever the engine would accept. */
  features: z.array(z.enum(FEATURES)),
  quotas,
  capabilities,
  hostCalls,
})
/** A complete policy. */
export type Policy = z.infer<typeof policySchema>
/** A mount of the policy. */
export type Mount = z.infer<typeof mount>
export type NetGrant = z.infer<typeof net>

/** What people write: a profile to start from, and what is different. */
export const policyInputSchema = z.strictObject({
  extends: z.enum(['strict', 'default', 'relaxed']).optional(),
  name: z.string().max(64).optional(),
  isolation: isolation.partial().optional(),
  features: z.array(z.enum(FEATURES)).optional(),
  quotas: quotas.partial().optional(),
  capabilities: capabilities.partial().optional(),
  hostCalls: hostCalls.partial().optional(),
})
export type PolicyInput = z.input<typeof policyInputSchema>
