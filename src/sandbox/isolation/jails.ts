// The jails of one sandbox: started when needed, used again only after the last guest's thread is known to be gone, and all ended together.
import { JailProcess } from './jail-process.ts'

/** Idle jails that are kept. One is enough to hide the start from guests that come one after the other. */
const KEEP_IDLE = 1
/**
 * Resident memory with which a jail is not used again; a new one has some 120 MiB. The limit is one of the process, so what an earlier guest left
 * behind in the engine would be taken from the next one's (RES-04).
 */
const MAX_IDLE_BYTES = 160 * 2 ** 20

export class Jails {
  readonly #startProcess: () => Promise<JailProcess>
  readonly #all = new Set<JailProcess>()
  readonly #idle: JailProcess[] = []
  readonly #taking = new Set<Promise<JailProcess>>()
  #closed = false

  /** @param startProcess how a jail is started */
  constructor(startProcess: () => Promise<JailProcess> = () => JailProcess.start()) {
    this.#startProcess = startProcess
  }

  /** @param fresh true: a jail in which no guest ever ran */
  async take(fresh: boolean): Promise<JailProcess> {
    const taking = this.#take(fresh)
    this.#taking.add(taking)
    try {
      return await taking
    } finally {
      this.#taking.delete(taking)
    }
  }

  async #take(fresh: boolean): Promise<JailProcess> {
    const idle = fresh ? undefined : this.#idle.pop()
    idle?.keepHostAlive(true)
    await idle?.cellReady()
    if (idle && !idle.ended) return idle
    if (idle) this.#all.delete(idle)
    const jail = await this.#startProcess()
    this.#all.add(jail)
    if (this.#closed) await this.drop(jail)
    await jail.cellReady()
    return jail
  }

  /** Gives back a jail whose guest is gone. */
  async give(jail: JailProcess): Promise<void> {
    const grown = (jail.sample()?.residentBytes ?? 0) > MAX_IDLE_BYTES
    if (jail.ended || this.#closed || grown || this.#idle.length >= KEEP_IDLE) return this.drop(jail)
    jail.listen(() => {})
    jail.keepHostAlive(false)
    this.#idle.push(jail)
  }

  /** Ends a jail for good. */
  async drop(jail: JailProcess): Promise<void> {
    await jail.kill()
    this.#all.delete(jail)
  }

  /** Ends every jail, idle or not, those that are just being started too. */
  async close(): Promise<void> {
    this.#closed = true
    this.#idle.length = 0
    await this.#dropAll()
    await Promise.allSettled(this.#taking)
    await this.#dropAll()
  }

  async #dropAll(): Promise<void> {
    await Promise.all([...this.#all].map((jail) => this.drop(jail)))
  }
}
