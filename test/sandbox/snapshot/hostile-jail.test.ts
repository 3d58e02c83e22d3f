// States that come from a jail, with jails that lie: what could not be the state of such a guest ends the jail.
import { afterEach, describe, expect, it } from 'vitest'
import { FRAME, ProtocolError } from '../../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame } from '../../../src/sandbox/isolation/jail-frames.ts'
import { JailProcess } from '../../../src/sandbox/isolation/jail-process.ts'
import { Jailed } from '../../../src/sandbox/isolation/jailed.ts'
import { Jails } from '../../../src/sandbox/isolation/jails.ts'
import { ReceivedState } from '../../../src/sandbox/isolation/received-state.ts'
import { maxImageBytes } from '../../../src/sandbox/snapshot/image.ts'
import type { SnapshotPlan } from '../../../src/sandbox/snapshot/plan.ts'
import { CAPTURE_PROBLEMS } from '../../../src/sandbox/snapshot/problem.ts'
import { brokerWith } from '../support/brokers.ts'
import type { Deed } from '../support/fake-jail.ts'
import { CELL_GONE, CELL_READY, ending, fakeCommand, READY } from '../support/fake-jails.ts'
import { capturable } from './support.ts'

const { spec, bytes } = capturable('(module (global (mut i32) (i32.const 1)))')
const PLAN: SnapshotPlan = spec.snapshots!
const limits = { wallClockMs: 60_000, cpuMs: 60_000, residentBytes: 2 ** 34 }
const received = { reports: 0, reportBytes: 0, inodes: 0, fileBytes: 0 }

let jails: Jails | undefined
afterEach(() => jails?.close())

/** What a host makes of a jail that does this when it is asked for the state, and of one that does it when a function is called. */
async function told(frame: number, deeds: readonly Deed[]) {
  const script = {
    [FRAME.load]: [ending()],
    [FRAME.terminate]: [CELL_GONE, CELL_READY],
    [frame]: deeds,
    start: [READY, CELL_READY],
  }
  jails = new Jails(() => JailProcess.start(fakeCommand(script)))
  const jail = await jails.take({ fresh: false, key: null })
  const housing = new Jailed(jail, jails, { limits, outputBytes: 0, received, exclusive: false }, brokerWith())
  await housing.load(spec, bytes)
  const capture = frame === FRAME.capture ? await housing.capture() : { activation: await housing.call('f', []), captured: null }
  return { ...capture, jail }
}
const piece = (text: string, times = 1): Deed => ({ frame: FRAME.image, text, times })
const problem = (value: object): Deed => ({ frame: FRAME.uncapturable, text: JSON.stringify(value) })
const OPEN = { problem: 'handles-open', place: 'handle 4 (file)' }

describe('a state that is asked for', () => {
  it('comes in pieces', async () => {
    const { captured, activation } = await told(FRAME.capture, [piece('ab'), piece('cd'), ending()])
    expect(activation.ending.kind).toBe('returned')
    expect(captured).toEqual({ image: new Uint8Array(Buffer.from('abcd')) })
  })

  it('or does not, and it is said why', async () => {
    const { captured } = await told(FRAME.capture, [problem(OPEN), ending()])
    expect(captured).toEqual(OPEN)
  })

  it.each([
    ['is longer than the state of such a guest can be', [piece('x'.repeat(150)), piece('y'.repeat(150)), ending()]],
    ['is cut into pieces of nothing', [piece(''), ending()]],
    ['is there and is not', [piece('a'), problem(OPEN), ending()]],
    ['is not and is there', [problem(OPEN), piece('a'), ending()]],
    ['is not there twice', [problem(OPEN), problem(OPEN), ending()]],
  ])('ends the jail if it %s', async (_, deeds) => {
    const { activation, jail } = await told(FRAME.capture, deeds)
    expect(activation).toMatchObject({
      ending: { kind: 'jail-lost' },
      events: expect.arrayContaining([expect.objectContaining({ what: 'state-not-asked-for' })]),
    })
    expect(jail.ended).not.toBeNull()
  })
})

it.each([
  ['a state', piece('a')],
  ['a reason', problem(OPEN)],
])('%s that nobody asked for ends the jail', async (_, deed) => {
  const { activation } = await told(FRAME.call, [deed, ending()])
  expect(activation).toMatchObject({ ending: { kind: 'jail-lost' } })
})

describe('a reason from a jail', () => {
  const decoded = (value: unknown) =>
    decodeJailFrame({ type: FRAME.uncapturable, payload: new TextEncoder().encode(JSON.stringify(value)) })

  it('is one of ours, and its place cannot be a text of the guest’s', () => {
    for (const code of CAPTURE_PROBLEMS)
      expect(decoded({ problem: code, place: 'table 3' })).toMatchObject({ why: { problem: code } })
    for (const bad of [
      { problem: 'else', place: '' },
      { problem: 'handles-open', place: 'x'.repeat(61) },
      { problem: 'handles-open', place: '\u001b[2J' },
      { problem: 'handles-open', place: 'SAFE' },
      { problem: 'handles-open', place: 7 },
      { problem: 'handles-open' },
      { ...OPEN, more: 1 },
      null,
      [],
    ])
      expect(() => decoded(bad)).toThrow(ProtocolError)
  })
})

describe('ReceivedState', () => {
  it('takes as much as there can be, and not a byte more', () => {
    const max = maxImageBytes(PLAN, { handles: 1 })
    const state = new ReceivedState(PLAN, 1)
    expect(state.addPiece(new Uint8Array(max - 1))).toBe(true)
    expect(state.addPiece(new Uint8Array(2))).toBe(false)
    expect(state.addPiece(new Uint8Array(1))).toBe(true)
    expect(state.take()).toEqual({ image: new Uint8Array(max) })
    expect(new ReceivedState(PLAN, 1).take()).toBeNull()
  })
})
