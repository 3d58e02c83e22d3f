// What a guest has open in live directories. Numbers are given once: one that was closed means nothing any more (WSI-05).
import type { FileHandle } from 'node:fs/promises'
import { BadRequest } from '../fields.ts'
import { fault } from './errno.ts'
import type { LiveNode } from './node.ts'

/** Mounts are open under their own number among the policy's mounts, of which there are at most 100; everything else gets a number from here on. */
const FIRST_OPENED = 100

/** A live directory of the policy, open. */
export interface LiveMount {
  readonly index: number
  /** Guest path. */
  readonly at: string
  readonly writable: boolean
  readonly root: LiveNode
}

export interface OpenDirectory {
  readonly kind: 'directory'
  readonly mount: LiveMount
  /** Guest path, as it was when it was opened. */
  readonly path: string
  readonly node: LiveNode
  /** Directories between the mount's root and this one, itself included; 0 for the root. As it was when it was opened. */
  readonly depth: number
  /** What `..` is called in a listing; the root's is the root (FSX-25). */
  readonly parentInode: bigint
}

export interface OpenFile {
  readonly kind: 'file'
  readonly mount: LiveMount
  readonly path: string
  readonly descriptor: FileHandle
  readonly read: boolean
  readonly write: boolean
  /** The same file open for appending, once that was needed. */
  appending: FileHandle | null
}

export type Open = OpenDirectory | OpenFile

export class Handles {
  readonly #roots: ReadonlyMap<number, OpenDirectory>
  readonly #open = new Map<number, Open>()
  readonly #cap: number
  /** What was open at the end. */
  #closed: readonly Open[] = []
  #next = FIRST_OPENED

  /** @param cap most handles open at the same time, mounts not counted */
  constructor(roots: readonly OpenDirectory[], cap: number) {
    this.#roots = new Map(roots.map((root) => [root.mount.index, root]))
    this.#cap = cap
  }

  /** @throws {GuestFault} `mfile`: asked before something is opened that would then have no number */
  reserve(): void {
    if (this.#open.size >= this.#cap) throw fault('mfile')
  }

  add(open: Open): number {
    const number = this.#next++
    this.#open.set(number, open)
    return number
  }

  /** @throws {BadRequest} if it is not open: a cell knows what it has */
  get(number: number): Open {
    const open = this.#roots.get(number) ?? this.#open.get(number)
    if (!open) throw new BadRequest('a handle is not open')
    return open
  }

  directory(number: number): OpenDirectory {
    const open = this.get(number)
    if (open.kind !== 'directory') throw new BadRequest('a handle is no directory')
    return open
  }

  file(number: number): OpenFile {
    const open = this.get(number)
    if (open.kind !== 'file') throw new BadRequest('a handle is no file')
    return open
  }

  /** @throws {BadRequest} for a mount, which stays open as long as the guest lives */
  mustBeClosable(number: number): void {
    this.get(number)
    if (this.#roots.has(number)) throw new BadRequest('a mount is not closed')
  }

  async close(number: number): Promise<void> {
    const open = this.#open.get(number)
    this.#open.delete(number)
    if (open) await closeOne(open)
  }

  /** Descriptors that are open after `closeAll`, and whatever was opened behind its back. */
  get left(): number {
    return this.#closed.filter(isOpen).length + this.#open.size
  }

  async closeAll(): Promise<void> {
    const all = [...this.#roots.values(), ...this.#open.values()]
    this.#closed = all
    this.#open.clear()
    await Promise.allSettled(all.map(closeOne))
  }
}

async function closeOne(open: Open): Promise<void> {
  if (open.kind === 'directory') return open.node.descriptor.close()
  await Promise.all([open.descriptor.close(), open.appending?.close()])
}

/** Node gives a handle that is closed the descriptor -1. */
const isOpen = (open: Open): boolean =>
  open.kind === 'directory'
    ? open.node.descriptor.fd !== -1
    : open.descriptor.fd !== -1 || (open.appending !== null && open.appending.fd !== -1)
