// A jail as the host sees it, with fake jails that do not keep to anything.
import { afterEach, describe, expect, it } from 'vitest'
import { encodeFrame, FRAME } from '../../../src/sandbox/isolation/frames.ts'
import { type JailListener, JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { alive, CELL_GONE, CELL_READY, ending, fakeCommand, fakeJail, READY } from '../support/fake-jails.ts'

const jails: JailProcess[] = []
afterEach(async () => {
  await Promise.all(jails.splice(0).map((jail) => jail.kill()))
})
const started = async (script: Parameters<typeof fakeJail>[0]) => {
  const jail = await fakeJail(script)
  jails.push(jail)
  return jail
}
/** Everything that a jail says until `enough`. */
function heard(jail: JailProcess, enough: (kinds: string[]) => boolean): Promise<Parameters<JailListener>[0][]> {
  return new Promise((resolve) => {
    const events: Parameters<JailListener>[0][] = []
    jail.listen((event) => {
      events.push(event)
      if (enough(events.map((e) => e.kind))) resolve(events)
    })
  })
}

describe('the start of a jail', () => {
  it('ends with its report', async () => {
    const jail = await started({})
    expect([jail.probe, jail.ended, alive(jail.pid)]).toEqual([{ node: 'fake' }, null, true])
  })

  it.each([
    ['it exits', [{ stderr: 'no memory for me\n' }, { exit: 3 }], /did not start: it ended with code 3 no memory for me/],
    ['it is killed', [{ signal: 'SIGKILL' } as const], /ended with SIGKILL/],
    ['it speaks nonsense', [{ raw: Buffer.from('Hello, world').toString('base64') }], /maximum/],
    ['its report is none', [{ frame: FRAME.ready, text: '[]' }], /something else than its type says/],
    ['its frame has no type that there is', [{ frame: 0x7f, text: '' }], /unknown type 127/],
  ])('fails when %s', async (_, deeds, message) => {
    await expect(JailProcess.start(fakeCommand({ start: deeds }))).rejects.toThrow(message)
  })

  it('fails when there is no such program', async () => {
    await expect(JailProcess.start({ command: '/nonexistent/node', args: [], env: {} })).rejects.toThrow('ENOENT')
  })
})

describe('the cell of a jail', () => {
  it('is waited for', async () => {
    const jail = await JailProcess.start(fakeCommand({ start: [READY], [FRAME.load]: [ending()], [FRAME.call]: [CELL_READY] }))
    jails.push(jail)
    let ready = false
    const waiting = jail.cellReady().then(() => {
      ready = true
    })
    // A round trip through the jail: had it said that its cell is there, this would come after it.
    const answer = heard(jail, () => true)
    jail.sendJson(FRAME.load, {})
    expect([(await answer)[0]!.kind, ready]).toEqual(['ending', false])
    jail.sendJson(FRAME.call, {})
    await waiting
  })

  it('is waited for again when it has been replaced', async () => {
    const jail = await started({ [FRAME.terminate]: [CELL_GONE], [FRAME.call]: [CELL_READY] })
    await jail.cellReady()
    const gone = heard(jail, () => true)
    jail.sendJson(FRAME.terminate, {})
    await gone
    let ready = false
    const waiting = jail.cellReady().then(() => {
      ready = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ready).toBe(false)
    jail.sendJson(FRAME.call, {})
    await waiting
  })

  it('does not hold up a host for ever: not when it never comes, nor when the jail says it has gone', async () => {
    const dying = await JailProcess.start(fakeCommand({ start: [READY], [FRAME.call]: [{ exit: 0 }] }))
    const lying = await JailProcess.start(fakeCommand({ start: [READY], [FRAME.call]: [CELL_GONE] }))
    jails.push(lying)
    const waits = [dying.cellReady(), lying.cellReady()]
    for (const jail of [dying, lying]) jail.sendJson(FRAME.call, {})
    await Promise.all(waits)
    expect([dying.ended !== null, lying.ended]).toEqual([true, null])
  })
})

describe('a jail that breaks the protocol', () => {
  it.each([
    ['a frame that is too large', [{ raw: Buffer.from([0x82, 0, 0, 16, 1]).toString('base64') }]],
    ['an ending that is none', [{ frame: FRAME.ending, text: '{}' }]],
    ['a host’s frame', [{ frame: FRAME.load, text: '' }]],
    ['an event that it may not have', [{ frame: FRAME.event, text: '{"type":"cpu-limit"}' }]],
  ])('by %s is killed and not listened to any more', async (_, deeds) => {
    const jail = await started({ [FRAME.call]: [...deeds, ending(), ending()] })
    const events = heard(jail, (kinds) => kinds.includes('gone'))
    jail.sendJson(FRAME.call, {})
    expect((await events).map((e) => e.kind)).toEqual(['protocol-error', 'gone'])
    expect([jail.ended, alive(jail.pid)]).toEqual([{ detail: 'it ended with SIGKILL', outOfMemory: false }, false])
  })
})

describe('the end of a jail', () => {
  it('is told with what V8 said about memory', async () => {
    for (const [stderr, outOfMemory] of [
      ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', true],
      ['something else', false],
      [`${'x'.repeat(10_000)} out of memory`, true],
    ] as const) {
      const jail = await started({ [FRAME.call]: [{ stderr }, { exit: 134 }] })
      const events = heard(jail, (kinds) => kinds.includes('gone'))
      jail.sendJson(FRAME.call, {})
      expect((await events).at(-1)).toEqual({ kind: 'gone', detail: 'it ended with code 134', outOfMemory })
    }
  })

  it('is told to a listener that comes late, and is no reason to fail', async () => {
    const jail = await started({})
    await jail.kill()
    expect((await heard(jail, () => true))[0]!.kind).toBe('gone')
    jail.send(FRAME.load, new Uint8Array(1))
    jail.sendJson(FRAME.call, {})
    await jail.kill()
    expect([jail.ended?.detail, alive(jail.pid)]).toEqual(['it ended with SIGKILL', false])
  })

  it('comes after the last byte that it wrote', async () => {
    const text = 'x'.repeat(100_000)
    const jail = await started({ [FRAME.call]: [{ frame: FRAME.stdout, text, times: 8 }, { signal: 'SIGKILL' }] })
    const events = heard(jail, (kinds) => kinds.includes('gone'))
    jail.sendJson(FRAME.call, {})
    expect((await events).map((e) => e.kind)).toEqual([...Array.from({ length: 8 }, () => 'output'), 'gone'])
  })
})

describe('a sample', () => {
  it('is the kernel’s word, else the jail’s last one', async () => {
    const jail = await started({
      [FRAME.call]: [{ frame: FRAME.usage, text: '{"cpuMicros":5000,"residentBytes":77}' }, ending()],
    })
    if (process.platform === 'linux') expect(jail.sample()!.residentBytes).toBeGreaterThan(10 * 2 ** 20)
    const events = heard(jail, () => true)
    jail.sendJson(FRAME.call, {})
    await events
    await jail.kill()
    expect(jail.sample()).toEqual({ cpuMs: 5, residentBytes: 77 })
  })

  it('is nothing where neither has a word', async () => {
    const jail = await started({})
    await jail.kill()
    expect(jail.sample()).toBeNull()
  })
})

describe('frames in pieces', () => {
  it('are put together', async () => {
    const bytes = Buffer.from(encodeFrame(FRAME.stdout, Buffer.from('abcdef')))
    const pieces = [...bytes].map((byte) => ({ raw: Buffer.from([byte]).toString('base64') }))
    const jail = await started({ [FRAME.call]: pieces })
    const events = heard(jail, () => true)
    jail.sendJson(FRAME.call, {})
    expect(await events).toMatchObject([{ kind: 'output', stream: 'stdout' }])
  })
})
