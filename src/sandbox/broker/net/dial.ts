// From a host to a connection: looked up once, every address judged, and connected to the very address that was judged (NET-02).
import { connect as connectTcp, type Socket } from 'node:net'
// The module as a whole, because a name that this version of Node does not export cannot be imported.
import nodeTls, { type TLSSocket } from 'node:tls'
import { ownData } from '../../own-data.ts'
import type { Intent } from '../operation.ts'
import type { AddressRules } from './addresses.ts'
import { orAborted } from './deadline.ts'
import { type Decisions, intent, type NetCall } from './decisions.ts'
import type { Host } from './host-names.ts'
import type { Names } from './resolver.ts'

/** How long one address is tried while there is another one. */
const ATTEMPT_MS = 2000
/** Addresses of one host that are tried. */
const MAX_ATTEMPTS = 4

/** Options without a prototype: what is on a polluted one is not among them. */
export const own = <T extends object>(options: T) => ownData(options) as T

export interface Dialler {
  readonly names: Names
  readonly addresses: AddressRules
  readonly decisions: Decisions
  /** Certificates that are trusted beside the system's, PEM. */
  readonly ca: readonly string[]
}

export interface Destination {
  readonly hostCall: NetCall
  /** As audit log and events show it. */
  readonly object: string
  readonly host: Host
  readonly port: number
}

export interface Dialled {
  readonly socket: Socket
  readonly elapsedNs: bigint
}

/**
 * Connects. One forbidden address among those of the name refuses all of them: an honest name has no such mixture, and whoever sends one tries what
 * gets through (NET-02).
 *
 * @throws {Refused} of a forbidden address, after `decide` has seen it
 */
export async function dial(
  { names, addresses, decisions }: Dialler,
  destination: Destination,
  signal: AbortSignal,
  decide: (intent: Intent) => Promise<void>,
): Promise<Dialled> {
  const { host, port, hostCall, object } = destination
  const found = host.kind === 'address' ? [host.text] : await names.addresses(host.text, signal)
  for (const address of found) {
    const reason = addresses.refusal(address)
    if (reason === null) continue
    const refusal = decisions.refuse('acces', hostCall, object, `its address ${address} ${reason}`)
    await decide(intent(`${object} at ${address}`, refusal))
    throw refusal
  }
  decisions.allow(hostCall, object)
  return connectToOne(found.slice(0, MAX_ATTEMPTS), port, signal)
}

/** The addresses in the order of the answer, one after the other. */
async function connectToOne(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Dialled> {
  for (const [index, address] of addresses.entries()) {
    const last = index === addresses.length - 1
    try {
      return await attempt(address, port, last ? 0 : ATTEMPT_MS, signal)
    } catch (error) {
      if (last || signal.aborted) throw error
    }
  }
  throw new Error('there is no address to connect to')
}

function attempt(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Dialled> {
  const began = process.hrtime.bigint()
  // The host is an address, so there is nothing to look up here; half-open, because a guest may go on sending when the other side has ended.
  // Without a prototype, because a `path` that somebody put on it would lead to a Unix socket (NET-12).
  const socket = connectTcp(own({ host, port, allowHalfOpen: true, autoSelectFamily: false, noDelay: true }))
  let timer: NodeJS.Timeout | null = null
  const opened = new Promise<Dialled>((resolve, reject) => {
    // Stays: a socket that fails later, when nobody listens, would end the host process.
    socket.on('error', reject)
    socket.once('connect', () => resolve({ socket, elapsedNs: process.hrtime.bigint() - began }))
    if (timeoutMs > 0) timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), timeoutMs)
  })
  return orAborted(opened, signal).then(
    (dialled) => {
      if (timer) clearTimeout(timer)
      return dialled
    },
    (error) => {
      if (timer) clearTimeout(timer)
      socket.destroy()
      throw error
    },
  )
}

/**
 * Puts TLS on a connection. Sessions are never resumed and no client certificate is shown (NET-16).
 *
 * @param verify false only for looking at a certificate, when nothing is sent
 */
export function handshake(socket: Socket, host: Host, { ca }: Dialler, verify: boolean, signal: AbortSignal): Promise<TLSSocket> {
  const tls = nodeTls.connect(
    own({
      socket,
      // The name that the certificate is checked for; addresses are not sent as SNI (RFC 6066 3).
      host: host.text,
      ...(host.kind === 'name' ? { servername: host.text } : {}),
      // Said in so many words, because otherwise an environment variable of the host's decides (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: verify,
      ...(ca.length > 0 ? { ca: [...trusted(), ...ca] } : {}),
      ...(verify ? { ALPNProtocols: ['http/1.1'] } : {}),
    }),
  )
  const secured = new Promise<TLSSocket>((resolve, reject) => {
    tls.on('error', reject)
    tls.once('secureConnect', () => resolve(tls))
    tls.once('close', () => reject(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' })))
  })
  return orAborted(secured, signal).catch((error) => {
    tls.destroy()
    socket.destroy()
    throw error
  })
}

/** What is trusted without being named. `ca` takes its place where it is given, so it has to be repeated there; Node 22.13 has only the bundled list. */
const trusted = (): readonly string[] =>
  typeof nodeTls.getCACertificates === 'function' ? nodeTls.getCACertificates('default') : nodeTls.rootCertificates
