// describeThrown and findingKey: what a finding is called, and when two are the same.
import { describe, expect, test } from 'vitest'
import { describeThrown, findingKey, framesOf, MAXIMUM_MESSAGE } from '../../../src/campaign/engines/finding-key.ts'

const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('looked at')
    },
  },
)

describe('describeThrown', () => {
  test('an error: name, message and frames', () => {
    const { kind, message, stack } = describeThrown(new RangeError('too far'))
    expect([kind, message]).toEqual(['throw', 'RangeError: too far'])
    expect(stack[0]).toMatch(/finding-key\.test\.ts/)
  })

  test.each<[string, unknown, string]>([
    ['a string', 'oops', 'thrown string: oops'],
    ['undefined', undefined, 'thrown undefined: undefined'],
    ['null', null, 'thrown object: null'],
    ['a symbol', Symbol('s'), 'thrown symbol: Symbol(s)'],
    ['a bigint', 3n, 'thrown bigint: 3'],
    ['a function', () => 1, 'thrown function'],
    ['an object without a prototype', Object.create(null), 'thrown object'],
    ['an object that throws when looked at', hostile, 'thrown object'],
    ['a message that is not text', { name: 'E', message: { toString: () => 'no' } }, 'E'],
    ['an empty message', Object.assign(new Error(''), { name: 'Empty' }), 'Empty'],
  ])('%s', (_name, thrown, message) => {
    expect(describeThrown(thrown)).toMatchObject({ kind: 'throw', message })
  })

  test('long messages and stacks are cut', () => {
    const long = { name: 'E', message: 'x'.repeat(10_000), stack: 'at f (a.js:1:1)\n'.repeat(1_000) }
    const { message, stack } = describeThrown(long)
    expect(message).toHaveLength(MAXIMUM_MESSAGE)
    expect(stack).toHaveLength(50)
  })
})

test('framesOf leaves the fuzzing machinery out', () => {
  const stack = [
    'Error: x',
    '    at check (file:///p/build/lib.js:18:17)',
    '    at file:///p/build/src/campaign/engines/journal.js:90:7',
    '    at fuzz (file:///tmp/a/.engine/gauntlet-entry.mjs:5:3)',
    '    at startFuzzing (/p/node_modules/@jazzer.js/core/dist/core.js:187:12)',
    '    at processTicksAndRejections (node:internal/process/task_queues:104:5)',
    'not a frame',
  ].join('\n')
  expect(framesOf(stack)).toEqual(['at check (file:///p/build/lib.js:18:17)'])
})

describe('findingKey', () => {
  const key = (message: string, ...stack: string[]): string => findingKey({ kind: 'throw', message, stack })

  test('names kind, message and innermost function with its file', () => {
    expect(key('Error: x', 'at check (file:///p/lib.js:18:17)')).toBe('throw|Error: x|check in lib.js')
  })

  test.each([
    ['numbers in the message', key('Error: at 12 of 0xFF'), key('Error: at 3 of 0x10')],
    ['line and column', key('E', 'at f (file:///p/a.js:1:2)'), key('E', 'at f (file:///p/a.js:30:4)')],
    ['the folder', key('E', 'at f (file:///p/a.js:1:2)'), key('E', 'at f (C:\\q\\a.js:1:2)')],
    ['outer frames', key('E', 'at f (a.js:1:2)', 'at g (a.js:5:1)'), key('E', 'at f (a.js:1:2)', 'at h (a.js:7:1)')],
    ['async', key('E', 'at async f (a.js:1:2)'), key('E', 'at f (a.js:1:2)')],
  ])('%s do not tell findings apart', (_name, one, other) => {
    expect(one).toBe(other)
  })

  test.each([
    ['the message', key('Error: a'), key('Error: b')],
    ['the function', key('E', 'at f (a.js:1:2)'), key('E', 'at g (a.js:1:2)')],
    ['the file', key('E', 'at f (a.js:1:2)'), key('E', 'at f (b.js:1:2)')],
    ['the kind', key('E'), findingKey({ kind: 'abort', message: 'E', stack: [] })],
    ['a stack or none', key('E', 'at file:///p/a.js:1:2'), key('E')],
  ])('%s does', (_name, one, other) => {
    expect(one).not.toBe(other)
  })

  test('a frame without a function still names its file', () => {
    expect(key('E', 'at file:///p/a.js:1:2')).toBe('throw|E|<anonymous> in a.js')
  })
})
