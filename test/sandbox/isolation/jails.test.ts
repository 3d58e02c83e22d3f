// The pool: jails are used again only when they may be, and none is left behind.
import { afterEach, describe, expect, it } from 'vitest'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { Jails } from '../../../src/sandbox/isolation/jails.ts'
import { alive, CELL_READY, fakeCommand, READY } from '../support/fake-jails.ts'

const start = () => JailProcess.start(fakeCommand({ start: [READY, CELL_READY] }))
let jails: Jails
afterEach(() => jails.close())

describe('Jails', () => {
  it('gives an idle jail again, but not to whom wants a fresh one', async () => {
    jails = new Jails(start)
    const first = await jails.take(false)
    await jails.give(first)
    const fresh = await jails.take(true)
    expect(fresh).not.toBe(first)
    expect(await jails.take(false)).toBe(first)
  })

  it('keeps one idle jail and ends the others', async () => {
    jails = new Jails(start)
    const [a, b] = await Promise.all([jails.take(false), jails.take(false)])
    await jails.give(a!)
    await jails.give(b!)
    expect([alive(a!.pid), alive(b!.pid)]).toEqual([true, false])
  })

  it('ends a jail in which much memory was left behind', async () => {
    const grown = { start: [{ grow: 160 * 2 ** 20 }, READY, CELL_READY] }
    jails = new Jails(() => JailProcess.start(fakeCommand(grown)))
    const jail = await jails.take(false)
    await jails.give(jail)
    expect(alive(jail.pid)).toBe(false)
    expect(await jails.take(false)).not.toBe(jail)
  })

  it('passes over a jail that died while it was idle, and one that is dead is not taken back', async () => {
    jails = new Jails(start)
    const first = await jails.take(false)
    await jails.give(first)
    await first.kill()
    const second = await jails.take(false)
    expect(second).not.toBe(first)
    expect(second.ended).toBeNull()
    await second.kill()
    await jails.give(second)
    expect(await jails.take(false)).not.toBe(second)
  })

  it('does not take a jail before its cell is there', async () => {
    let say: (() => void) | undefined
    jails = new Jails(async () => {
      const jail = await start()
      const cell = new Promise<void>((resolve) => {
        say = resolve
      })
      return Object.assign(jail, { cellReady: () => cell })
    })
    let taken = false
    const taking = jails.take(false).then(() => {
      taken = true
    })
    while (!say) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBe(false)
    say()
    await taking
  })

  it('ends all when it closes: busy, idle, and those that are being started', async () => {
    const made: JailProcess[] = []
    jails = new Jails(async () => {
      const jail = await start()
      made.push(jail)
      return jail
    })
    await jails.take(false)
    await jails.give(await jails.take(false))
    const starting = jails.take(true)
    expect(made).toHaveLength(2)
    await jails.close()
    // The third had not even been made when the pool was closed.
    expect(made.map((jail) => alive(jail.pid))).toEqual([false, false, false])
    expect((await starting).ended).not.toBeNull()
  })

  it('is not held up when it closes by a jail that does not start', async () => {
    jails = new Jails(() => Promise.reject(new Error('no jail')))
    const failing = jails.take(false)
    const failed = expect(failing).rejects.toThrow('no jail')
    await jails.close()
    await failed
  })

  it('takes no jail back once it is closed', async () => {
    jails = new Jails(start)
    const jail = await jails.take(false)
    const closing = jails.close()
    await jails.give(jail)
    await closing
    expect(alive(jail.pid)).toBe(false)
  })
})
