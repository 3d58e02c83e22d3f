// Calls that nothing stands behind.
import { describe, expect, it } from 'vitest'
import { harness } from '../../support/calls.ts'

const [BADF, NOTSOCK, NOTSUP] = [8, 57, 58]

describe('proc_raise', () => {
  it('raises no signal, whichever it is', () => {
    const made = harness()
    for (const signal of [0, 1, 9, 15, 255, -1]) expect(made.call('proc_raise', signal)).toBe(NOTSUP)
    expect(made.context.death).toBeNull()
  })
})

describe('sock_accept', () => {
  it('accepts nothing, on sockets neither', () => {
    const made = harness()
    const socket = made.context.handles.open({ kind: 'socket', id: 1, rights: { base: -1n, inheriting: 0n }, flags: 0 })
    expect([
      made.call('sock_accept', 1, 0, 1000),
      made.call('sock_accept', 99, 0, 1000),
      made.call('sock_accept', socket, 0, 1000),
    ]).toEqual([NOTSOCK, BADF, NOTSUP])
    expect(made.requests).toEqual([])
  })
})
