// Whoever takes and gives jails in whatever order: no guest gets a cell in which a stranger was, nor a jail that has grown, spoken out of turn or is
// somebody's already; there are never more than there may be, nobody is passed over, and in the end all are gone.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { PoolFull } from '../../src/sandbox/errors.ts'
import { FairQueue } from '../../src/sandbox/isolation/fair-queue.ts'
import type { JailProcess } from '../../src/sandbox/isolation/jail-process.ts'
import { Jails } from '../../src/sandbox/isolation/jails.ts'
import { readPoolOptions } from '../../src/sandbox/isolation/pool-options.ts'
import { checkPropertyAsync } from '../check.ts'
import { FakeJail } from '../models/fake-jail.ts'

const MIB = 2 ** 20
const KEYS = [null, 'a', 'b'] as const
const PRINCIPALS = ['x', 'y', 'z'] as const

type Step =
  | { readonly do: 'take'; readonly fresh: boolean; readonly key: string | null; readonly principal: string }
  /** `leaves`: the guest's cell may have the next one of its kind. `grown`: it left much memory behind. */
  | { readonly do: 'give'; readonly which: number; readonly leaves: boolean; readonly grown: boolean }
  | { readonly do: 'die' | 'speak'; readonly which: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      fresh: fc.boolean(),
      key: fc.constantFrom(...KEYS),
      principal: fc.constantFrom(...PRINCIPALS),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('give' as const),
      which: fc.nat(9),
      leaves: fc.boolean(),
      grown: fc.nat(5).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('die' as const, 'speak' as const), which: fc.nat(9) }) },
)
const trial = fc.record({
  maxJails: fc.integer({ min: 1, max: 3 }),
  warmJails: fc.nat(1),
  idleJails: fc.nat(3),
  length: fc.nat(3),
  steps: fc.array(step, { maxLength: 25 }),
  queue: fc.array(fc.oneof(fc.constantFrom(...PRINCIPALS), fc.constant(null)), { maxLength: 20 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

interface Guest {
  readonly jail: FakeJail
  readonly key: string | null
}

async function holds(of: Trial): Promise<string | null> {
  const problems: string[] = unfair(of.queue)
  const { maxJails, length, steps } = of
  const made: FakeJail[] = []
  const guests: Guest[] = []
  let starting = 0
  const start = async () => {
    starting++
    await turn()
    starting--
    const jail = new FakeJail()
    made.push(jail)
    return jail as unknown as JailProcess
  }
  const { warmJails, idleJails } = of
  const jails = new Jails(
    start,
    readPoolOptions({
      maxJails,
      warmJails: Math.min(warmJails, maxJails),
      idleJails: Math.min(idleJails, maxJails),
      queue: { length },
    }),
  )
  const settle = async () => {
    for (let i = 0; i < 6; i++) await turn()
  }
  const enter = (jail: FakeJail, { key, fresh }: Step & { do: 'take' }) => {
    if (guests.some((guest) => guest.jail === jail)) problems.push('a jail is given to two guests at a time')
    if (fresh && jail.used) problems.push('who wants a jail in which no guest ever ran gets another one')
    const stranger = jail.guests.find((other) => other === null || other !== key)
    if (stranger !== undefined) problems.push(`a guest with the key ${key} gets the cell of one with the key ${stranger}`)
    if (jail.residentBytes > 160 * MIB) problems.push('a jail is used again in which much memory was left behind')
    if (jail.spoke) problems.push('a jail is used again that spoke while it was idle')
    jail.used = true
    jail.guests.push(key)
    guests.push({ jail, key })
  }
  const waiting: Promise<void>[] = []
  const take = async (wish: Step & { do: 'take' }): Promise<void> => {
    const { fresh, key, principal } = wish
    try {
      enter((await jails.take({ fresh, key, principal })) as unknown as FakeJail, wish)
    } catch (error) {
      if (!closing && !(error instanceof PoolFull) && !/ended before its cell/.test(String(error))) problems.push(String(error))
    }
  }
  let closing = false
  for (const one of steps) {
    if (one.do === 'take') waiting.push(take(one))
    else if (one.do === 'give') {
      const [guest] = guests.splice(one.which % Math.max(1, guests.length), 1)
      if (guest) {
        const { jail, key } = guest
        if (one.grown) jail.residentBytes = 200 * MIB
        const left = one.leaves ? key : null
        // Where nobody may have its cell, the guest's housing has ended it.
        if (left === null) jail.guests = []
        await jails.give(jail as unknown as JailProcess, left)
      }
    } else {
      const idle = made.filter((jail) => !jail.ended && !guests.some((guest) => guest.jail === jail))
      if (one.do === 'die') made[one.which % Math.max(1, made.length)]?.die()
      // One that is getting its cell may say that it has.
      else if (jails.state.coming === 0) idle[one.which % Math.max(1, idle.length)]?.speak()
    }
    await settle()
    if (jails.state.waiting > length) problems.push(`${jails.state.waiting} guests wait, and ${length} may`)
    const there = made.filter(({ ended }) => !ended).length + starting
    if (there > maxJails) problems.push(`there are ${there} jails, and ${maxJails} may be`)
  }
  closing = true
  await jails.close()
  await Promise.all(waiting)
  if (made.some(({ ended }) => !ended)) problems.push('a jail is left behind')
  return problems[0] ?? null
}

/** Between two turns of one owner, every other who waited all the while has had one. */
function unfair(queue: readonly (string | null)[]): string[] {
  const fair = new FairQueue<string>()
  const waits = new Map<string, number>()
  /** Owners that have had a turn since the owner's last one. */
  const since = new Map<string, Set<string>>()
  for (const owner of queue) {
    if (owner !== null) {
      fair.push(owner, owner)
      waits.set(owner, (waits.get(owner) ?? 0) + 1)
      // Who came in between cannot have been passed over.
      if (waits.get(owner) === 1) for (const seen of since.values()) seen.add(owner)
      continue
    }
    const next = fair.shift()
    if (next === undefined) continue
    const seen = since.get(next)
    for (const [other, count] of waits)
      if (seen && other !== next && count > 0 && !seen.has(other)) return [`${other} waits, and ${next} has its turn twice`]
    for (const others of since.values()) others.add(next)
    since.set(next, new Set())
    waits.set(next, waits.get(next)! - 1)
  }
  const left = [...waits.values()].reduce((sum, count) => sum + count, 0)
  return fair.size === left ? [] : [`${fair.size} are in the queue, and ${left} should be`]
}

const property: Property = {
  name: 'jail-pool',
  threats: ['ENG-03', 'CTL-15', 'CTL-12', 'RES-11', 'RES-09'],
  run: (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property
