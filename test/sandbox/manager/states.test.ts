// The life cycle against its own table: random walks of everything that may be asked of a guest, with a model that knows the documented states only.
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { WISHES, type Wish } from '../../../fuzz/models/guest-wishes.ts'
import { createSandbox, PoolFull, SnapshotError, UsageError } from '../../../src/sandbox/index.ts'
import type { StateChange } from '../../../src/sandbox/manager/managed-guest.ts'
import { SandboxManager } from '../../../src/sandbox/manager/sandbox-manager.ts'
import { GUEST_STATES, type GuestState, hasEnded, TRANSITIONS } from '../../../src/sandbox/manager/states.ts'
import { wat } from '../support/wat.ts'

const sandbox = createSandbox()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Counts its calls, which a snapshot keeps, and traps when it is told to. */
const COUNTER = wat(
  `(module (global $n (mut i32) (i32.const 0)) (func (export "trap") (unreachable))
    (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))`,
)

/** The documented life cycle, written down a second time; null: it is refused, and nothing changes. */
function expected(state: GuestState, wish: Wish): GuestState | null {
  const from = (states: readonly GuestState[], to: GuestState) => (states.includes(state) ? to : null)
  switch (wish) {
    case 'start':
      return from(['created', 'admitted'], 'ready')
    case 'call':
      return from(['ready'], 'ready')
    case 'trap':
      return from(['ready'], 'failed')
    case 'misfit':
      return null
    case 'suspend':
      return from(['ready'], 'suspended')
    case 'resume':
      return from(['suspended'], 'ready')
    case 'snapshot':
      return from(['ready', 'suspended'], 'snapshotted')
    case 'restore':
      return from(['snapshotted'], 'ready')
    case 'terminate':
      return hasEnded(state) ? state : 'terminated'
  }
}

describe('a managed guest', () => {
  it('keeps to its documented life cycle, whatever is asked of it', async () => {
    const wish = fc.constantFrom(...(Object.keys(WISHES) as Wish[]))
    // Ends are rare, so that walks go on for a while.
    const walk = fc.array(
      fc.oneof({ arbitrary: wish, weight: 1 }, { arbitrary: wish.filter((w) => w !== 'trap' && w !== 'terminate'), weight: 5 }),
      {
        minLength: 5,
        maxLength: 25,
      },
    )
    await fc.assert(
      fc.asyncProperty(walk, async (wishes) => {
        await using manager = new SandboxManager(sandbox)
        const changes: StateChange[] = []
        manager.onChange((change) => changes.push(change))
        const guest = manager.add(COUNTER, undefined, { snapshots: true, principal: 'p' })
        let [state, calls]: [GuestState, number] = ['created', 0]
        for (const name of wishes) {
          const to = expected(state, name)
          const asked = WISHES[name](guest)
          if (to === null) await expect(asked).rejects.toThrow(UsageError)
          else {
            const result = await asked
            if (name === 'call') expect(result).toMatchObject({ values: [++calls] })
            state = to
          }
          expect(guest.state).toBe(state)
        }
        // Every change was told, each from where the last one led, along the table.
        let at: GuestState = 'created'
        for (const { guest: id, principal, from, to } of changes) {
          expect([id, principal, from]).toEqual([guest.id, 'p', at])
          expect(Object.values(TRANSITIONS[from])).toContain(to)
          at = to
        }
        expect(at).toBe(state)
      }),
      { numRuns: 25 },
    )
    expect(sandbox.pool.waiting).toBe(0)
  })

  it.each(GUEST_STATES)('that is %s is refused what does not fit in one sentence', async (state) => {
    const { refusal } = await import('../../../src/sandbox/manager/states.ts')
    expect(refusal(state, 'called')).toMatch(/^A guest that is [a-z]+ cannot be called: [^.]+\.$/)
  })
})

describe('the table', () => {
  it('lets everything end that has not, and nothing begin again that has', () => {
    for (const state of GUEST_STATES) {
      const ways = Object.values(TRANSITIONS[state])
      if (hasEnded(state)) expect(ways).toEqual([])
      else expect(ways).toEqual(expect.arrayContaining(['terminated', 'failed']))
    }
  })

  it('reaches every state', () => {
    const reached = new Set<GuestState>(['created'])
    for (const state of reached) for (const to of Object.values(TRANSITIONS[state])) reached.add(to)
    expect([...reached].sort()).toEqual([...GUEST_STATES].sort())
  })
})

describe('errors', () => {
  it('of a snapshot that is not possible leave the guest as it was, suspended too', async () => {
    await using manager = new SandboxManager(sandbox)
    const guest = await manager.create(COUNTER)
    await expect(guest.snapshot()).rejects.toThrow(SnapshotError)
    expect(guest.state).toBe('ready')
    guest.suspend()
    await expect(guest.snapshot()).rejects.toThrow(SnapshotError)
    expect(guest.state).toBe('suspended')
  })

  it('of a full pool leave the guest admitted, to be started again', async () => {
    await using small = createSandbox(undefined, { pool: { maxJails: 1, queue: { length: 0 } } })
    await using manager = new SandboxManager(small)
    const first = await manager.create(COUNTER)
    const second = manager.add(COUNTER)
    await expect(second.start()).rejects.toThrow(PoolFull)
    expect(second.state).toBe('admitted')
    await first.terminate()
    await second.start()
    expect(second.state).toBe('ready')
  })
})
