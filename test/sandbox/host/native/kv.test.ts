// kv_* as a guest calls them, in front of the real broker: keys as they are, answers whole or not at all.
import { describe, expect, it } from 'vitest'
import { KvService } from '../../../../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../../../../src/sandbox/broker/kv-memory.ts'
import { harness, PAGE } from '../../support/calls.ts'
import { brokerHarness, connect, named, place } from '../../support/native.ts'

const [KEY, VALUE, BUFFER, USED] = [100, 1000, 5000, 4000]

function guest() {
  const store = new MemoryKvStore()
  const made = harness()
  const behind = brokerHarness(new KvService({ namespace: 'n', quotas: { kvBytes: 1000, kvEntries: 5 }, store }))
  connect(made, behind)
  return {
    store,
    made,
    audit: behind.audit,
    set: (key: string, value: string) => named(made, 'kv_set', ...place(made, KEY, key), ...place(made, VALUE, value)),
    remove: (key: string) => named(made, 'kv_delete', ...place(made, KEY, key)),
    /** Errno, size, and what stands in the buffer. */
    ask: (name: string, key: string, room: number) => {
      made.bytes.fill(0x2e, BUFFER, BUFFER + 100)
      const errno = named(made, name, ...place(made, KEY, key), BUFFER, room, USED)
      const used = made.view.getUint32(USED, true)
      return [errno, used, Buffer.from(made.bytes.subarray(BUFFER, BUFFER + 10)).toString()]
    },
  }
}

describe('kv_*', () => {
  it('writes, reads, lists and removes', () => {
    const { set, ask, remove } = guest()
    expect([set('a', 'one'), set('ab', 'two'), set('b', '')]).toEqual(['success', 'success', 'success'])
    expect(ask('kv_get', 'ab', 3)).toEqual(['success', 3, 'two.......'])
    expect(ask('kv_get', 'b', 0)).toEqual(['success', 0, '..........'])
    expect(ask('kv_keys', 'a', 100)).toEqual(['success', 5, 'a\0ab\0.....'])
    expect(remove('ab')).toBe('success')
    expect([remove('ab'), ask('kv_get', 'ab', 3)[0]]).toEqual(['noent', 'noent'])
  })

  it('tells the size of an answer that does not fit, and writes nothing of it', () => {
    const { set, ask } = guest()
    set('a', 'value')
    expect(ask('kv_get', 'a', 4)).toEqual(['success', 5, '..........'])
    expect(ask('kv_keys', '', 1)).toEqual(['success', 2, '..........'])
  })

  it('asks nobody when the guest’s own pointers or texts are wrong', () => {
    const { made, audit } = guest()
    expect(named(made, 'kv_set', KEY, 1, PAGE - 1, 2)).toBe('fault')
    expect(named(made, 'kv_get', KEY, 1, BUFFER, 1, PAGE - 3)).toBe('fault')
    expect(named(made, 'kv_get', ...place(made, KEY, new Uint8Array([0xff])), BUFFER, 1, USED)).toBe('ilseq')
    expect(named(made, 'kv_delete', ...place(made, KEY, 'a\0b'))).toBe('inval')
    expect(named(made, 'kv_delete', KEY, 513)).toBe('inval')
    expect([made.requests, audit]).toEqual([[], []])
  })

  it('keeps keys apart that a lossy decoder would make one', () => {
    const { set, ask } = guest()
    set('k', 'plain')
    set('\ufeffk', 'marked')
    expect(ask('kv_get', 'k', 10)[2]).toBe('plain.....')
    expect(ask('kv_get', '\ufeffk', 10)[2]).toBe('marked....')
  })
})
