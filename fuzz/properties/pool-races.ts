// In whatever order jails start, guests come, give up, die and the pool is closed: nobody shares a jail, nobody is left waiting, nothing is left behind.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { JailError, PoolFull } from '../../src/sandbox/errors.ts'
import type { JailProcess } from '../../src/sandbox/isolation/jail-process.ts'
import { Jails } from '../../src/sandbox/isolation/jails.ts'
import { readPoolOptions } from '../../src/sandbox/isolation/pool-options.ts'
import { FakeJail } from '../models/fake-jail.ts'
import { checkRaces, untilQuiet } from '../models/races.ts'

interface Client {
  readonly principal: string
  readonly key: string | null
  readonly fresh: boolean
  /** Gives up at some time, perhaps while it waits. */
  readonly givesUp: boolean
  /** How its guest ends: in order, its cell left to the next of its kind or not, or with the jail. */
  readonly end: 'leaves' | 'gives' | 'dies'
}
interface Trial {
  readonly maxJails: number
  readonly warmJails: number
  readonly idleJails: number
  readonly queue: number
  /** Jails that do not start, by their number. */
  readonly broken: number
  readonly closes: boolean
  readonly clients: readonly Client[]
}

const client: fc.Arbitrary<Client> = fc.record({
  principal: fc.constantFrom('x', 'y'),
  key: fc.constantFrom(null, 'a', 'b'),
  fresh: fc.nat(3).map((n) => n === 3),
  givesUp: fc.nat(3).map((n) => n === 3),
  end: fc.constantFrom('leaves', 'gives', 'dies'),
})
const trial: fc.Arbitrary<Trial> = fc.record({
  maxJails: fc.integer({ min: 1, max: 2 }),
  warmJails: fc.nat(1),
  idleJails: fc.nat(2),
  queue: fc.nat(4),
  broken: fc.nat(6),
  closes: fc.nat(3).map((n) => n === 3),
  clients: fc.array(client, { minLength: 1, maxLength: 6 }),
})

/** A jail whose start, next cell and end take until the scheduler says so. */
class SlowJail extends FakeJail {
  readonly #wait: (what: string) => Promise<void>

  constructor(wait: (what: string) => Promise<void>) {
    super()
    this.#wait = wait
  }

  override async cellReady(): Promise<void> {
    await this.#wait('a cell')
  }

  override async kill(): Promise<void> {
    await this.#wait('the end of a jail')
    this.die()
  }
}

class Race {
  readonly problems: string[] = []
  readonly #trial: Trial
  readonly #scheduler: fc.Scheduler
  readonly #made: SlowJail[] = []
  readonly #taken = new Set<FakeJail>()
  readonly #jails: Jails
  #starts = 0
  #starting = 0
  #closed = false
  #unsettled = 0

  constructor(trial: Trial, scheduler: fc.Scheduler) {
    this.#trial = trial
    this.#scheduler = scheduler
    const { maxJails, warmJails, idleJails, queue } = trial
    const [warm, idle] = [warmJails, idleJails].map((jails) => Math.min(jails, maxJails)) as [number, number]
    this.#jails = new Jails(
      () => this.#start(),
      readPoolOptions({ maxJails, warmJails: warm, idleJails: idle, queue: { length: queue } }),
    )
  }

  async run(): Promise<string | null> {
    for (const [index, client] of this.#trial.clients.entries()) {
      this.#unsettled++
      void this.#be(client, index).finally(() => this.#unsettled--)
    }
    if (this.#trial.closes) void this.#wait('the pool is closed').then(() => this.#close())
    await untilQuiet(this.#scheduler)
    if (this.#unsettled > 0) this.problems.push(`${this.#unsettled} guests wait for ever`)
    const { waiting, coming, jails, idle } = this.#jails.state
    if (waiting + coming > 0 || jails !== idle)
      this.problems.push(`with all guests gone there are ${JSON.stringify(this.#jails.state)}`)
    const closing = this.#close()
    await untilQuiet(this.#scheduler)
    await closing
    if (this.#made.some(({ ended }) => !ended)) this.problems.push('a jail is left behind')
    return this.problems[0] ?? null
  }

  #wait(what: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), what)
  }

  async #start(): Promise<JailProcess> {
    const number = this.#starts++
    this.#starting++
    this.#count()
    await this.#wait(`jail ${number} starts`)
    this.#starting--
    if (number === this.#trial.broken - 1) throw new JailError('It did not start.')
    const jail = new SlowJail((what) => this.#wait(`${what} ${number}`))
    this.#made.push(jail)
    return jail as unknown as JailProcess
  }

  #count(): void {
    const there = this.#made.filter(({ ended }) => !ended).length + this.#starting
    if (there > this.#trial.maxJails) this.problems.push(`there are ${there} jails, and ${this.#trial.maxJails} may be`)
  }

  async #close(): Promise<void> {
    this.#closed = true
    await this.#jails.close()
  }

  async #be(client: Client, index: number): Promise<void> {
    const { principal, key, fresh, givesUp, end } = client
    await this.#wait(`guest ${index} comes`)
    const abort = new AbortController()
    if (givesUp) void this.#wait(`guest ${index} gives up`).then(() => abort.abort(new JailError('It gave up.')))
    let jail: FakeJail
    try {
      jail = (await this.#jails.take({ principal, key, fresh, signal: abort.signal })) as unknown as FakeJail
    } catch (error) {
      if (!(error instanceof JailError) && !(error instanceof PoolFull)) this.problems.push(`guest ${index} was told: ${error}`)
      return
    }
    // A jail that ended while it was handed over is one that the guest finds dead.
    this.#enter(jail, client)
    await this.#wait(`guest ${index} ends`)
    this.#taken.delete(jail)
    if (end === 'dies') jail.die()
    const left = end === 'leaves' ? key : null
    // Where nobody may have its cell, the guest's housing has ended it.
    if (left === null) jail.guests = []
    await this.#jails.give(jail as unknown as JailProcess, left)
  }

  #enter(jail: FakeJail, { key, fresh }: Client): void {
    if (this.#taken.has(jail)) this.problems.push('a jail is given to two guests at a time')
    if (this.#closed && !jail.ended) this.problems.push('a closed pool gave out a jail that lives')
    if (fresh && jail.used) this.problems.push('who wants a jail in which no guest ever ran gets another one')
    if (jail.guests.some((other) => other === null || other !== key)) this.problems.push('a guest gets the cell of a stranger')
    jail.used = true
    jail.guests.push(key)
    this.#taken.add(jail)
  }
}

const property: Property = {
  name: 'pool-races',
  threats: ['ENG-03', 'CTL-15', 'RES-11', 'RES-09'],
  run: (seed, milliseconds) =>
    checkRaces(
      trial,
      (value, scheduler) => new Race(value, scheduler).run(),
      (value) => JSON.stringify(value),
      seed,
      milliseconds,
    ),
}
export default property
