// The jails of one sandbox: started when needed, used again only after the last guest's thread is known to be gone, and all ended together.
import { JailProcess } from './jail-process.ts'

/** Idle jails that are kept. One is enough to hide the start from guests that come one after the other. */
const KEEP_IDLE = 1

export class Jails {
  readonly #all = new Set<JailProcess>()
  readonly #idle: JailProcess[] = []
  #closed = false

  /** @param fresh true: a jail in which no guest ever ran */
  async take(fresh: boolean): Promise<JailProcess> {
    const idle = fresh ? undefined : this.#idle.pop()
    if (idle && !idle.ended) {
      idle.keepHostAlive(true)
      return idle
    }
    const jail = await JailProcess.start()
    this.#all.add(jail)
    if (this.#closed) await this.drop(jail)
    return jail
  }

  /** Gives back a jail whose guest is gone. */
  async give(jail: JailProcess): Promise<void> {
    if (jail.ended || this.#closed || this.#idle.length >= KEEP_IDLE) return this.drop(jail)
    jail.listen(() => {})
    jail.keepHostAlive(false)
    this.#idle.push(jail)
  }

  /** Ends a jail for good. */
  async drop(jail: JailProcess): Promise<void> {
    await jail.kill()
    this.#all.delete(jail)
  }

  /** Ends every jail, idle or not, and starts no more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#idle.length = 0
    await Promise.all([...this.#all].map((jail) => this.drop(jail)))
  }
}
