// What the embedder is told when a path led out of its directory. The broker tells for the trees behind it.

import { quoteGuestText } from '../../text.ts'
import type { HostContext } from '../context.ts'

/** Refusals that are told in one activation; a guest that makes more only fills the host's memory (OUT-11, RES-08). */
const MAX_TOLD = 100
/** Characters of each path that are shown. Escaped, each can become eight, and two paths must fit in what a host takes of an event (jail-frames.ts). */
const SHOWN = 80

export function tellEscape(context: HostContext, hostCall: string, paths: readonly string[]): void {
  if (context.blocked >= MAX_TOLD) return
  context.blocked++
  const object = paths.map((path) => quoteGuestText(path, SHOWN)).join(', ')
  context.event({
    type: 'file-access',
    severity: 'high',
    message: `The guest called ${hostCall} with a path that leads out of its directory: ${object}.`,
    hostCall,
    allowed: false,
    object,
  })
}
