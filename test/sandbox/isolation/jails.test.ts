// The pool: jails are used again only when and by whom they may be, as many as may be, each waiting principal in turn, and none is left behind.
import { afterEach, describe, expect, it } from 'vitest'
import { PoolFull, UsageError } from '../../../src/sandbox/errors.ts'
import { FRAME } from '../../../src/sandbox/isolation/frames.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { Jails } from '../../../src/sandbox/isolation/jails.ts'
import { type PoolOptions, readPoolOptions } from '../../../src/sandbox/isolation/pool-options.ts'
import { takeFitting } from '../../../src/sandbox/isolation/renew-cell.ts'
import { alive, CELL_GONE, CELL_READY, fakeCommand, READY, until } from '../support/fake-jails.ts'

const start = () => JailProcess.start(fakeCommand({ start: [READY, CELL_READY], [FRAME.terminate]: [CELL_GONE, CELL_READY] }))
let jails: Jails
afterEach(() => jails.close())

/** A pool whose jails are fakes; and how many it started. */
function pool(options: PoolOptions = {}, startProcess: () => Promise<JailProcess> = start) {
  const made: JailProcess[] = []
  jails = new Jails(async () => {
    const jail = await startProcess()
    made.push(jail)
    return jail
  }, readPoolOptions(options))
  return made
}
/** A jail that tells when its cell is replaced. */
async function counting(replaced: () => void): Promise<JailProcess> {
  const jail = await start()
  const sendJson = jail.sendJson.bind(jail)
  jail.sendJson = (type, value) => {
    if (type === FRAME.terminate) replaced()
    sendJson(type, value)
  }
  return jail
}
const take = (key: string | null = null, more = {}) => jails.take({ fresh: false, key, ...more })
const takeFresh = () => jails.take({ fresh: true, key: null })
/** Waits until nothing is on its way. */
const settled = () => until(() => jails.state.coming === 0)

describe('a jail', () => {
  it('is given again when its guest has ended, but not to whom wants a fresh one', async () => {
    pool({ idleJails: 2 })
    const first = await take()
    await jails.give(first)
    const fresh = await takeFresh()
    expect(fresh).not.toBe(first)
    expect(await take()).toBe(first)
  })

  it('is kept as long as no more are idle than may be', async () => {
    pool({ idleJails: 1 })
    const [a, b] = await Promise.all([take(), take()])
    await jails.give(a)
    await jails.give(b)
    await until(() => jails.state.jails === 1)
    expect([a, b].filter(({ pid }) => alive(pid))).toHaveLength(1)
  })

  it('in which much memory was left behind is ended', async () => {
    const grown = { start: [{ grow: 160 * 2 ** 20 }, READY, CELL_READY], [FRAME.terminate]: [CELL_GONE, CELL_READY] }
    pool({}, () => JailProcess.start(fakeCommand(grown)))
    const jail = await take()
    await jails.give(jail)
    expect(alive(jail.pid)).toBe(false)
    const other = await take('key')
    expect(other).not.toBe(jail)
    // Its cell could be used again; its memory cannot.
    await jails.give(other, 'key')
    await settled()
    expect(alive(other.pid)).toBe(false)
  })

  it('that died is passed over, forgotten, and not taken back', async () => {
    pool()
    const first = await take()
    await jails.give(first)
    await settled()
    await first.kill()
    const second = await take()
    expect(second).not.toBe(first)
    await second.kill()
    await jails.give(second)
    expect([jails.state.jails, await take()]).not.toContain(second)
  })

  it('that speaks while it is idle is ended', async () => {
    const chatty = { start: [READY, CELL_READY], [FRAME.clear]: [READY], [FRAME.terminate]: [CELL_GONE, CELL_READY] }
    pool({}, () => JailProcess.start(fakeCommand(chatty)))
    const jail = await take('key')
    await jails.give(jail, 'key')
    jail.send(FRAME.clear, new Uint8Array(0))
    await until(() => jails.state.jails === 0)
    expect([alive(jail.pid), jails.state.idle]).toEqual([false, 0])
  })

  it('is not given before its cell is there', async () => {
    let say: (() => void) | undefined
    pool({}, async () => {
      const jail = await start()
      const cell = new Promise<void>((resolve) => {
        say = resolve
      })
      return Object.assign(jail, { cellReady: () => cell })
    })
    let taken = false
    const taking = Promise.resolve(take()).then(() => {
      taken = true
    })
    await until(() => say !== undefined)
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBe(false)
    say?.()
    await taking
  })

  it('that ends before its cell is there is an error for who waits, and nobody waits for ever', async () => {
    pool({}, () => JailProcess.start(fakeCommand({ start: [READY, { wait: 100 }, { exit: 1 }] })))
    await expect(take()).rejects.toThrow('ended before its cell was there')
    expect(jails.state.jails).toBe(0)
  })
})

describe('a cell', () => {
  it('goes to a guest with the same key, while others get another', async () => {
    pool({ idleJails: 2 })
    const mine = await take('mine')
    await jails.give(mine, 'mine')
    const other = await take('other')
    expect(other).not.toBe(mine)
    expect(await take('mine')).toBe(mine)
  })

  it('is replaced before a guest with another key, or none, gets its jail', async () => {
    const replaced: (string | null)[] = []
    let coming: string | null = null
    const made = pool({ maxJails: 1 }, () => counting(() => replaced.push(coming)))
    for (const key of ['a', 'a', 'b', null, 'c', 'c']) {
      coming = key
      await jails.give(await take(key), key)
    }
    expect([replaced, made.length]).toEqual([['b', null], 1])
  })

  it('has not more than so many guests', async () => {
    let replaced = 0
    pool({}, () => counting(() => replaced++))
    for (let i = 0; i < 1000; i++) await jails.give(await take('key'), 'key')
    expect(replaced).toBe(1)
  })
})

describe('a cell with the limits of the guest', () => {
  const limits = { heapBytes: 64 * 2 ** 20, stackBytes: 2 ** 20 }
  const wish = { fresh: false, key: null }

  it('is started in place of another one', async () => {
    let replaced = 0
    pool({}, () => counting(() => replaced++))
    const jail = await takeFitting(jails, wish, limits)
    expect([replaced, jail.cell]).toEqual([1, limits])
    await jails.give(jail)
  })

  it('comes with another jail, where the first one keeps its old cell', async () => {
    const stuck = () => JailProcess.start(fakeCommand({ start: [READY, CELL_READY] }))
    const made = pool({}, () => (made.length === 0 ? stuck() : start()))
    const jail = await takeFitting(jails, wish, limits)
    expect(made).toHaveLength(2)
    expect(jail).toBe(made[1])
    expect(alive(made[0]!.pid)).toBe(false)
    expect(jails.state.jails).toBe(1)
  })

  it('is told to be missing, where no jail gives way', async () => {
    pool({}, () => JailProcess.start(fakeCommand({ start: [READY, CELL_READY], [FRAME.terminate]: [{ exit: 1 }] })))
    await expect(takeFitting(jails, wish, limits)).rejects.toThrow('3 jails ended before their cells were there')
    expect(jails.state.jails).toBe(0)
  })
})

describe('warm jails', () => {
  it('are started ahead, go to whom wants a fresh one, and are replaced', async () => {
    const made = pool({ warmJails: 2 })
    await until(() => jails.state.warm === 2)
    const jail = await takeFresh()
    expect(made.slice(0, 2)).toContain(jail)
    await until(() => jails.state.warm === 2)
    expect(made).toHaveLength(3)
  })

  it('that die are replaced', async () => {
    const made = pool({ warmJails: 1 })
    await until(() => jails.state.warm === 1)
    await made[0]!.kill()
    await until(() => made.length === 2 && jails.state.warm === 1)
  })

  it('are not tried again and again where none can be started', async () => {
    let tried = 0
    pool({ warmJails: 3 }, async () => {
      tried++
      throw new Error('no jail')
    })
    await until(() => jails.state.coming === 0)
    await expect(take()).rejects.toThrow('no jail')
    expect(tried).toBeLessThanOrEqual(5)
  })

  it('are not started again and again where they end before their cell is there', async () => {
    const made = pool({ warmJails: 2 }, () => JailProcess.start(fakeCommand({ start: [READY, { exit: 1 }] })))
    await until(() => jails.state.coming === 0)
    expect(made.length).toBeLessThanOrEqual(4)
  })

  it('are spared as long as another jail will do', async () => {
    pool({ warmJails: 1 })
    await until(() => jails.state.warm === 1)
    const first = await take()
    await until(() => jails.state.warm === 1)
    await jails.give(first)
    await settled()
    expect(await take()).toBe(first)
  })
})

describe('a full pool', () => {
  it('lets guests wait, each principal in turn', async () => {
    pool({ maxJails: 1 })
    const jail = await take()
    const served: string[] = []
    const wait = (principal: string) =>
      Promise.resolve(take(null, { principal })).then(async (given) => {
        served.push(principal)
        await jails.give(given)
      })
    const all = ['a', 'a', 'a', 'b', 'c'].map(wait)
    expect(jails.state.waiting).toBe(5)
    await jails.give(jail)
    await Promise.all(all)
    expect(served).toEqual(['a', 'b', 'c', 'a', 'a'])
  })

  it('refuses who finds the queue full, and who waits too long', async () => {
    pool({ maxJails: 1, queue: { length: 1, timeoutMs: 50 } })
    await take()
    const waiting = expect(take()).rejects.toThrow(/No jail became free within 50 ms/)
    await expect(take()).rejects.toThrow(PoolFull)
    await waiting
    expect(jails.state.waiting).toBe(0)
  })

  it('cannot be filled for everybody by one principal: who has put in most makes room', async () => {
    pool({ maxJails: 1, queue: { length: 3 } })
    const jail = await take()
    const rejected: string[] = []
    const served: string[] = []
    const wait = (principal: string) =>
      Promise.resolve(take(null, { principal })).then(
        async (given) => {
          served.push(principal)
          await jails.give(given)
        },
        (error) => void rejected.push(`${principal} ${error instanceof PoolFull}`),
      )
    const all = ['a', 'a', 'a', 'a', 'b', 'c', 'b'].map(wait)
    expect(jails.state.waiting).toBe(3)
    await jails.give(jail)
    await Promise.all(all)
    expect(rejected.toSorted()).toEqual(['a true', 'a true', 'a true', 'b true'])
    expect(served).toEqual(['a', 'b', 'c'])
  })

  it('lets nobody wait for ever whose jail is lost when the time is over', async () => {
    const command = { start: [READY, CELL_READY], [FRAME.terminate]: [] }
    pool({ maxJails: 1, queue: { timeoutMs: 900 } }, () => JailProcess.start(fakeCommand(command)))
    await jails.give(await take('a'), 'a')
    // Is promised the jail of `a`, whose cell does not go, so that it is ended after a second.
    const first = expect(take('b')).rejects.toThrow(/No jail became free/)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const second = take('c')
    await first
    await second
  })

  it('takes nobody into a queue of no length', async () => {
    pool({ maxJails: 1, queue: { length: 0 } })
    await take()
    await expect(take()).rejects.toThrow(PoolFull)
  })

  it('lets go of who is aborted, waiting or being served, and loses no jail by it', async () => {
    const made = pool({ maxJails: 1 })
    const [first, second] = [new AbortController(), new AbortController()]
    const served = expect(take(null, { signal: first.signal })).rejects.toThrow('enough')
    const queued = expect(take(null, { signal: second.signal })).rejects.toThrow('enough')
    for (const controller of [first, second]) controller.abort(new Error('enough'))
    await Promise.all([served, queued])
    await settled()
    expect([jails.state.waiting, await takeFresh(), made.length]).toEqual([0, made[0], 1])
  })

  it('gives up an idle jail for a fresh one', async () => {
    const made = pool({ maxJails: 1 })
    await jails.give(await take('key'), 'key')
    expect(await takeFresh()).toBe(made[1])
    expect(alive(made[0]!.pid)).toBe(false)
  })

  it('goes on when a jail cannot be started', async () => {
    let fails = true
    pool({ maxJails: 1 }, () => (fails ? Promise.reject(new Error('no jail')) : start()))
    const failing = expect(take()).rejects.toThrow('no jail')
    const next = take()
    fails = false
    await failing
    expect((await next).ended).toBeNull()
  })
})

describe('close', () => {
  it('ends all: busy, idle, and those that are being started; and sends away who waits', async () => {
    const made = pool({ maxJails: 3 })
    const [busy] = await Promise.all([take(), take().valueOf()])
    await jails.give(made.find((jail) => jail !== busy)!)
    const starting = expect(takeFresh()).rejects.toThrow('disposed of')
    const waiting = expect(takeFresh()).rejects.toThrow('disposed of')
    await jails.close()
    await Promise.all([starting, waiting])
    expect(made.map((jail) => alive(jail.pid))).toEqual(made.map(() => false))
    await expect(take()).rejects.toThrow('disposed of')
  })

  it('is not held up by a jail that does not start', async () => {
    pool({}, () => Promise.reject(new Error('no jail')))
    const failed = expect(take()).rejects.toThrow('no jail')
    await jails.close()
    await failed
  })

  it('takes no jail back', async () => {
    pool()
    const jail = await take()
    const closing = jails.close()
    await jails.give(jail)
    await closing
    expect(alive(jail.pid)).toBe(false)
  })
})

describe('the options', () => {
  it.each<[string, unknown]>([
    ['no jail', { maxJails: 0 }],
    ['half a jail', { maxJails: 1.5 }],
    ['text', { maxJails: '4' }],
    ['more warm than may be', { maxJails: 2, warmJails: 3 }],
    ['more idle than may be', { maxJails: 2, idleJails: 3 }],
    ['less than nothing', { queue: { length: -1 } }],
    ['no time', { queue: { timeoutMs: 0 } }],
    ['for ever', { queue: { timeoutMs: Number.POSITIVE_INFINITY } }],
    ['an unknown one', { jails: 2 }],
    ['an unknown one of the queue', { queue: { size: 2 } }],
    ['null', null],
  ])('refuse %s', (_, options) => {
    expect(() => readPoolOptions(options as PoolOptions)).toThrow(UsageError)
  })

  it('have defaults that go together', () => {
    expect(readPoolOptions({ maxJails: 1 })).toMatchObject({ maxJails: 1, warmJails: 0, idleJails: 1 })
  })
})
