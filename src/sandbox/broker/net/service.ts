// The network capability of one guest: everything that it can reach goes through here.

import type { LocalEvent } from '../../host/context.ts'
import type { ServiceUsage } from '../../monitor/usage-sink.ts'
import { type NetRules, readNetGrant } from '../../policy/net-patterns.ts'
import type { NetGrant } from '../../policy/schema.ts'
import { bodiless } from '../bodiless.ts'
import type { Operation, Service } from '../operation.ts'
import { AddressRules } from './addresses.ts'
import { certificateOperation } from './certificate.ts'
import { Decisions } from './decisions.ts'
import type { Dialler } from './dial.ts'
import { Http } from './http.ts'
import { lookupOperation } from './lookup.ts'
import { Names } from './resolver.ts'
import { type EndpointParts, Sockets } from './sockets.ts'
import { type NetQuotas, NetUsage } from './usage.ts'

export interface NetOptions {
  /** Name servers for every lookup, as `address` or `address:port`, instead of the system's. */
  readonly dnsServers?: readonly string[]
  /** Certificates that are trusted beside the system's, PEM. */
  readonly ca?: readonly string[]
}

export class NetService implements Service {
  readonly operations: Readonly<Record<string, Operation>>
  readonly #http: Http
  readonly #sockets: Sockets
  readonly #usage: NetUsage
  readonly #decisions: Decisions

  /** @param event takes what is allowed; what is refused comes with the refusal, and the broker tells it */
  constructor(grant: NetGrant, quotas: NetQuotas, options: NetOptions, event: (event: LocalEvent) => void) {
    const rules = rulesOf(grant)
    this.#usage = new NetUsage(quotas)
    this.#decisions = new Decisions(event)
    const dialler: Dialler = {
      names: new Names(options.dnsServers ?? null),
      addresses: new AddressRules(rules.addresses),
      decisions: this.#decisions,
      ca: options.ca ?? [],
    }
    const openHandles = () => this.#http.open + this.#sockets.open
    const parts: EndpointParts = { rules, dialler, decisions: this.#decisions, usage: this.#usage, openHandles }
    this.#http = new Http({ ...parts, redirects: grant.redirects })
    this.#sockets = new Sockets(parts)
    this.operations = {
      ...this.#http.operations,
      ...this.#sockets.operations,
      'net.dns': bodiless((fields) => lookupOperation(parts, fields)),
      'net.certificate': bodiless((fields) => certificateOperation(parts, fields)),
    }
  }

  beginActivation(): void {
    this.#usage.beginActivation()
    this.#decisions.beginActivation()
  }

  usage(): ServiceUsage {
    return this.#usage.used
  }

  left(): number {
    return this.#http.left + this.#sockets.left
  }

  close(): void {
    this.#http.close()
    this.#sockets.close()
  }
}

/** @throws {TypeError} for a grant that did not go through policy resolution, where its patterns are checked */
function rulesOf(grant: NetGrant): NetRules {
  const { rules, problems } = readNetGrant(grant)
  if (problems.length > 0) throw new TypeError(`${problems[0]!.place}: ${problems[0]!.reason}`)
  return rules
}
