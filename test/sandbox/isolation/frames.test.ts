// Framing: the same frames however the stream is cut, and nothing held for a frame that is too large.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeFrame,
  encodeJson,
  FRAME,
  FrameReader,
  type FrameType,
  ProtocolError,
} from '../../../src/sandbox/isolation/frames.ts'

const frames = fc.array(
  fc.record({ type: fc.constantFrom(...Object.values(FRAME)), payload: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 8 },
)
const header = (type: number, length: number) => {
  const bytes = new Uint8Array(5)
  bytes[0] = type
  new DataView(bytes.buffer).setUint32(1, length, true)
  return bytes
}

describe('FrameReader', () => {
  it('gives the same frames for every cut of the stream', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat({ max: 500 })), (sent, cuts) => {
        const stream = Buffer.concat(sent.map((frame) => encodeFrame(frame.type as FrameType, frame.payload)))
        const edges = [0, ...cuts.filter((cut) => cut <= stream.length).sort((a, b) => a - b), stream.length]
        const reader = new FrameReader(40)
        const got = edges.slice(1).flatMap((end, i) => reader.push(stream.subarray(edges[i]!, end)))
        expect(got.map(({ type, payload }) => ({ type, payload: [...payload] }))).toEqual(
          sent.map(({ type, payload }) => ({ type, payload: [...payload] })),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('does so byte by byte, empty payloads included', () => {
    const stream = Buffer.concat([encodeFrame(FRAME.terminate, new Uint8Array()), encodeJson(FRAME.event, { a: 1 })])
    const reader = new FrameReader(100)
    const got = [...stream].flatMap((byte) => reader.push(Uint8Array.of(byte)))
    expect(got.map(({ type, payload }) => [type, Buffer.from(payload).toString()])).toEqual([
      [FRAME.terminate, ''],
      [FRAME.event, '{"a":1}'],
    ])
  })

  it.each([0, 1, 40])('refuses a payload over %i bytes when the header is there, before any of it', (max) => {
    expect(() => new FrameReader(max).push(header(1, max + 1))).toThrow(ProtocolError)
    expect(new FrameReader(max).push(header(1, max))).toHaveLength(max === 0 ? 1 : 0)
  })

  it('takes a length with the high bit for the large number that it is', () => {
    for (const length of [2 ** 31, 2 ** 32 - 1]) expect(() => new FrameReader(2 ** 20).push(header(1, length))).toThrow(/maximum/)
  })

  it('gives payloads of its own: what comes later does not change them', () => {
    const stream = encodeFrame(FRAME.stdout, Uint8Array.of(1, 2, 3))
    const [frame] = new FrameReader(10).push(stream)
    stream.fill(9)
    expect([...frame!.payload]).toEqual([1, 2, 3])
  })
})
