// The watchdog: wall clock, CPU time and resident memory of a jail, measured in the host, never in the thread or process of the guest.
import { closeSync, openSync, readSync } from 'node:fs'

/** How often a running jail is looked at, milliseconds. Bounds how far a guest gets beyond a limit. */
const EVERY = 20
/** USER_HZ: fixed at 100 in the kernel's interface to user space on every architecture that Node supports (proc(5)). */
const TICK_MS = 10
const PAGE = 4096

export interface WatchLimits {
  readonly wallClockMs: number
  readonly cpuMs: number
  readonly residentBytes: number
}
export type Exceeded =
  | { readonly kind: 'wall-clock-limit' }
  | { readonly kind: 'cpu-limit' }
  | { readonly kind: 'memory-limit'; readonly actualBytes: number }

export interface Sample {
  /** CPU time of the whole process since it started, milliseconds. */
  readonly cpuMs: number
  readonly residentBytes: number
}

/**
 * What the kernel says about a process. The files stay open: reading them again takes 5 µs, opening them first 35, and what is open keeps to its
 * process even when the number has been given to another.
 */
export class ProcessFiles {
  readonly #stat: number | null
  readonly #statm: number | null

  constructor(pid: number) {
    this.#stat = opened(`/proc/${pid}/stat`)
    this.#statm = opened(`/proc/${pid}/statm`)
  }

  /** Null where there is no /proc, or the process is gone. */
  sample(): Sample | null {
    const [stat, statm] = [contents(this.#stat), contents(this.#statm)]
    return stat === null || statm === null ? null : sampleOf(stat, statm)
  }

  close(): void {
    for (const file of [this.#stat, this.#statm]) if (file !== null) closeSync(file)
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

/** Longer than either file: some fifty numbers and a name of at most 64 bytes. */
const room = Buffer.alloc(4096)

function contents(file: number | null): string | null {
  if (file === null) return null
  try {
    return room.toString('latin1', 0, readSync(file, room, 0, room.length, 0))
  } catch {
    return null
  }
}

/** One look; null where there is no /proc, or the process is gone. */
export function sampleProcess(pid: number): Sample | null {
  const files = new ProcessFiles(pid)
  try {
    return files.sample()
  } finally {
    files.close()
  }
}

function sampleOf(stat: string, statm: string): Sample {
  // Fields are counted from behind the name, which may hold anything: utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 13)
  const resident = statm.split(' ', 2)[1]
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, residentBytes: Number(resident) * PAGE }
}

/** Watches one activation. */
export class Watch {
  readonly #limits: WatchLimits
  readonly #exceeded: (what: Exceeded) => void
  readonly #sample: () => Sample | null
  readonly #looked: (cpuMs: number, residentBytes: number) => void
  readonly #wall: NodeJS.Timeout
  readonly #interval: NodeJS.Timeout
  readonly #start: number
  #last: number
  peakResidentBytes = 0

  /**
   * @param exceeded called at most once for each kind of limit; the caller stops the watch
   * @param looked is told of each sample, before it is compared with the limits
   */
  constructor(
    limits: WatchLimits,
    sample: () => Sample | null,
    exceeded: (what: Exceeded) => void,
    looked: (cpuMs: number, residentBytes: number) => void = () => {},
  ) {
    this.#limits = limits
    this.#exceeded = exceeded
    this.#sample = sample
    this.#looked = looked
    this.#start = sample()?.cpuMs ?? 0
    this.#last = this.#start
    this.#wall = setTimeout(() => exceeded({ kind: 'wall-clock-limit' }), limits.wallClockMs)
    this.#interval = setInterval(() => this.look(), EVERY)
  }

  /** CPU time of this activation so far, milliseconds. */
  get cpuMs(): number {
    return Math.max(0, this.#last - this.#start)
  }

  /** Takes a sample now. */
  look(): void {
    const sample = this.#sample()
    if (!sample) return
    this.#last = sample.cpuMs
    this.peakResidentBytes = Math.max(this.peakResidentBytes, sample.residentBytes)
    this.#looked(this.cpuMs, sample.residentBytes)
    if (sample.residentBytes > this.#limits.residentBytes)
      this.#exceeded({ kind: 'memory-limit', actualBytes: sample.residentBytes })
    else if (this.cpuMs > this.#limits.cpuMs) this.#exceeded({ kind: 'cpu-limit' })
  }

  stop(): void {
    clearTimeout(this.#wall)
    clearInterval(this.#interval)
  }
}
