// A setting: what is around a guest that may use files or the network. Directories, servers and names, made for one trial and watched from outside.
import { z } from 'zod'

const name = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a short lower-case name')
const text = z.string().max(100_000)

const entry = z.union([
  /** A file with this text. */
  text,
  z.strictObject({ link: z.string() }),
  z.strictObject({ directory: z.literal(true) }),
  z.strictObject({ fifo: z.literal(true) }),
  /** Another name of a file of the setting, such as `outside/secret.txt`. */
  z.strictObject({ hardLink: z.string() }),
])

const response = z.strictObject({
  /** Requests for this path; without it all that no other response takes. */
  path: z.string().optional(),
  status: z.number().int().min(100).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: text.default(''),
  /** Instead of the body: so many zero bytes, compressed. */
  gzipOfZeros: z.number().int().min(1).max(1e9).optional(),
  /** Instead of the body: the request, as it came (NET-14). */
  echo: z.literal(true).optional(),
  /** Instead of all of it: these very bytes. */
  raw: text.optional(),
  /** The connection stays open for the next request, if the client wants to use it again (NET-16). */
  keepOpen: z.literal(true).optional(),
  /** Milliseconds before the answer. */
  delayMs: z.number().int().min(0).max(60_000).default(0),
  /** A byte of the body at a time, this many milliseconds apart. */
  dripMs: z.number().int().min(1).max(10_000).optional(),
})

export const settingSchema = z
  .strictObject({
    /** Directories of the host by name, with their entries by path. A policy mounts one as `{dir:name}`. */
    directories: z.record(name, z.record(z.string(), entry)),
    /** Servers on loopback by name; `{port:name}` is the port. Each request is answered by the first response that fits, and the connection closed, unless that says otherwise. */
    servers: z.record(name, z.strictObject({ responses: z.array(response).default([]) })),
    /** Names that the name server `{dns}` knows, with the addresses of each answer by turns; the last answer stays. */
    names: z.record(z.string(), z.array(z.array(z.string())).min(1)),
    /** Variables in the environment of the host's process while the trial runs. */
    environment: z.record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a variable'),
      z.string().max(4096),
    ),
    /** Paths that change place with a link to elsewhere, over and over, while the trial runs (FSX-08). */
    swaps: z.array(z.strictObject({ path: z.string(), link: z.string() })),
  })
  .partial()

export type Setting = z.infer<typeof settingSchema>
export type SettingEntry = z.infer<typeof entry>
export type SettingResponse = z.infer<typeof response>
