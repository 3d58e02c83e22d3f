// A question on a terminal: only what was typed after it answers it, and everything but yes is no.
import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { askYesNo, type Terminal } from '../../src/cli/ask.ts'
import type { Output } from '../../src/cli/terminal.ts'

/** A terminal whose user does what `script` says: typed at once, and typed once the question is there. */
function terminal(script: { before?: string[]; answer?: string | null; flood?: boolean }) {
  const events = new EventEmitter()
  const state = { raw: false, flowing: false, shown: '', modes: [] as boolean[] }
  const type = (text: string) => events.emit('data', Buffer.from(text))
  const waiting = [...(script.before ?? [])]
  const input = {
    setRawMode: (raw: boolean) => {
      state.raw = raw
      state.modes.push(raw)
      return input
    },
    on: (name: string, listener: (piece: Buffer) => void) => events.on(name, listener),
    off: (name: string, listener: (piece: Buffer) => void) => events.off(name, listener),
    resume: () => {
      state.flowing = true
      // Whole lines wait for a reader in line mode as well; half a line is only handed over in raw mode.
      setImmediate(() => {
        for (const text of waiting.splice(0)) if (state.raw || text.includes('\n')) type(text)
      })
      if (script.flood) setInterval(() => type('y\n'), 10).unref()
    },
    pause: () => {
      state.flowing = false
    },
  }
  const output = {
    write: (text: string) => {
      state.shown += text
      setImmediate(() => (script.answer === null ? events.emit('end') : script.answer !== undefined && type(script.answer)))
      return true
    },
  } as unknown as Output
  return { state, events, value: { input: input as unknown as Terminal['input'], output } }
}
const never = new AbortController().signal
const ask = (script: Parameters<typeof terminal>[0], signal = never) => askYesNo(terminal(script).value, 'Allow? ', signal)

describe('askYesNo', () => {
  it.each([
    ['y\n', true],
    ['yes\n', true],
    ['  Y \r\n', true],
    ['\n', false],
    ['n\n', false],
    ['yep\n', false],
    ['y y\n', false],
    ['\u001b[A\n', false],
  ])('takes %j for %s', async (answer, expected) => expect(await ask({ answer })).toBe(expected))

  it.each([
    ['a line', ['y\n']],
    ['lines', ['y\n', 'yes\n', 'y\n']],
    ['half a line', ['y']],
  ])('throws away %s that was typed before the question', async (_, before) => {
    expect(await ask({ before, answer: '\n' })).toBe(false)
    expect(await ask({ before, answer: 'n\n' })).toBe(false)
  })

  it('has no answer from an input that ends, that is endless, or that never is quiet', async () => {
    expect(await ask({ answer: null })).toBeNull()
    expect(await ask({ answer: 'y'.repeat(5000) })).toBeNull()
    const { value, state } = terminal({ flood: true })
    expect(await askYesNo(value, 'Allow? ', never)).toBeNull()
    expect(state.shown).toBe('')
  })

  it('has no answer when it is interrupted, before or after the question is shown', async () => {
    expect(await ask({ answer: 'y\n' }, AbortSignal.abort())).toBeNull()
    expect(await ask({ before: ['\u0003'], answer: 'y\n' })).toBeNull()
    expect(await ask({}, AbortSignal.timeout(400))).toBeNull()
  })

  it('leaves the terminal as it was, and nobody listening', async () => {
    const { value, state, events } = terminal({ before: ['x'], answer: 'y\n' })
    await askYesNo(value, 'Allow? ', never)
    expect(state).toMatchObject({ raw: false, flowing: false, modes: [true, false], shown: 'Allow? ' })
    expect([...events.eventNames()]).toEqual([])
  })
})
