// The gate: liveness, grants and errors are dealt with for every host call alike, and nothing but a trap or an errno leaves it.
import { describe, expect, it } from 'vitest'
import { ABI, findAbiFunction, WASI_MODULE } from '../../../src/sandbox/host/abi.ts'
import type { Death } from '../../../src/sandbox/host/context.ts'
import { GuestFault } from '../../../src/sandbox/host/errno.ts'
import { isGranted } from '../../../src/sandbox/host/gate.ts'
import { GRANTS, harness, link, TestTrap } from '../support/calls.ts'

const OFFERED = ABI.filter((entry) => entry.offered).map((entry) => entry.name)
const zeros = (name: string) =>
  findAbiFunction(WASI_MODULE, name)!.parameters.map((p) => (p.type === 'i64' ? 0n : 0)) as (number | bigint)[]

describe('isGranted', () => {
  const all = { stdio: GRANTS.stdio, clock: GRANTS.clock, random: GRANTS.random }
  const none = { stdio: null, clock: null, random: null }
  it.each(ABI.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(isGranted(entry, all)).toBe(entry.offered)
    const needs = ['stdio', 'clock', 'random'].includes(entry.capability)
    expect(isGranted(entry, none)).toBe(entry.offered && !needs)
    if (needs) expect(isGranted(entry, { ...none, [entry.capability]: all[entry.capability as 'stdio'] })).toBe(true)
    if (needs) expect(isGranted(entry, { ...all, [entry.capability]: null })).toBe(false)
    expect(isGranted({ ...entry, offered: false }, all)).toBe(false)
  })

  it('grants nothing that no policy can grant, even if the table offered it', () => {
    for (const capability of ['fs', 'net', 'poll', 'signals'] as const)
      expect(isGranted({ ...findAbiFunction(WASI_MODULE, 'fd_write')!, capability }, all)).toBe(false)
  })

  it.each(['args', 'env'] as const)('%s calls are there with nothing in them when not granted', (capability) => {
    expect(isGranted({ ...findAbiFunction(WASI_MODULE, 'args_get')!, capability }, none)).toBe(true)
  })
})

describe('a guest that is dead', () => {
  const deaths: Death[] = [
    { kind: 'exited', code: 4 },
    { kind: 'output-limit' },
    { kind: 'stopped' },
    { kind: 'host-threw', call: 'fd_close', error: new Error('x') },
  ]
  it.each(OFFERED)('%s traps without doing anything', (name) => {
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
  it.each(OFFERED)('%s traps before it does anything', (name) => {
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
    ['fd_write', { stdio: null }],
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
