// The guest's handle table. Numbers are the guest's own, never those of the operating system (WSI-05).
import { ERRNO, GuestFault } from './errno.ts'
import type { OpenDirectory, OpenFile } from './fs/file-system.ts'

/** What a handle may be used for: `rights` of preview 1. They can be given up, never gained (FSX-23). */
export interface Rights {
  readonly base: bigint
  readonly inheriting: bigint
}

export interface StreamHandle {
  readonly kind: 'stream'
  readonly stream: 'stdin' | 'stdout' | 'stderr'
  rights: Rights
  flags: number
}
export interface FileHandle {
  readonly kind: 'file'
  readonly file: OpenFile
  rights: Rights
  /** `fdflags`: append and nonblock. */
  flags: number
  position: bigint
}
export interface DirectoryHandle {
  readonly kind: 'directory'
  readonly directory: OpenDirectory
  /** Guest path, if this is a mount. */
  readonly mount: string | null
  rights: Rights
}
export interface SocketHandle {
  readonly kind: 'socket'
  /** Number of the broker's. */
  readonly id: number
  rights: Rights
  flags: number
}
export interface ResponseHandle {
  readonly kind: 'response'
  readonly id: number
  readonly status: number
  /** Lines `name: value`. */
  readonly headers: Uint8Array
}
export interface KeyHandle {
  readonly kind: 'key'
  readonly id: number
}

export type Handle = StreamHandle | FileHandle | DirectoryHandle | SocketHandle | ResponseHandle | KeyHandle
type HandleOf<K extends Handle['kind']> = Extract<Handle, { readonly kind: K }>

/** Lowest free number first, as POSIX has it; a closed number can be given out again, and then means the new thing only. */
export class HandleTable {
  readonly #open = new Map<number, Handle>()
  readonly #cap: number
  #peak = 0

  /** @param cap most handles open at the same time */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** @throws {GuestFault} `mfile` when the quota is used up: asked before something is opened that would then have no handle */
  reserve(): void {
    if (this.#open.size >= this.#cap) throw new GuestFault(ERRNO.mfile)
  }

  /** @throws {GuestFault} `mfile` when the quota is used up */
  open(handle: Handle): number {
    this.reserve()
    let fd = 0
    while (this.#open.has(fd)) fd++
    this.#open.set(fd, handle)
    this.#peak = Math.max(this.#peak, this.#open.size)
    return fd
  }

  /** @throws {GuestFault} `badf` */
  get(fd: number): Handle {
    const handle = this.#open.get(fd)
    if (!handle) throw new GuestFault(ERRNO.badf)
    return handle
  }

  /** The handle, if it is of this kind. @throws {GuestFault} `badf` */
  getOf<K extends Handle['kind']>(fd: number, kind: K): HandleOf<K> {
    const handle = this.get(fd)
    if (handle.kind !== kind) throw new GuestFault(ERRNO.badf)
    return handle as HandleOf<K>
  }

  /** Takes a handle out of the table; closing what it stands for is the caller's. @throws {GuestFault} `badf` */
  close(fd: number): Handle {
    const handle = this.get(fd)
    this.#open.delete(fd)
    return handle
  }

  /** Moves `from` to the number `to`, both open; what was there comes back, to be closed. @throws {GuestFault} `badf` */
  renumber(from: number, to: number): Handle | null {
    const handle = this.get(from)
    const old = this.get(to)
    if (from === to) return null
    this.#open.delete(from)
    this.#open.set(to, handle)
    return old
  }

  /** How many are open, and the most that were at the same time in this activation. */
  get use(): { readonly open: number; readonly peak: number } {
    return { open: this.#open.size, peak: this.#peak }
  }

  beginActivation(): void {
    this.#peak = this.#open.size
  }

  /** Every open handle with its number. */
  entries(): readonly (readonly [fd: number, handle: Handle])[] {
    return [...this.#open]
  }

  /** Every open handle, for the end of the guest. */
  all(): readonly Handle[] {
    return [...this.#open.values()]
  }
}
