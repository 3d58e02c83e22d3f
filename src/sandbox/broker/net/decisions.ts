// Decisions about the network as the embedder and the audit log get to see them.

import type { LocalEvent } from '../../host/context.ts'
import type { ErrnoName } from '../../host/errno.ts'
import { quoteGuestText } from '../../text.ts'
import { type Intent, type Prepared, Refused } from '../operation.ts'

export type NetCall = 'http_request' | 'dns_resolve' | 'tcp_connect' | 'tls_certificate'

/** Refusals that are told one by one in an activation; each is in the audit log, but events stay in the host's memory (OUT-11, RES-08). */
const MAX_TOLD = 500

export class Decisions {
  readonly #event: (event: LocalEvent) => void
  #refused = 0

  constructor(event: (event: LocalEvent) => void) {
    this.#event = event
  }

  beginActivation(): void {
    this.#refused = 0
  }

  /** A refusal with its event. @param reason in words, as the end of the sentence "The guest's request was refused: …" */
  refuse(errno: ErrnoName, hostCall: NetCall, object: string, reason: string): Refused {
    if (++this.#refused > MAX_TOLD) return new Refused(errno)
    const last = this.#refused === MAX_TOLD ? ' Further refusals are only in the audit log.' : ''
    const shown = quoteGuestText(object, 300)
    return new Refused(errno, {
      type: 'network-access',
      severity: 'high',
      message: `${hostCall} of ${shown} was refused: ${reason}.${last}`,
      hostCall,
      allowed: false,
      object: shown,
    })
  }

  /** Tells that the guest is let through: everything has been decided, and nothing done yet. */
  allow(hostCall: NetCall, object: string): void {
    const shown = quoteGuestText(object, 300)
    const message = `${hostCall} of ${shown} was allowed.`
    this.#event({ type: 'network-access', severity: 'info', message, hostCall, allowed: true, object: shown })
  }
}

export const intent = (object: string, refusal: Refused | null): Intent => ({ capability: 'net', object, refusal })

/** A request that is refused before there is anything to do. */
export const notDone = (object: string, refusal: Refused): Prepared => ({
  intent: intent(object, refusal),
  run: () => {
    throw refusal
  },
})
