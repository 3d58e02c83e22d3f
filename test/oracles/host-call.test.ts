// The oracles for host calls: each says what is wrong for one reason, and nothing about calls that keep to the table.
import { describe, expect, it } from 'vitest'
import { HandleOracle } from '../../src/oracles/handles.ts'
import { judgeHostCall, type ObservedCall } from '../../src/oracles/host-call.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { ERRNO, type ErrnoName } from '../../src/sandbox/host/errno.ts'

const SIZE = 4096

/** @param before 32-bit numbers in memory, by address @param changed the same, after the call */
function seen(
  name: string,
  args: readonly number[],
  errno: ErrnoName | number,
  changed: Readonly<Record<number, number>> = {},
  before: Readonly<Record<number, number>> = {},
): ObservedCall {
  const call = ABI.find((entry) => entry.name === name)!
  const memory = (numbers: Readonly<Record<number, number>>, from = new Uint8Array(SIZE)) => {
    const view = new DataView(from.slice().buffer)
    for (const [at, number] of Object.entries(numbers)) view.setUint32(Number(at), number, true)
    return new Uint8Array(view.buffer)
  }
  const first = memory(before)
  const number = typeof errno === 'number' ? errno : ERRNO[errno]
  return {
    call,
    args: args.map(BigInt),
    before: first,
    after: memory(changed, first),
    errno: number,
    ignore: { offset: 4000, size: 4 },
    survived: false,
  }
}

describe('judgeHostCall', () => {
  it.each<[string, ObservedCall]>([
    ['a result where the table has it', seen('clock_res_get', [0, 100], 'success', { 100: 5, 104: 6 })],
    ['an error of the row, and no change', seen('clock_res_get', [9, 100], 'inval')],
    ['the place of the executor’s own result', seen('clock_res_get', [9, 100], 'inval', { 4000: 28 })],
    ['an answer that fits', seen('kv_get', [0, 1, 100, 8, 200], 'success', { 100: 1, 104: 2, 200: 8 })],
    ['an answer that does not fit, with its size', seen('kv_get', [0, 1, 100, 8, 200], 'success', { 200: 9 })],
    [
      'a read into two vectors',
      seen('fd_read', [0, 8, 2, 300], 'success', { 100: 1, 200: 2, 300: 8 }, { 8: 100, 12: 4, 16: 200, 20: 9 }),
    ],
    ['one event of two subscriptions', seen('poll_oneoff', [0, 512, 2, 300], 'success', { 512: 1, 540: 2, 300: 1 })],
    ['an answer over its own size', seen('kv_get', [0, 1, 100, 8, 104], 'success', { 100: 1, 104: 2 })],
    ['an empty vector that points nowhere', seen('fd_write', [1, 8, 1, 300], 'success', { 300: 0 }, { 8: 9999, 12: 0 })],
  ])('has nothing against %s', (_, call) => {
    expect(judgeHostCall(call)).toBeNull()
  })

  it.each<[string, ObservedCall, string]>([
    ['a number that is no error', seen('sched_yield', [], 77), 'no error number'],
    ['an error that is not of the row', seen('clock_res_get', [0, 100], 'noent'), 'does not list'],
    ['a change after an error', seen('clock_res_get', [9, 100], 'inval', { 100: 1 }), 'changed the byte at 100'],
    ['a change beside the result', seen('clock_res_get', [0, 100], 'success', { 108: 1 }), 'changed the byte at 108'],
    ['a result that does not fit in the memory', seen('clock_res_get', [0, SIZE - 4], 'success'), 'resolution points outside'],
    ['text that does not', seen('kv_delete', [SIZE - 1, 2], 'success'), 'key points outside'],
    ['a vector that does not', seen('fd_write', [1, 8, 1, 300], 'success', { 300: 1 }, { 8: SIZE, 12: 1 }), 'a vector of iovs'],
    [
      'bytes behind what was used',
      seen('kv_get', [0, 1, 100, 64, 200], 'success', { 100: 1, 108: 2, 200: 8 }),
      'changed the byte at 108',
    ],
    [
      'bytes of an answer that does not fit',
      seen('kv_get', [0, 1, 100, 8, 200], 'success', { 100: 1, 200: 9 }),
      'changed the byte at 100',
    ],
    ['more used than there was room', seen('fd_readdir', [3, 100, 8, 0, 200], 'success', { 200: 9 }), 'room for 8'],
    ['a body that is longer than its room', seen('http_body', [3, 100, 8, 200], 'success', { 200: 9 }), 'room for 8'],
    ['more read than there was room', seen('fd_read', [0, 8, 1, 300], 'success', { 300: 5 }, { 8: 100, 12: 4 }), 'room for 4'],
    [
      'a vector filled further than it says',
      seen('fd_read', [0, 8, 1, 300], 'success', { 100: 1, 104: 1, 300: 4 }, { 8: 100, 12: 8 }),
      'byte at 104',
    ],
    ['more events than subscriptions', seen('poll_oneoff', [0, 512, 1, 300], 'success', { 300: 2 }), 'room for 1'],
    [
      'a write into what is only read',
      seen('fd_write', [1, 8, 1, 300], 'success', { 100: 1, 300: 4 }, { 8: 100, 12: 4 }),
      'byte at 100',
    ],
  ])('says so of %s', (_, call, text) => {
    expect(judgeHostCall(call)).toContain(text)
  })

  it('says so of a guest that is alive where it must not be', () => {
    expect(judgeHostCall({ ...seen('proc_exit', [0], 0x5afe), survived: true })).toContain('the guest was alive')
  })
})

describe('HandleOracle', () => {
  const open = (fd: number) => seen('path_open', [3, 0, 0, 1, 0, 0, 0, 0, 100], 'success', { 100: fd })
  const key = (fd: number) => seen('crypto_key', [0, 1, 100], 'success', { 100: fd })
  const verdicts = (...calls: readonly ObservedCall[]) => {
    const oracle = new HandleOracle(
      new Map([
        [0, 'stream'],
        [3, 'directory'],
      ]),
    )
    return calls.map((call) => oracle.judge(call)).find((verdict) => verdict !== null) ?? null
  }

  it.each<[string, readonly ObservedCall[]]>([
    ['what is open from the start', [seen('fd_readdir', [3, 100, 0, 0, 200], 'success')]],
    ['what was opened', [open(4), seen('fd_tell', [4, 200], 'success')]],
    [
      'a number that was closed and is given out again',
      [open(4), seen('fd_close', [4], 'success'), key(4), seen('crypto_close', [4], 'success')],
    ],
    ['a handle that was moved', [open(4), open(5), seen('fd_renumber', [4, 5], 'success'), seen('fd_tell', [5, 200], 'success')]],
    ['an error on what is not open', [seen('fd_tell', [9, 200], 'badf')]],
    [
      'anything after another output lay over the handle',
      [seen('tcp_connect', [0, 1, 80, 0, 100, 104], 'success', { 104: 3 }), seen('fd_tell', [9, 200], 'success')],
    ],
    ['anything after a close that failed halfway', [open(4), seen('fd_close', [4], 'io'), open(4)]],
  ])('has nothing against %s', (_, calls) => {
    expect(verdicts(...calls)).toBeNull()
  })

  it.each<[string, readonly ObservedCall[], string]>([
    ['a handle that never was', [seen('fd_tell', [9, 200], 'success')], 'which is not open'],
    [
      'one that was closed',
      [open(4), seen('fd_close', [4], 'success'), seen('fd_tell', [4, 200], 'success')],
      'which is not open',
    ],
    [
      'the old number of one that was moved',
      [open(4), open(5), seen('fd_renumber', [4, 5], 'success'), seen('fd_tell', [4, 200], 'success')],
      'not open',
    ],
    ['one of another kind', [key(4), seen('fd_tell', [4, 200], 'success')], 'a key'],
    ['a number that is given out twice', [open(4), key(4)], 'gave out the handle 4'],
  ])('says so of %s', (_, calls, text) => {
    expect(verdicts(...calls)).toContain(text)
  })
})
