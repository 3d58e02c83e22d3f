// The guest's handle table. Numbers are the guest's own, never those of the operating system (WSI-05).
import { ERRNO, GuestFault } from './errno.ts'

/** What a handle stands for: standard streams in this version. */
export interface Stream {
  readonly kind: 'stdin' | 'stdout' | 'stderr'
}

/** Lowest free number first, as POSIX has it; a closed number can be given out again, and then means the new thing only. */
export class HandleTable {
  readonly #open = new Map<number, Stream>()
  readonly #cap: number

  /** @param cap most handles open at the same time */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** @throws {GuestFault} `mfile` when the quota is used up */
  open(stream: Stream): number {
    if (this.#open.size >= this.#cap) throw new GuestFault(ERRNO.mfile)
    let fd = 0
    while (this.#open.has(fd)) fd++
    this.#open.set(fd, stream)
    return fd
  }

  /** @throws {GuestFault} `badf` */
  get(fd: number): Stream {
    const stream = this.#open.get(fd)
    if (!stream) throw new GuestFault(ERRNO.badf)
    return stream
  }

  /** @throws {GuestFault} `badf` */
  close(fd: number): void {
    if (!this.#open.delete(fd)) throw new GuestFault(ERRNO.badf)
  }
}
