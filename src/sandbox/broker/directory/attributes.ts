// Attributes of live files as a guest sees them: numbers of the sandbox's own, and times that are no better clock than the guest's (WSI-05).
import { createHmac, randomBytes } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { type FileHandle, utimes } from 'node:fs/promises'
import type { FileType, Times } from '../../host/fs/file-system.ts'
import { fault } from './errno.ts'
import { itself, typeOf } from './node.ts'

/** Times that were set and are remembered to the nanosecond; the oldest are forgotten. */
const MAX_EXACT = 4096
/** Times later than this (the year 2446, the end of ext4's) are refused, not wrapped (FSX-28). */
const LATEST = 15_000_000_000_000_000_000n

/** What Node's calls, which take seconds as floating-point numbers, left on the disk, and what was asked for. */
interface Exact {
  readonly disk: BigIntStats
  readonly accessed: bigint
  readonly modified: bigint
}

export class Attributes {
  // A keyed hash and no table: nothing to fill up, and nothing to work back from.
  readonly #key = randomBytes(32)
  readonly #granularity: bigint | null
  // In whole seconds, and one earlier, because the times that the kernel gives to files lag behind by a tick.
  readonly #begin = BigInt(Math.floor(Date.now() / 1000) - 1) * 1_000_000_000n
  readonly #exact = new Map<bigint, Exact>()

  /** @param granularityNs of the guest's clock; null if it has none */
  constructor(granularityNs: number | null) {
    this.#granularity = granularityNs === null ? null : BigInt(granularityNs)
  }

  inode({ dev, ino }: BigIntStats): bigint {
    return createHmac('sha256', this.#key).update(`${dev}:${ino}`).digest().readBigUInt64LE()
  }

  /** As fields of an answer. @param mount number of the mount */
  fields(stat: BigIntStats, mount: number): Readonly<Record<string, string | number>> {
    const inode = this.inode(stat)
    const type: FileType = typeOf(stat)
    const { accessed, modified } = this.#shown(inode, stat)
    return {
      device: String(mount + 1),
      inode: String(inode),
      type,
      links: String(stat.nlink),
      size: String(stat.size),
      accessed: String(accessed),
      modified: String(modified),
      changed: String(this.#coarse(stat.ctimeNs)),
    }
  }

  /** Sets times of what the descriptor holds, a link itself if it holds one. @throws {GuestFault} `inval` for a time out of range */
  async setTimes(descriptor: FileHandle, times: Times): Promise<void> {
    const before = await descriptor.stat({ bigint: true })
    const inode = this.inode(before)
    const shown = this.#shown(inode, before)
    const now = BigInt(Date.now()) * 1_000_000n
    const accessed = nanoseconds(times.accessed, now, before.atimeNs)
    const modified = nanoseconds(times.modified, now, before.mtimeNs)
    await utimes(itself(descriptor), seconds(accessed), seconds(modified))
    const disk = await descriptor.stat({ bigint: true })
    this.#exact.delete(inode)
    // A file system that cannot hold the time holds another, and shows it.
    if (!isNear(disk.atimeNs, accessed) || !isNear(disk.mtimeNs, modified)) return
    if (this.#exact.size >= MAX_EXACT) this.#exact.delete(this.#exact.keys().next().value!)
    this.#exact.set(inode, {
      disk,
      accessed: typeof times.accessed === 'bigint' ? accessed : times.accessed === null ? shown.accessed : this.#coarse(now),
      modified: typeof times.modified === 'bigint' ? modified : times.modified === null ? shown.modified : this.#coarse(now),
    })
  }

  #shown(inode: bigint, stat: BigIntStats): { accessed: bigint; modified: bigint } {
    const exact = this.#exact.get(inode)
    return {
      accessed: exact?.disk.atimeNs === stat.atimeNs ? exact.accessed : this.#coarse(stat.atimeNs),
      modified: exact?.disk.mtimeNs === stat.mtimeNs ? exact.modified : this.#coarse(stat.mtimeNs),
    }
  }

  /** Whoever writes a file and looks at its time has a clock: not a finer one than the policy grants, and none where it grants none (ENG-06). */
  #coarse(time: bigint): bigint {
    const known = time < 0n ? 0n : time
    if (this.#granularity !== null) return known - (known % this.#granularity)
    return known < this.#begin ? known : this.#begin
  }
}

function nanoseconds(wanted: bigint | 'now' | null, now: bigint, before: bigint): bigint {
  if (wanted === null) return before
  if (wanted === 'now') return now
  if (wanted > LATEST) throw fault('inval')
  return wanted
}

// As text, because Node takes a negative number for the present time.
const seconds = (time: bigint): string => String(Number(time) / 1e9)

const isNear = (a: bigint, b: bigint): boolean => a - b < 1000n && b - a < 1000n
