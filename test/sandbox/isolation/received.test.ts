// Reports and changed files as the host keeps them: whole, in order, and never more than the quotas.
import { describe, expect, it } from 'vitest'
import type { JailChange } from '../../../src/sandbox/isolation/jail-frames.ts'
import { Received } from '../../../src/sandbox/isolation/received.ts'
import { encodeChange, parted } from '../../../src/sandbox/isolation/wire.ts'

const LIMITS = { reports: 2, reportBytes: 10, inodes: 2, fileBytes: 4 }
const log = (message: string) => ({ kind: 'report', report: { type: 'log', level: 'info', message } }) as const
const change = (value: JailChange) => ({ kind: 'change', change: value }) as const
const file = (path: string, bytes: readonly number[], more = false) =>
  change({ type: 'file', path, bytes: Uint8Array.from(bytes), more })

describe('Received', () => {
  it('hands over reports and changes once, files put together', () => {
    const received = new Received(LIMITS)
    const added = [
      log('a'),
      file('/f', [1], true),
      file('/f', [2], true),
      file('/f', []),
      change({ type: 'removed', path: '/g' }),
    ]
    expect(added.map((part) => received.add(part))).toEqual([true, true, true, true, true])
    expect(received.take()).toEqual({
      reports: [{ type: 'log', level: 'info', message: 'a' }],
      changes: [
        { type: 'file', path: '/f', bytes: Uint8Array.of(1, 2) },
        { type: 'removed', path: '/g' },
      ],
    })
    expect(received.take()).toEqual({ reports: [], changes: [] })
  })

  it('counts anew after each activation', () => {
    const received = new Received(LIMITS)
    for (let i = 0; i < 3; i++) {
      expect([received.add(log('abc')), received.add(log('abc')), received.add(file('/f', [1, 2, 3, 4]))]).toEqual([
        true,
        true,
        true,
      ])
      received.take()
    }
  })

  it.each([
    ['one report too many', [log(''), log(''), log('')]],
    ['reports that are too long', [log('é'.repeat(40))]],
    ['more bytes of files', [file('/f', [1, 2, 3]), file('/g', [1, 2])]],
    ['more changes', Array.from({ length: 5 }, (_, i) => change({ type: 'directory', path: `/${i}` }))],
    ['a piece of another file', [file('/f', [1], true), file('/g', [1])]],
    ['something else between the pieces', [file('/f', [1], true), change({ type: 'directory', path: '/d' })]],
    ['pieces without end and without bytes', [file('/f', [], true)]],
  ])('does not take %s', (_, parts) => {
    const received = new Received(LIMITS)
    const taken = parts.map((part) => received.add(part))
    expect(taken.slice(0, -1)).not.toContain(false)
    expect(taken.at(-1)).toBe(false)
  })

  it('takes hardly more room than the bytes, in whatever pieces a jail sends them', () => {
    const received = new Received({ ...LIMITS, fileBytes: 2 ** 20 })
    const before = process.memoryUsage()
    for (let i = 0; i < 2 ** 18; i++) received.add(file('/f', [i % 251], true))
    const after = process.memoryUsage()
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(40 * 2 ** 20)
    expect(received.add(file('/f', []))).toBe(true)
    const [change] = received.take().changes
    const expected = Uint8Array.from({ length: 2 ** 18 }, (_, i) => i % 251)
    expect(change?.type === 'file' && Buffer.compare(change.bytes, expected)).toBe(0)
  })

  it('puts together what the jail cut', () => {
    const bytes = Uint8Array.from({ length: 1_200_000 }, (_, i) => i)
    const pieces = encodeChange({ type: 'file', path: '/big', bytes })
    expect(pieces.length).toBe(3)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2 ** 20)
    const received = new Received({ ...LIMITS, fileBytes: bytes.length })
    for (const piece of pieces) {
      const { json, rest } = parted(piece)
      const head = JSON.parse(new TextDecoder().decode(json)) as { path: string; more: boolean }
      expect(received.add(change({ type: 'file', ...head, bytes: rest }))).toBe(true)
    }
    expect(received.take().changes).toEqual([{ type: 'file', path: '/big', bytes }])
  })
})
