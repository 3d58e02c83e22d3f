// The gate: liveness, grants and errors are dealt with for every host call alike, and nothing but a trap or an errno leaves it.
import { describe, expect, it } from 'vitest'
import { ABI, type Capability } from '../../../src/sandbox/host/abi/index.ts'
import type { Death } from '../../../src/sandbox/host/context.ts'
import { ERRNO, GuestFault } from '../../../src/sandbox/host/errno.ts'
import { isGranted } from '../../../src/sandbox/host/gate.ts'
import { harness, link, TestTrap } from '../support/calls.ts'

const CALLS = ABI.map((entry) => entry.name)
const zeros = (name: string) =>
  ABI.find((entry) => entry.name === name)!.parameters.map((p) => (p.type === 'i64' ? 0n : 0)) as (number | bigint)[]

describe('isGranted', () => {
  const ALL: readonly Capability[] = ['stdio', 'clock', 'random', 'fs', 'net', 'kv', 'log', 'metric', 'result', 'crypto']
  const grants = (granted: (capability: Capability) => unknown) =>
    Object.fromEntries(ALL.map((capability) => [capability, granted(capability)]))

  it.each(ABI.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(
      isGranted(
        entry,
        grants(() => ({})),
      ),
    ).toBe(true)
    for (const nothing of [null, undefined, false])
      expect(
        isGranted(
          entry,
          grants(() => nothing),
        ),
      ).toBe(entry.capabilities.length === 0)
    expect(isGranted(entry, {})).toBe(entry.capabilities.length === 0)
    for (const capability of ALL) {
      const expected = entry.capabilities.length === 0 || entry.capabilities.includes(capability)
      expect(
        isGranted(
          entry,
          grants((name) => name === capability),
        ),
      ).toBe(expected)
    }
  })
})

describe('the limit on host calls', () => {
  it('ends the guest at the first call behind it, before that call does anything, and every later one refuses', () => {
    const made = harness({ callLimit: 2, hostCalls: { deny: ['fd_close'], log: [] } })
    // A refused call counts like another.
    expect(made.call('fd_close', 0)).toBe(ERRNO.notcapable)
    expect(made.call('sched_yield')).toBe(0)
    expect(() => made.call('random_get', 0, 8)).toThrow()
    expect(made.context.death).toEqual({ kind: 'host-call-limit' })
    expect(made.context.hostCalls).toBe(2)
    expect(() => made.call('sched_yield')).toThrow()
  })
})

describe('the filter of the policy', () => {
  it('denies a call that the capabilities grant, with an event, and lets the guest live', () => {
    const made = harness({ hostCalls: { deny: ['fd_write'], log: [] } })
    expect(made.call('fd_write', 1, 0, 0, 8)).toBe(ERRNO.notcapable)
    expect(made.events).toMatchObject([{ type: 'syscall-blocked', hostCall: 'fd_write' }])
    expect(made.context.death).toBeNull()
    expect(made.call('sched_yield')).toBe(0)
  })

  it('tells each use of a call that is to be logged, with what came of it', () => {
    const made = harness({ hostCalls: { deny: [], log: ['fd_close'] } })
    made.call('fd_close', 0)
    made.call('fd_close', 99)
    made.call('sched_yield')
    expect(made.events).toMatchObject([
      { type: 'syscall-logged', hostCall: 'fd_close', errno: 'success' },
      { type: 'syscall-logged', hostCall: 'fd_close', errno: 'badf' },
    ])
  })

  it('denies what is on both lists', () => {
    const made = harness({ hostCalls: { deny: ['fd_close'], log: ['fd_close'] } })
    expect(made.call('fd_close', 0)).toBe(ERRNO.notcapable)
    expect(made.events.map(({ type }) => type)).toEqual(['syscall-blocked', 'syscall-logged'])
  })

  it.each(['deny', 'log'] as const)('tells of at most 500 uses (%s)', (list) => {
    const made = harness({ hostCalls: { deny: [], log: [], [list]: ['sched_yield'] } })
    for (let i = 0; i < 600; i++) made.call('sched_yield')
    expect(made.events).toHaveLength(500)
  })
})

describe('a length over the maximum of the table', () => {
  it.each([
    ['fd_write', [1, 0, 1025, 20_000], ERRNO.inval],
    ['path_unlink_file', [3, 0, 65_537], ERRNO.nametoolong],
    ['http_request', [0, 17, 0, 0, 0, 0, 0, 0, 0, 0], ERRNO.inval],
  ] as const)('%s is refused before the handler', (name, values, errno) => {
    const made = harness({}, { pages: 2 })
    let reached = false
    const call = link(made.context, name, () => {
      reached = true
      return 0
    })
    expect(call(...values)).toBe(errno)
    expect(reached).toBe(false)
  })
})

describe('a guest that is dead', () => {
  const deaths: Death[] = [
    { kind: 'exited', code: 4 },
    { kind: 'output-limit' },
    { kind: 'stopped' },
    { kind: 'host-threw', call: 'fd_close', error: new Error('x') },
  ]
  it.each(CALLS)('%s traps without doing anything', (name) => {
    for (const death of deaths) {
      const made = harness()
      made.context.death = death
      const before = made.bytes.slice()
      let ran = false
      const gated = link(made.context, name, () => {
        ran = true
        return 0
      })
      expect(() => gated(...zeros(name))).toThrow(TestTrap)
      expect([ran, made.context.death, made.context.hostCalls]).toEqual([false, death, 0])
      expect(Buffer.compare(before, made.bytes)).toBe(0)
      // One that was stopped cannot know it yet; any other call is something that no honest guest makes.
      expect(made.events.map((event) => event.type)).toEqual(death.kind === 'stopped' ? [] : ['suspicious-behaviour'])
    }
  })
})

describe('a guest that is to stop', () => {
  it.each(CALLS)('%s traps before it does anything', (name) => {
    const made = harness()
    made.stop = true
    expect(() => made.call(name, ...zeros(name))).toThrow(TestTrap)
    expect([made.context.death, made.context.hostCalls, made.output, made.events]).toEqual([{ kind: 'stopped' }, 0, [], []])
  })

  it('stays what it was when it had ended by itself', () => {
    const made = harness()
    made.context.death = { kind: 'exited', code: 1 }
    made.stop = true
    expect(() => made.call('sched_yield')).toThrow(TestTrap)
    expect(made.context.death).toEqual({ kind: 'exited', code: 1 })
  })
})

describe('a call without a grant', () => {
  it.each([
    ['fd_write', { stdio: null, fs: null, net: false }],
    ['clock_time_get', { clock: null }],
    ['random_get', { random: null }],
  ] as const)('%s ends the guest, with an event', (name, without) => {
    const made = harness(without)
    expect(() => made.call(name, ...zeros(name))).toThrow(TestTrap)
    expect(made.context.death).toMatchObject({ kind: 'host-threw', call: name })
    expect(made.events).toMatchObject([{ type: 'syscall-blocked', severity: 'high', hostCall: name }])
    expect(made.context.hostCalls).toBe(0)
  })
})

describe('what a handler throws', () => {
  const secret = 'a secret of the host'
  it.each([
    ['an error', new Error(secret)],
    ['another RangeError', new RangeError('Invalid array length')],
    ['something that is no error', secret],
    ['nothing', undefined],
    ['a WebAssembly trap', new WebAssembly.RuntimeError(secret)],
  ])('%s ends the guest and is not seen by it', (_, thrown) => {
    const made = harness()
    const gated = link(made.context, 'fd_close', () => {
      throw thrown
    })
    let caught: unknown
    try {
      gated(1)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(TestTrap)
    // What it was is for the host to find out once the guest is gone; the gate calls nothing for that.
    expect(made.context.death).toEqual({ kind: 'host-threw', call: 'fd_close', error: thrown })
  })

  it('is an errno for a fault of the guest, which lives on', () => {
    const made = harness()
    const gated = link(made.context, 'fd_close', () => {
      throw new GuestFault(63)
    })
    expect([gated(1), gated(1)]).toEqual([63, 63])
    expect([made.context.death, made.context.hostCalls]).toEqual([null, 2])
  })

  it('is a stack overflow of the guest’s when the stack ends in the host', () => {
    const made = harness()
    const deeper = (): number => 1 + deeper()
    const gated = link(made.context, 'fd_close', () => deeper() as 0)
    expect(() => gated(1)).toThrow(TestTrap)
    expect(made.context.death).toMatchObject({ kind: 'host-threw', error: expect.any(RangeError) })
  })
})

describe('what a handler gives back', () => {
  // Most of these would reach the guest as 0, which is success (MEM-15).
  const odd = [undefined, null, Number.NaN, 0.5, 2 ** 32, true, '', [], {}, Promise.resolve(0), () => 0, 2 ** 32 + 8, 77, -1, 8n]
  it.each(odd.map((value) => [String(value) || 'an empty text', value] as const))('%s ends the guest', (_, value) => {
    const made = harness()
    const gated = link(made.context, 'fd_close', () => value as 0)
    expect(() => gated(1)).toThrow(TestTrap)
    expect(made.context.death).toMatchObject({ kind: 'host-threw', call: 'fd_close', error: expect.any(TypeError) })
  })

  it('is passed on if it is an error number of the interface', () => {
    const made = harness()
    let answer = 0
    const gated = link(made.context, 'fd_close', () => answer as 0)
    for (; answer <= 76; answer++) expect(gated(1)).toBe(answer)
  })
})

describe('arguments', () => {
  it('arrive unsigned', () => {
    const made = harness()
    let seen: (number | bigint)[] = []
    const gated = link(made.context, 'fd_seek', (_, args) => {
      seen = [args.i32('fd'), args.i64('offset'), args.i32('whence')]
      return 0
    })
    gated(-1, -1n, -(2 ** 31), 8)
    expect(seen).toEqual([2 ** 32 - 1, 2n ** 64n - 1n, 2 ** 31])
  })

  it('that the table does not have are a fault of the sandbox, not undefined', () => {
    for (const wrong of [
      (args: { i32(name: string): number }) => args.i32('nothing'),
      (args: { i32(name: string): number }) => args.i32('offset'),
      (args: { i64(name: string): bigint }) => args.i64('fd'),
    ]) {
      const made = harness()
      const gated = link(made.context, 'fd_seek', (_, args) => Number(wrong(args)) as 0)
      expect(() => gated(1, 0n, 0, 0)).toThrow(TestTrap)
      expect(made.context.death).toMatchObject({ kind: 'host-threw', call: 'fd_seek', error: expect.any(TypeError) })
    }
  })
})
