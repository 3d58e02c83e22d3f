// Strict JSON: what two readers could take differently is refused, and hostile input takes no longer than honest input.
import { describe, expect, it } from 'vitest'
import { JsonError, parseStrictJson } from '../../../src/sandbox/policy/strict-json.ts'

describe('parseStrictJson', () => {
  it.each([
    ['{}', {}],
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['{"a":{"a":{"a":[]}}}', { a: { a: { a: [] } } }],
    ['{"a":"{\\"a\\":1,","b" : "a:"}', { a: '{"a":1,', b: 'a:' }],
    ['{"a":["b","b"],"b":"a"}', { a: ['b', 'b'], b: 'a' }],
    [' "\\\\" ', '\\'],
  ])('reads %s', (text, value) => expect(parseStrictJson(text)).toEqual(value))

  it.each([
    ['a key twice', '{"a":1,"b":2,"a":1}'],
    ['a key twice, spelt in two ways', '{"a":1,"\\u0061":2}'],
    ['a key twice, far down', '[{"x":[{"k":1,"k" \n: 2}]}]'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a lone surrogate', '["\\ud800"]'],
    ['a lone surrogate in a key', '{"\\udc00":1}'],
    ['17 levels', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{} // no'],
    ['a trailing comma', '[1,]'],
    ['two values', '{}{}'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => expect(() => parseStrictJson(text)).toThrow(JsonError))

  it('quotes nothing of the text in its message', () => {
    expect(() => parseStrictJson('{"\u001b[2J": nonsense')).toThrow(/^it is not JSON$/)
  })

  it.each([
    ['open brackets', '['.repeat(1_000_000)],
    ['nesting', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
    ['a string that does not end', `"${'\\"'.repeat(1_000_000)}`],
    ['a long string', `"${'\\"'.repeat(1_000_000)}" 1`],
  ])('refuses a megabyte of %s without a stack overflow', (_, text) => expect(() => parseStrictJson(text)).toThrow(JsonError))
})
