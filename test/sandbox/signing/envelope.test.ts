// Signature data that is not exactly what the format says is refused, before any cryptography.
import { describe, expect, it } from 'vitest'
import { encodeEnvelope, readEnvelope, type SignedHashes } from '../../../src/sandbox/signing/envelope.ts'
import { InvalidSignature } from '../../../src/sandbox/signing/invalid-signature.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { fixture } from './support.ts'

const fill = (size: number, value: number) => new Uint8Array(size).fill(value)
const signature = (value: number) => ({ keyId: fill(12, value), signature: fill(64, value) })
const set = (value: number, signatures = [signature(value)]): SignedHashes => ({ hashes: [fill(32, value)], signatures })

// The layers by hand, to be wrong about each.
const withLength = (content: Uint8Array) => w.bytes(w.u32(content.length), content)
const data = (sets: readonly Uint8Array[], head: readonly number[] = [1, 1, 1], count = sets.length) =>
  w.bytes(head, w.u32(count), w.concat(sets))
const oneSet = (signatures: readonly Uint8Array[], hashes = 1, count = signatures.length) =>
  withLength(w.bytes(w.u32(hashes), fill(32 * hashes, 7), w.u32(count), w.concat(signatures)))
const oneSignature = ({ id = fill(12, 1), algorithm = 1, size = 64, more = new Uint8Array() } = {}) =>
  withLength(w.bytes(withLength(id), algorithm, withLength(fill(size, 9)), more))
const distinct = (count: number) =>
  Array.from({ length: count }, (_, index) => withLength(w.bytes(0, 1, withLength(w.bytes(w.u32(index, 4), fill(60, 0))))))

describe('signature data', () => {
  it('is read as it was written', () => {
    const envelope = [set(1, [signature(1), signature(2)]), { ...set(3), hashes: [fill(32, 3), fill(32, 4)] }]
    expect(readEnvelope(encodeEnvelope(envelope))).toEqual(envelope)
    expect(readEnvelope(data([oneSet([oneSignature({ id: new Uint8Array() })])]))[0]?.signatures[0]?.keyId).toHaveLength(0)
  })

  it.each([
    ['is empty', new Uint8Array()],
    ['has another version', data([oneSet([oneSignature()])], [2, 1, 1])],
    ['has version 0', data([oneSet([oneSignature()])], [0, 1, 1])],
    ['is for something else than a module', data([oneSet([oneSignature()])], [1, 2, 1])],
    ['has another hash function', data([oneSet([oneSignature()])], [1, 1, 2])],
    ['has no sets', data([])],
    ['has a set without hashes', data([oneSet([oneSignature()], 0)])],
    ['has a set without signatures', data([oneSet([])])],
    ['has another algorithm', data([oneSet([oneSignature({ algorithm: 2 })])])],
    ['has a signature of 63 bytes', data([oneSet([oneSignature({ size: 63 })])])],
    ['has a signature of 65 bytes', data([oneSet([oneSignature({ size: 65 })])])],
    ['has bytes behind a signature', data([oneSet([oneSignature({ more: fill(1, 0) })])])],
    ['has bytes behind a set', data([w.bytes(w.u32(oneSet([oneSignature()]).length), oneSet([oneSignature()]).subarray(1), 0)])],
    ['has bytes behind everything', w.bytes(data([oneSet([oneSignature()])]), 0)],
    ['says that it has more sets than it has', data([oneSet([oneSignature()])], [1, 1, 1], 2)],
    ['says that it has fewer sets than it has', data([oneSet([oneSignature()]), oneSet([oneSignature()], 2)], [1, 1, 1], 1)],
    ['says that it has 2^32-1 sets', data([oneSet([oneSignature()])], [1, 1, 1], 0xffff_ffff)],
    ['says that it has 2^32-1 signatures', data([oneSet([oneSignature()], 1, 0xffff_ffff)])],
    ['says that a set is longer than all', data([w.bytes(w.u32(0xffff_ffff), 0)])],
    ['has the same signature twice', data([oneSet([oneSignature(), oneSignature()])])],
    ['has the same signature twice, for different keys', data([oneSet([oneSignature(), oneSignature({ id: fill(3, 3) })])])],
    ['has the same hashes twice', data([oneSet([oneSignature()]), oneSet([oneSignature({ id: fill(2, 2) })])])],
    ['has a padded number', w.bytes([1, 1, 1], w.u32(1, 2), oneSet([oneSignature()]))],
    ['has a padded length', data([oneSet([w.bytes(w.u32(78, 3), oneSignature().subarray(1))])])],
    ['has a number of six bytes', w.bytes([1, 1, 1], w.u32(1, 6), oneSet([oneSignature()]))],
    ['has an identifier of 65 bytes', data([oneSet([oneSignature({ id: fill(65, 1) })])])],
    ['has 65 hashes in a set', data([oneSet([oneSignature()], 65)])],
    ['has 17 sets', data(Array.from({ length: 17 }, (_, n) => oneSet([oneSignature()], n + 1)))],
    ['has 65 signatures in a set', data([oneSet(distinct(65))])],
    ['has 65 signatures in two sets', data([oneSet(distinct(33)), oneSet(distinct(32), 2)])],
    ['has more bytes than are read', fill(64 * 1024 + 1, 0)],
  ])('that %s is refused', (_, bytes) => {
    expect(() => readEnvelope(bytes)).toThrow(InvalidSignature)
  })

  it('is accepted up to its limits', () => {
    expect(readEnvelope(data([oneSet(distinct(64))]))[0]?.signatures).toHaveLength(64)
    expect(readEnvelope(data([oneSet([oneSignature({ id: fill(64, 1) })], 64)]))[0]?.hashes).toHaveLength(64)
    expect(readEnvelope(data(Array.from({ length: 16 }, (_, n) => oneSet([oneSignature()], n + 1))))).toHaveLength(16)
  })

  it('is refused when it is cut anywhere', () => {
    const whole = fixture('detached.sig')
    expect(readEnvelope(whole)).toHaveLength(1)
    for (let size = 0; size < whole.length; size++)
      expect(() => readEnvelope(whole.subarray(0, size)), `${size}`).toThrow(InvalidSignature)
  })
})
