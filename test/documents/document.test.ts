// A text that two readers could take differently is no document.
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../src/documents/document.ts'

describe('a document', () => {
  it('is YAML or JSON, and has its keys as its own', () => {
    expect(readDocument('a: [1, no]')).toEqual({ value: { a: [1, 'no'] } })
    const read = readDocument('{"__proto__": {"a": 1}}') as { value: object }
    expect(Object.keys(read.value)).toEqual(['__proto__'])
    expect('a' in read.value).toBe(false)
  })

  it.each([
    ['a key twice', 'a: 1\na: 2', /unique/],
    ['a key twice, once with an escape', '{"a": 1, "\\u0061": 2}', /unique/],
    ['an alias', 'a: &x {b: 1}\nc: *x', /alias/],
    ['a second document', 'a: 1\n---\na: 2', /multiple documents/],
    ['another version of YAML', '%YAML 1.1\n---\na: no', /another version/],
    ['a tag that nobody knows', 'a: !secret 1', /tag/],
    ['nothing that is closed', '{"a": 1', /./],
  ])('has not %s', (_, text, problem) => {
    expect(readDocument(text)).toEqual({ problem: expect.stringMatching(problem) })
  })
})
