// What a person is shown before deciding: the host's own sentence for each capability, and beside it, quoted, what the module claims.
//
// The module's words never stand where the host's could: quoted, on one line, short, nothing invisible in them (OUT-01, OUT-03, OUT-09).
import { claimText, quoteGuestText } from '../text.ts'
import type { Request } from './authority.ts'
import type { Manifest } from './manifest.ts'

/** Safe to print as it is. */
export interface ConsentLine {
  /** Such as `net.http`. */
  readonly capability: string
  /** What the module could do, in the host's words. */
  readonly sentence: string
  /** Why it wants to, in its own words: quoted. */
  readonly claim: string
  /** An earlier version, or an earlier wording, was not agreed to with this in it. */
  readonly isNew: boolean
}

/** A question to a person, as plain data. Every text in it is neutralised. */
export interface ConsentQuestion {
  /** The module's own name and version: lower-case ASCII. Anyone may use any name; the digest is what is agreed to. */
  readonly name: string
  readonly version: string
  readonly sha256: string
  /** What the module says it does, quoted. */
  readonly description: string | null
  readonly lines: readonly ConsentLine[]
  /** The version that there is consent to, if this one wants more or says it differently. */
  readonly before: string | null
}

export function consentQuestion(
  { name, version, description }: Manifest,
  sha256: string,
  wanted: readonly Request[],
  before: { readonly version: string; readonly includes: (request: Request) => boolean } | null,
): ConsentQuestion {
  return {
    name,
    version,
    sha256,
    description: description === undefined ? null : claimText(description, 500),
    lines: wanted.map((request) => ({
      capability: request.capability,
      sentence: sentenceOf(request),
      claim: claimText(request.reason, 300),
      isNew: before !== null && !before.includes(request),
    })),
    before: before?.version ?? null,
  }
}

/** What the host says about a capability; the module has no part in it but the quoted object. */
export function sentenceOf(request: Request): string {
  switch (request.capability) {
    case 'stdio':
      return request.object === 'stdin'
        ? 'Read what is put into its standard input.'
        : `Write to ${NAME_OF_STREAM[request.object]}.`
    case 'args':
      return 'See the arguments that the program is started with.'
    case 'env':
      return request.object === null
        ? 'See every environment variable that is passed to it.'
        : `See the environment variable ${quoted(request.object)}, if it is passed to it.`
    case 'clock':
      return `Tell the time, in steps of ${duration(request.granularityNs)}.`
    case 'random':
      return 'Get random bytes.'
    case 'fs':
      return request.writable
        ? `Read, change and delete everything in the directory that it sees as ${quoted(request.object)}.`
        : `Read everything in the directory that it sees as ${quoted(request.object)}.`
    case 'net.http':
      return `Send anything to ${places(request.object.replace(/^https?:\/\//, ''))} and read the answers${request.object.startsWith('http:') ? ', unencrypted' : ''}.`
    case 'net.dns':
      return `Look up ${places(request.object)} in the DNS.`
    case 'net.tcp':
      return `Connect to ${places(request.object)} and exchange anything.`
    case 'kv':
      return 'Keep data between runs, and read what others with the same namespace have kept.'
    case 'log':
      return 'Write lines to the log.'
    case 'metric':
      return 'Record metrics.'
    case 'result':
      return 'Report a result.'
    case 'crypto':
      return 'Calculate hashes.'
    case 'crypto.sign':
      return `Sign anything with the key ${quoted(request.object)}.`
    case 'crypto.verify':
      return `Check signatures with the key ${quoted(request.object)}.`
  }
}

const NAME_OF_STREAM = { stdout: 'standard output', stderr: 'standard error' } as const

const quoted = (text: string) => quoteGuestText(text, 200)

/** A pattern in words: what a star stands for is easily overlooked. */
function places(pattern: string): string {
  const { host = '', port } = /^(?<host>\[.*\]|[^:]*)(?::(?<port>.*))?$/.exec(pattern)?.groups ?? {}
  const where =
    host === '*' ? 'every host there is' : host.startsWith('*.') ? `every host below ${quoted(host.slice(2))}` : quoted(host)
  return port === undefined ? where : port === '*' ? `${where} at any port` : `${where} at port ${port}`
}

function duration(nanoseconds: number): string {
  if (nanoseconds >= 1e9 && nanoseconds % 1e9 === 0) return `${nanoseconds / 1e9} s`
  if (nanoseconds >= 1e6 && nanoseconds % 1e6 === 0) return `${nanoseconds / 1e6} ms`
  if (nanoseconds >= 1e3 && nanoseconds % 1e3 === 0) return `${nanoseconds / 1e3} µs`
  return `${nanoseconds} ns`
}
