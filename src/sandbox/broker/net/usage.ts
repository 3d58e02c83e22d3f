// What an activation has used up of the network quotas.
import { Refused } from '../operation.ts'

export interface NetQuotas {
  /** Bytes sent and received, as they are on the wire, and again as they are after decompression: neither may exceed it (NET-13). */
  readonly networkBytes: number
  readonly networkRequests: number
  /** Responses and sockets that are open at the same time. */
  readonly handles: number
}

export class NetUsage {
  readonly #quotas: NetQuotas
  #requests = 0
  #wire = 0
  #content = 0
  readonly #told = new Set<keyof NetQuotas>()

  constructor(quotas: NetQuotas) {
    this.#quotas = quotas
  }

  beginActivation(): void {
    this.#requests = 0
    this.#wire = 0
    this.#content = 0
    this.#told.clear()
  }

  /** So far in this activation. Of the bytes on the wire and those after decompression the greater, which the quota goes by. */
  get used(): { readonly networkBytes: number; readonly networkRequests: number } {
    return { networkBytes: Math.max(this.#wire, this.#content), networkRequests: this.#requests }
  }

  /** Counts a request, connection or query. Null if there was one left; the refusal otherwise. */
  request(): Refused | null {
    if (this.#requests >= this.#quotas.networkRequests) return this.#exceeded('networkRequests', 'requests')
    this.#requests++
    return null
  }

  /** Counts bytes on the wire. @throws {Refused} `dquot` if there were too many */
  wire(bytes: number): void {
    this.#wire += bytes
    if (this.#wire > this.#quotas.networkBytes) throw this.#exceeded('networkBytes', 'bytes')
  }

  /** Counts bytes that the guest sends, or gets after decompression. @throws {Refused} `dquot` if there were too many */
  content(bytes: number): void {
    this.#content += bytes
    if (this.#content > this.#quotas.networkBytes) throw this.#exceeded('networkBytes', 'bytes')
  }

  /** @param open how many there are */
  handle(open: number): Refused | null {
    return open >= this.#quotas.handles ? new Refused('mfile') : null
  }

  #exceeded(quota: 'networkRequests' | 'networkBytes', what: string): Refused {
    if (this.#told.has(quota)) return new Refused('dquot')
    this.#told.add(quota)
    const limit = this.#quotas[quota]
    return new Refused('dquot', {
      type: 'quota-exceeded',
      severity: 'warning',
      message: `The guest used up its quota of ${limit} ${what} on the network.`,
      quota,
      limit,
    })
  }
}
