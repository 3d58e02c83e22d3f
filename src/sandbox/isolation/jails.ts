// The jails of one sandbox: started when needed or ahead, given to one guest at a time, used again where that is allowed, and all ended together.
import { type CacheStatistics, sumOf } from '../cache/lru.ts'
import { JailError, PoolFull } from '../errors.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { FairQueue } from './fair-queue.ts'
import { JailProcess } from './jail-process.ts'
import { type PoolLimits, readPoolOptions } from './pool-options.ts'
import { renewCell } from './renew-cell.ts'

/**
 * Resident memory with which a jail is not used again; a new one has some 120 MiB. The limit is one of the process, so what an earlier guest left
 * behind in the engine would be taken from the next one's (RES-04).
 */
const MAX_IDLE_BYTES = FIXED.idleBytes.limit
/** Guests that one cell may have, one after the other: whatever little each leaves in the thread does not add up without end. */
const GUESTS_PER_CELL = FIXED.guestsPerCell.limit

const DISPOSED = 'The sandbox has been disposed of.'

/** What a guest needs of its jail. */
export interface JailWish {
  /** A jail in which no guest ever ran. */
  readonly fresh: boolean
  /** Reuse key: the guest may have the cell of a guest with the same one. Null: a cell in which no guest ever ran. */
  readonly key: string | null
  /** In whose turn it waits. */
  readonly principal?: string | null
  /** Takes it out of the queue. */
  readonly signal?: AbortSignal
}

export interface PoolState {
  readonly jails: number
  /** Ready for a guest. */
  readonly idle: number
  /** Of these, with no guest so far. */
  readonly warm: number
  /** Being started, or getting a new cell. */
  readonly coming: number
  /** Guests that wait. */
  readonly waiting: number
}

interface Lodging {
  readonly jail: JailProcess
  used: boolean
  /** Who may have its cell; null: nobody has had it. */
  key: string | null
  guests: number
}

interface Waiter {
  readonly wish: JailWish
  readonly owner: string
  readonly resolve: (jail: JailProcess) => void
  readonly reject: (error: unknown) => void
  coming: Coming | null
  /** It has waited as long as it may. */
  isLate: boolean
}

/** A jail that will be ready, with a cell that nobody has had. */
interface Coming {
  /** No guest ever ran in it. */
  readonly unused: boolean
  waiter: Waiter | null
}

export class Jails {
  readonly #startProcess: (background: boolean) => Promise<JailProcess>
  readonly #limits: PoolLimits
  readonly #lodgings = new Map<JailProcess, Lodging>()
  /** Ready, the one last used at the end. */
  readonly #idle: Lodging[] = []
  readonly #coming = new Set<Coming>()
  readonly #queue = new FairQueue<Waiter>()
  readonly #starts = new Set<Promise<unknown>>()
  #starting = 0
  #closed = false
  /** A warm jail did not start: not tried again before a guest's has. */
  #ailing = false
  #retired: CacheStatistics = sumOf([])

  /** @param startProcess how a jail is started; in the background it does not keep the host alive */
  constructor(
    startProcess: (background: boolean) => Promise<JailProcess> = (background) => JailProcess.start(undefined, background),
    limits: PoolLimits = readPoolOptions(),
  ) {
    this.#startProcess = startProcess
    this.#limits = limits
    this.#warm()
  }

  get state(): PoolState {
    return {
      jails: this.#total,
      idle: this.#idle.length,
      warm: this.#idle.filter(({ used }) => !used).length,
      coming: this.#coming.size,
      waiting: this.#queue.size,
    }
  }

  /** Look-ups of compiled modules, in all jails that there were. */
  get modules(): CacheStatistics {
    return sumOf([this.#retired, ...[...this.#lodgings.keys()].map(({ modules }) => modules.statistics)])
  }

  /**
   * @throws {PoolFull} if there are as many jails as there may be, and the queue is full or the wait too long
   * @throws {JailError} if a jail could not be started; the signal's reason if it is aborted
   */
  take(wish: JailWish): JailProcess | Promise<JailProcess> {
    if (this.#closed) return Promise.reject(new JailError(DISPOSED))
    const at = this.#queue.size === 0 ? this.#fitting(wish) : -1
    if (at >= 0) return this.#takeIdle(at, wish)
    return this.#wait(wish)
  }

  async #wait(wish: JailWish): Promise<JailProcess> {
    const { signal, principal } = wish
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<JailProcess>()
    const waiter: Waiter = { wish, owner: principal ? `p:${principal}` : '', resolve, reject, coming: null, isLate: false }
    this.#queue.push(waiter.owner, waiter)
    this.#pump()
    if (waiter.coming === null && this.#queue.size > this.#limits.queueLength) {
      // Not always who comes last: one principal could fill the queue, and everybody else would be refused (RES-09).
      const over = this.#queue.lastOfLongest(waiter.owner) ?? waiter
      this.#queue.remove(over.owner, over)
      over.reject(
        new PoolFull(`All ${this.#limits.maxJails} jails are taken, and ${this.#limits.queueLength} guests wait already.`),
      )
    }
    const leave = (error: unknown) => {
      this.#queue.remove(waiter.owner, waiter)
      if (waiter.coming) waiter.coming.waiter = null
      reject(error)
    }
    const abort = () => leave(signal?.reason)
    const late = setTimeout(() => {
      waiter.isLate = true
      if (!waiter.coming) leave(this.#tooLong())
    }, this.#limits.queueMs)
    // Ends the wait for a place, not the start of a jail, which has a limit of its own; and a jail that is started ahead keeps nobody alive.
    const waits = setInterval(() => {}, 2 ** 30)
    signal?.addEventListener('abort', abort)
    try {
      return await promise
    } finally {
      clearTimeout(late)
      clearInterval(waits)
      signal?.removeEventListener('abort', abort)
    }
  }

  #tooLong(): PoolFull {
    return new PoolFull(`No jail became free within ${this.#limits.queueMs} ms.`)
  }

  /** Gives each waiter in turn what there is for it, until there is nothing for the next one. */
  #pump(): void {
    for (let waiter = this.#queue.peek(); waiter && this.#serve(waiter); waiter = this.#queue.peek()) this.#queue.shift()
    this.#warm()
  }

  /** False if it has to wait. */
  #serve(waiter: Waiter): boolean {
    const { wish } = waiter
    const at = this.#fitting(wish)
    if (at >= 0) {
      waiter.resolve(this.#takeIdle(at, wish))
      return true
    }
    const coming = [...this.#coming].find((one) => !one.waiter && (one.unused || !wish.fresh))
    if (coming) {
      coming.waiter = waiter
      waiter.coming = coming
      return true
    }
    const used = [...this.#lodgings.values()].filter((lodging) => lodging.used).length
    const room = this.#total < this.#limits.maxJails
    // Another jail, rather than to take its cell from a guest that may come again, as long as both can be kept.
    if (room && (wish.fresh || used + this.#starting < this.#limits.idleJails)) return this.#start(waiter)
    const [oldest] = this.#idle.splice(0, 1)
    if (oldest && !wish.fresh) return this.#renew(oldest, waiter)
    if (oldest) return this.#start(waiter, oldest)
    return room && this.#start(waiter)
  }

  get #total(): number {
    return this.#lodgings.size + this.#starting
  }

  /** Place of the idle jail that fits best; -1 if none does. */
  #fitting({ fresh, key }: JailWish): number {
    const last = (fits: (lodging: Lodging) => boolean) => this.#idle.findLastIndex((one) => !one.jail.ended && fits(one))
    if (fresh) return last(({ used }) => !used)
    const own = key === null ? -1 : last((one) => one.key === key)
    if (own >= 0) return own
    // Those in which no guest ran are for guests that want one of those, as long as there is another.
    const used = last((one) => one.key === null && one.used)
    return used >= 0 ? used : last((one) => one.key === null)
  }

  #takeIdle(at: number, wish: JailWish): JailProcess {
    const [lodging] = this.#idle.splice(at, 1)
    return this.#hand(lodging!, wish)
  }

  #hand(lodging: Lodging, { key }: JailWish): JailProcess {
    lodging.used = true
    lodging.key = key
    lodging.jail.keepHostAlive(true)
    if (this.#unused() < this.#limits.warmJails) setImmediate(() => this.#warm())
    return lodging.jail
  }

  /** @param instead an idle jail that has to make room */
  #start(waiter: Waiter | null, instead: Lodging | null = null): true {
    const coming: Coming = { unused: true, waiter }
    if (waiter) waiter.coming = coming
    this.#coming.add(coming)
    // Counted before the other one is gone, so that nobody else takes the room.
    this.#starting++
    const start = this.#startInto(coming, instead).finally(() => {
      this.#coming.delete(coming)
      this.#starts.delete(start)
      this.#pump()
    })
    this.#starts.add(start)
    return true
  }

  async #startInto(coming: Coming, instead: Lodging | null): Promise<void> {
    let lodging: Lodging
    try {
      if (instead) await this.drop(instead.jail)
      const jail = await this.#startProcess(coming.waiter === null)
      lodging = { jail, used: false, key: null, guests: 0 }
      this.#lodgings.set(jail, lodging)
    } catch (error) {
      this.#ailing = true
      coming.waiter?.reject(error)
      return
    } finally {
      this.#starting--
    }
    this.#ailing = false
    await this.#becomeReady(lodging, coming)
  }

  /** @param waiter null: it is made ready for whoever comes */
  #renew(lodging: Lodging, waiter: Waiter | null): true {
    const coming: Coming = { unused: false, waiter }
    if (waiter) waiter.coming = coming
    this.#coming.add(coming)
    const renewal = renewCell(lodging.jail)
      .then(() => this.#becomeReady(lodging, coming))
      .finally(() => {
        this.#coming.delete(coming)
        this.#starts.delete(renewal)
        this.#pump()
      })
    this.#starts.add(renewal)
    return true
  }

  /** Its cell is a new one, or about to be. */
  async #becomeReady(lodging: Lodging, coming: Coming): Promise<void> {
    lodging.key = null
    lodging.guests = 0
    await lodging.jail.cellReady(coming.waiter === null)
    if (this.#closed || lodging.jail.ended || (lodging.used && isGrown(lodging.jail))) {
      if (!lodging.used) this.#ailing = true
      await this.drop(lodging.jail)
      const { waiter } = coming
      if (waiter && this.#closed) waiter.reject(new JailError(DISPOSED))
      else if (waiter && lodging.used) this.#again(waiter)
      else waiter?.reject(new JailError('The jail ended before its cell was there.'))
      return
    }
    if (coming.waiter) coming.waiter.resolve(this.#hand(lodging, coming.waiter.wish))
    else this.#keep(lodging)
  }

  /** What was to be given to it is no more; a new jail will be. */
  #again(waiter: Waiter): void {
    waiter.coming = null
    // Nothing ends its wait any more.
    if (waiter.isLate) waiter.reject(this.#tooLong())
    else this.#queue.push(waiter.owner, waiter)
  }

  /** Gives back a jail whose guest is gone. @param key whose next guest may have its cell; null: the guest's thread has been ended, another one comes */
  async give(jail: JailProcess, key: string | null = null): Promise<void> {
    const lodging = this.#lodgings.get(jail)
    if (!lodging || this.#closed || jail.ended) return this.drop(jail)
    jail.keepHostAlive(false)
    jail.listen(() => {})
    lodging.key = key
    if (key !== null && ++lodging.guests < GUESTS_PER_CELL && jail.lastResidentBytes <= MAX_IDLE_BYTES) {
      this.#keep(lodging)
      this.#pump()
    } else if (key !== null) this.#renew(lodging, null)
    else if (isGrown(jail)) return this.drop(jail)
    else this.#comeBack(lodging)
  }

  /** The next cell is being started already. */
  #comeBack(lodging: Lodging): void {
    const coming: Coming = { unused: false, waiter: null }
    this.#coming.add(coming)
    const ready = this.#becomeReady(lodging, coming).finally(() => {
      this.#coming.delete(coming)
      this.#starts.delete(ready)
      this.#pump()
    })
    this.#starts.add(ready)
    this.#pump()
  }

  /** Ready for the next guest; if there are too many, the one that has not been used for the longest time goes. */
  #keep(lodging: Lodging): void {
    const { jail } = lodging
    jail.keepHostAlive(false)
    jail.listen(({ kind }) => {
      // Idle jails say nothing. What dies is forgotten and replaced, what speaks is not to be trusted.
      if (kind !== 'cell-gone') void this.drop(jail)
    })
    if (jail.ended) return
    this.#idle.push(lodging)
    const { idleJails, warmJails } = this.#limits
    const alike = this.#idle.filter(({ used }) => used === lodging.used)
    const most = lodging.used ? idleJails : Math.max(idleJails, warmJails)
    if (alike.length > most && this.#queue.size === 0) void this.drop(alike[0]!.jail)
  }

  /** Ends a jail for good. */
  async drop(jail: JailProcess): Promise<void> {
    const at = this.#idle.findIndex((one) => one.jail === jail)
    if (at >= 0) this.#idle.splice(at, 1)
    await jail.kill()
    if (!this.#lodgings.delete(jail)) return
    const { entries: _, bytes: __, ...counts } = jail.modules.statistics
    this.#retired = sumOf([this.#retired, { ...counts, entries: 0, bytes: 0 }])
    if (!this.#closed) this.#pump()
  }

  /** Jails in which no guest ran, ready or coming, for nobody in particular. */
  #unused(): number {
    const ready = this.#idle.filter(({ used }) => !used).length
    return ready + [...this.#coming].filter((one) => one.unused && !one.waiter).length
  }

  #warm(): void {
    while (!this.#closed && !this.#ailing && this.#unused() < this.#limits.warmJails && this.#total < this.#limits.maxJails)
      this.#start(null)
  }

  /** Ends every jail, idle or not, those that are just being started too; whoever waits is sent away. */
  async close(): Promise<void> {
    this.#closed = true
    for (let waiter = this.#queue.shift(); waiter; waiter = this.#queue.shift()) waiter.reject(new JailError(DISPOSED))
    // Jails that are started ahead keep nobody alive, but whoever waits for their end must be told.
    const waits = setInterval(() => {}, 2 ** 30)
    await this.#dropAll()
    await Promise.allSettled(this.#starts)
    await this.#dropAll()
    clearInterval(waits)
  }

  async #dropAll(): Promise<void> {
    await Promise.all([...this.#lodgings.keys()].map((jail) => this.drop(jail)))
  }
}

const isGrown = (jail: JailProcess) => (jail.sample()?.residentBytes ?? 0) > MAX_IDLE_BYTES
