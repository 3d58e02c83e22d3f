// What of a guest's state is with the host and not in its memory. The handles that it began with are captured as they are; a guest that has anything
// else there is refused, because a restored one would miss it.
import type { HostContext } from '../host/context.ts'
import type { Mounts } from '../host/fs/mounts.ts'
import type { Handle } from '../host/handles.ts'
import type { HandleState } from './image.ts'
import type { Uncapturable } from './problem.ts'

/** A handle that every guest with these grants begins with. */
type Begun = readonly [fd: number, handle: Handle]

export class HostState {
  readonly #context: HostContext
  readonly #mounts: Mounts
  readonly #begun: readonly Begun[]

  /** @param context of a guest that has not run yet */
  constructor(context: HostContext, mounts: Mounts) {
    this.#context = context
    this.#mounts = mounts
    this.#begun = context.handles.entries()
  }

  /** How many handles the guest began with. */
  get handles(): number {
    return this.#begun.length
  }

  capture(): readonly HandleState[] | Uncapturable {
    return this.#problem() ?? this.#begun.map(([, handle]) => stateOf(handle))
  }

  /** @param states of the handles of a guest that began with the same ones */
  restore(states: readonly HandleState[]): void {
    for (const [index, [, handle]] of this.#begun.entries()) restoreHandle(handle, states[index]!)
  }

  #problem(): Uncapturable | null {
    const open = new Map(this.#context.handles.entries())
    const began = new Set(this.#begun.map(([, handle]) => handle))
    for (const [fd, handle] of open) {
      if (!began.has(handle)) return { problem: 'handles-open', place: placeOf(fd, handle) }
    }
    const changed = this.#begun.find(([fd, handle]) => open.get(fd) !== handle)
    if (changed) return { problem: 'handles-changed', place: placeOf(...changed) }
    if (this.#mounts.touched) return { problem: 'files-changed', place: '' }
    // The rest of the input is not the one that a restored guest is given.
    return this.#context.stdinPosition === 0 ? null : { problem: 'input-read', place: 'standard input' }
  }
}

const placeOf = (fd: number, { kind }: Handle) => `handle ${fd} (${kind})`

/** Go's runtime, for one, makes its streams non-blocking as soon as it starts. */
const stateOf = (handle: Handle): HandleState => ({
  flags: 'flags' in handle ? handle.flags : 0,
  ...('rights' in handle ? handle.rights : { base: 0n, inheriting: 0n }),
})

/** Rights can only be fewer than those that such a handle begins with, whatever the image says (FSX-23). */
function restoreHandle(handle: Handle, { flags, base, inheriting }: HandleState): void {
  if ('flags' in handle) handle.flags = flags
  if ('rights' in handle) handle.rights = { base: handle.rights.base & base, inheriting: handle.rights.inheriting & inheriting }
}
