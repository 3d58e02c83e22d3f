// Who has to leave a queue that is full is always one of those who have put in most, so that nobody can have everybody else refused; and no cell has
// more guests one after the other than it may.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { PoolFull } from '../../src/sandbox/errors.ts'
import type { JailProcess } from '../../src/sandbox/isolation/jail-process.ts'
import { Jails } from '../../src/sandbox/isolation/jails.ts'
import { readPoolOptions } from '../../src/sandbox/isolation/pool-options.ts'
import { FIXED } from '../../src/sandbox/policy/limits/fixed.ts'
import { checkPropertyAsync } from '../check.ts'
import { FakeJail } from '../models/fake-jail.ts'

const PRINCIPALS = ['x', 'y', 'z'] as const
type Principal = (typeof PRINCIPALS)[number]
const trial = fc.record({
  length: fc.integer({ min: 1, max: 4 }),
  comers: fc.array(fc.constantFrom<Principal>('x', 'x', ...PRINCIPALS), { minLength: 1, maxLength: 12 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const poolOf = (length: number) =>
  new Jails(
    async () => new FakeJail() as unknown as JailProcess,
    readPoolOptions({ maxJails: 1, warmJails: 0, idleJails: 1, queue: { length } }),
  )

async function holds({ length, comers }: Trial): Promise<string | null> {
  const jails = poolOf(length)
  const problems: string[] = []
  // Has the one jail, and keeps it.
  await jails.take({ fresh: false, key: null, principal: 'w' })
  const waiting = new Map<Principal, number>(PRINCIPALS.map((principal) => [principal, 0]))
  for (const principal of comers) {
    waiting.set(principal, waiting.get(principal)! + 1)
    void Promise.resolve(jails.take({ fresh: false, key: null, principal })).catch((error: unknown) => {
      if (!(error instanceof PoolFull)) return
      const mine = waiting.get(principal)!
      if (mine < Math.max(...waiting.values()))
        problems.push(`${principal} had ${mine} in the queue and was refused for others, who had ${JSON.stringify([...waiting])}`)
      waiting.set(principal, mine - 1)
    })
    await turn()
  }
  await jails.close()
  return problems[0] ?? null
}

/** Takes and gives the same cell more often than it may be given. */
async function wornOut(): Promise<string | null> {
  const jails = poolOf(0)
  const most = FIXED.guestsPerCell.limit
  let worst = 0
  for (let guest = 0; guest < most + 10; guest++) {
    const jail = (await jails.take({ fresh: false, key: 'a' })) as unknown as FakeJail
    jail.guests.push('a')
    worst = Math.max(worst, jail.guests.length)
    await jails.give(jail as unknown as JailProcess, 'a')
    // A cell that is being renewed comes back in a moment; the queue takes nobody meanwhile.
    while (jails.state.idle === 0) await turn()
  }
  await jails.close()
  return worst > most ? `one cell had ${worst} guests, and ${most} are allowed` : null
}

const property: Property = {
  name: 'full-queue',
  threats: ['RES-09', 'RES-04'],
  run: async (seed, milliseconds) => {
    const problem = await wornOut()
    if (problem !== null)
      return { executions: 1, failure: { message: problem, counterexample: 'the same reuse key again and again' } }
    return checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds)
  },
}
export default property
