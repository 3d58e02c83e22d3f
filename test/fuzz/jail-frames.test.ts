// Frames of a jail: the generator makes every kind that a host knows, thousands are survived, and planted defects are noticed.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { fuzz } from '../../fuzz/jail-frames.fuzz.ts'
import { decodeJailFrames, hearJail, SAID } from '../../fuzz/jail-frames.ts'
import property from '../../fuzz/properties/jail-frames.ts'
import { encodeJson, FRAME, type Frame, FrameReader } from '../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame, MAX_JAIL_PAYLOAD } from '../../src/sandbox/isolation/jail-frames.ts'
import { Received } from '../../src/sandbox/isolation/received.ts'
import { encodeChange } from '../../src/sandbox/isolation/wire.ts'
import { loadThreatModel } from '../../src/threats/load.ts'

const samples = fc
  .sample(fc.uint8Array({ minLength: 20, maxLength: 300, size: 'max' }), { numRuns: 3000, seed: 4 })
  .map(decodeJailFrames)

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

describe('the generator', () => {
  it('makes every kind of message that a host understands', () => {
    const understood = new Set<string>()
    for (const frame of samples.flat()) {
      try {
        const message = decodeJailFrame(frame)
        const detail =
          'event' in message
            ? ` ${message.event.type}`
            : 'report' in message
              ? ` ${message.report.type}`
              : 'change' in message
                ? ` ${message.change.type}`
                : ''
        understood.add(message.kind + detail)
      } catch {
        // Most of them are meant to be refused.
      }
    }
    const wanted = [
      ...['ready', 'usage', 'cell-ready', 'cell-gone', 'cell-failed', 'ending'],
      ...[
        'event suspicious-behaviour',
        'event syscall-blocked',
        'event syscall-logged',
        'event file-access',
        'event quota-exceeded',
      ],
      ...['report log', 'report metric', 'report result', 'report timing'],
      ...['change file', 'change directory', 'change removed', 'change symlink'],
    ]
    expect(wanted.filter((kind) => !understood.has(kind))).toEqual([])
    expect(Object.keys(SAID).length).toBeGreaterThanOrEqual(wanted.length)
  })

  it('makes frames that a host refuses', () => {
    const refused = samples.flat().filter((frame) => {
      try {
        decodeJailFrame(frame)
        return false
      } catch {
        return true
      }
    })
    expect(refused.length).toBeGreaterThan(samples.length)
  })
})

describe('a host', () => {
  it('hears thousands of jails without a failure', () => {
    expect(samples.map((frames, i) => hearJail(frames, 1 + (i % 777))).filter((problem) => problem !== null)).toEqual([])
  })

  it('has a property over the same, whose threats are known, and a target for the coverage-guided engine', async () => {
    const known = new Set(loadThreatModel().threats.map(({ id }) => id))
    expect(property.threats.filter((id) => !known.has(id))).toEqual([])
    const { executions, failure } = await property.run(2, 2000)
    expect(failure).toBeUndefined()
    expect(executions).toBeGreaterThan(100)
    expect(() => fuzz(Buffer.from('any bytes at all'))).not.toThrow()
  })
})

describe('it is noticed that', () => {
  const change = (path: string): Frame => ({ type: FRAME.change, payload: encodeChange({ type: 'directory', path })[0]! })

  it('more is kept than the quotas allow', () => {
    const { add } = Received.prototype
    undo.push(() => {
      Received.prototype.add = add
    })
    Received.prototype.add = function (part) {
      add.call(this, part)
      return true
    }
    const report = new FrameReader(MAX_JAIL_PAYLOAD).push(
      encodeJson(FRAME.report, { type: 'timing', name: 'n', nanoseconds: 1 }),
    )[0]!
    expect(
      hearJail(
        Array.from({ length: 12 }, () => report),
        100,
      ),
    ).toContain('12 reports were kept')
  })

  it('a frame arrives changed or not at all', () => {
    const { push } = FrameReader.prototype
    undo.push(() => {
      FrameReader.prototype.push = push
    })
    FrameReader.prototype.push = function (chunk) {
      return push.call(this, chunk).map(({ type, payload }) => ({ type, payload: payload.subarray(1) }))
    }
    expect(hearJail([change('/a')], 1000)).toContain('not the one that was sent')
    FrameReader.prototype.push = () => []
    expect(hearJail([change('/a')], 1000)).toContain('1 frames were sent, and 0 arrived')
  })

  it('a path leads elsewhere', () => {
    const { test } = RegExp.prototype
    undo.push(() => {
      RegExp.prototype.test = test
    })
    RegExp.prototype.test = () => true
    const problem = hearJail([change('/a/../../etc')], 1000)
    RegExp.prototype.test = test
    expect(problem).toContain('a change has the path "/a/../../etc"')
  })

  it('the host fails', () => {
    const { parse } = JSON
    undo.push(() => {
      JSON.parse = parse
    })
    JSON.parse = () => ({
      get type() {
        throw new RangeError('a defect')
      },
    })
    expect(hearJail([change('/a')], 1000)).toContain('the host failed with RangeError')
  })
})
