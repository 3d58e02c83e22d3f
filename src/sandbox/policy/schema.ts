// The policy: what a guest is granted, what it may use up, and how it is kept apart. One schema; types, defaults and messages follow from it.
import { z } from 'zod'
import { FEATURES } from '../../wasm/index.ts'
import { ABI } from '../host/abi/index.ts'
import type { Quota } from './limits/limit.ts'
import { nullOf, QUOTA_NAMES, type QuotaName, type Quotas, quota } from './limits/quotas.ts'
import { parseDuration, parseSize } from './units.ts'

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
  quantity((text) => (/^\d{1,16}$/.test(text) ? Number(text) : null), 'a whole number', min, max)
const KINDS = { bytes, ms: milliseconds, count, fuel: count } as const

function schemaOf(row: Quota) {
  const [min, max] = row.range
  if (min === max) return z.literal(min)
  const value = KINDS[row.unit](min, max)
  return nullOf(row) ? value.nullable() : value
}

/** What a guest may use up: see the table of limits. Each quota has an attack in corpus/ that exceeds it, or a test that does. */
const quotas = z.strictObject(
  Object.fromEntries(QUOTA_NAMES.map((name) => [name, schemaOf(quota(name))])) as unknown as {
    [K in QuotaName]: z.ZodType<Quotas[K], null extends Quotas[K] ? number | string | null : number | string>
  },
)

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

/** The record of decisions. The log itself is the embedder's: see `AuditLog`. */
const audit = z.strictObject({
  /**
   * What becomes of a guest whose decisions cannot be recorded. `refuse`: nothing more that would have to be recorded is done for it. `end-guest`: it
   * is ended. `continue-and-report`: all is done as before, and an event says that it is not on record.
   */
  whenUnwritable: z.enum(['refuse', 'end-guest', 'continue-and-report']),
})

const isolation = z.strictObject({
  /** `jail`: child process and worker thread. `inline`: the caller's thread, for measuring and for coverage-guided fuzzing. */
  level: z.enum(['jail', 'inline']),
  /** True: no other guest ever ran, or will run, in this guest's jail. */
  exclusiveJail: z.boolean(),
  /**
   * Whose next guest may have a guest's cell, which is a thread, once that guest has returned or exited: nobody's; those of the same module, policy
   * and principal; those of the same principal and policy, whatever their module. With it go the modules that were compiled there.
   */
  reuse: z.enum(['never', 'same-module', 'same-principal']),
  /**
   * What becomes of an engine about whose version something is published that weakens the jail. `report`: `describe()` and reports say so. `refuse`:
   * the policy is refused, and no guest runs.
   */
  engineGate: z.enum(['report', 'refuse']),
})

const instant = z.iso.datetime({ offset: true, error: 'must be a time with its zone, such as 2026-01-31T00:00:00Z' })

/** Which signatures a module must carry to be run. They say whose the module is, and grant it nothing. */
const signatures = z.strictObject({
  /** How many of the keys must have signed all of the module. */
  required: z.number().int().min(1).max(32),
  /** Keys that count. Rotation: the old and the new key side by side, each with its time. */
  keys: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(128),
        /** Ed25519: 32 bytes in base64, or PEM. */
        publicKey: z.string().max(1000),
        /** The key's signatures count from then on, by the host's clock at the time of the check: signatures have no time of their own. */
        notBefore: instant.optional(),
        /** And until then. */
        notAfter: instant.optional(),
        /** The key's signatures count no more, whenever they were made. */
        revoked: z.strictObject({ at: instant, reason: z.string().min(1).max(500) }).optional(),
      }),
    )
    .min(1)
    .max(32),
  /** SHA-256 of files, or of signed contents (which stays the same whoever signs), that do not run any more. */
  revokedModules: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'))
    .max(10_000)
    .default([]),
})

export const policySchema = z.strictObject({
  name: z.string().max(64),
  isolation,
  /** Post-MVP features that a module may use, by the names of their proposals, whatever the engine would accept. */
  features: z.array(z.enum(FEATURES)),
  quotas,
  capabilities,
  hostCalls,
  audit,
  /** Null: signatures are not looked at. */
  signatures: signatures.nullable(),
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
  audit: audit.partial().optional(),
  signatures: signatures.nullable().optional(),
})
export type PolicyInput = z.input<typeof policyInputSchema>
