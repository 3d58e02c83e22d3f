// Lines of an audit log: one text for one value, and nothing else is accepted.
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BEGINNING, follow, linkOf, nextLine } from '../../../src/sandbox/audit/chain.ts'
import { canonical, hashOf, LineError, lineOf, MAX_LINE, parseLine } from '../../../src/sandbox/audit/line.ts'

const first = nextLine({ type: 'test', time: 1, text: 'é "\\\u2028\ud800' }, BEGINNING)
const bytes = (line: string) => new TextEncoder().encode(line)
/** A line around any text, with the right hash. */
const around = (body: string) => Uint8Array.from(Buffer.from(lineOf(body, hashOf(body)), 'latin1'))
const HEAD = `"seq":1,"previous":"${BEGINNING.hash}","type":"test","time":1`

describe('a line', () => {
  it('is ASCII, and gives back what was put in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (more) => {
        const well = Object.fromEntries(
          Object.entries(more).map(([key, value]) => [`x${key.toWellFormed()}`, value.toWellFormed()]),
        )
        const { line, link } = nextLine({ type: 'test', time: 1, ...well }, BEGINNING)
        expect(line).toMatch(/^[\x20-\x7e]+$/)
        const parsed = parseLine(bytes(line))
        expect({ ...parsed.value }).toMatchObject(well)
        expect(linkOf(parsed)).toEqual(link)
      }),
    )
  })

  it('has the SHA-256 of itself without its hash, as anybody can compute it', () => {
    const { line, link } = nextLine({ type: 'test', time: 1 }, BEGINNING)
    const input = line.replace(/,"hash":"[0-9a-f]{64}"\}$/, '}')
    expect(
      execFileSync(
        process.execPath,
        ['-e', 'process.stdin.pipe(require("crypto").createHash("sha256").setEncoding("hex")).pipe(process.stdout)'],
        { input },
      ).toString(),
    ).toBe(link.hash)
  })

  it.each([
    ['nothing', bytes(''), /hash/],
    ['text', bytes('hello'), /hash/],
    ['a hash in capitals', bytes(first.line.replace(/[0-9a-f]{64}"\}$/, (hash) => hash.toUpperCase())), /hash/],
    ['another hash', bytes(first.line.replace(/[0-9a-f]{64}"\}$/, `${'0'.repeat(64)}"}`)), /hash/],
    ['something behind it', bytes(`${first.line} `), /hash/],
    ['more than a line can have', around(`{${HEAD},"x":"${'x'.repeat(MAX_LINE)}"}`), /longer/],
    ['spaces', around(`{ ${HEAD}}`), /canonical/],
    ['a key twice', around(`{${HEAD},"a":1,"a":2}`), /JSON/],
    ['another spelling of a character', around(`{${HEAD},"a":"\\u0061"}`), /canonical/],
    ['another spelling of a number', around(`{${HEAD},"a":1.0}`), /canonical/],
    ['a character that is not ASCII', around(`{${HEAD},"a":"\u00e9"}`), /canonical/],
    ['no JSON', around(`{${HEAD},}`), /JSON/],
    ['no number', around(`{"previous":"${BEGINNING.hash}","type":"test","time":1}`), /lacks/],
    ['a number that is none', around(`{"seq":"1","previous":"${BEGINNING.hash}","type":"test","time":1}`), /lacks/],
    ['no type', around(`{"seq":1,"previous":"${BEGINNING.hash}","time":1}`), /lacks/],
  ])('is not %s', (_, line, why) => {
    expect(() => parseLine(line)).toThrow(LineError)
    expect(() => parseLine(line)).toThrow(why)
  })

  it('has nothing that is only on a polluted Object.prototype', () => {
    Object.defineProperty(Object.prototype, 'seq', { value: 1, configurable: true, writable: true, enumerable: true })
    try {
      const line = around(`{"previous":"${BEGINNING.hash}","type":"test","time":1}`)
      expect(() => parseLine(line)).toThrow(/lacks/)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'seq')
    }
  })

  it('follows only the line before it', () => {
    const second = nextLine({ type: 'test', time: 2 }, first.link)
    expect(linkOf(follow(bytes(second.line), first.link))).toEqual(second.link)
    expect(() => follow(bytes(second.line), BEGINNING)).toThrow(/has the number 2 where 1 follows/)
    expect(() => follow(bytes(second.line), { seq: 1, hash: 'f'.repeat(64) })).toThrow(/hashes differ/)
  })

  it('is written in one way only', () => {
    expect(canonical({ b: '\u007f\u2028', a: [1, null] })).toBe('{"b":"\\u007f\\u2028","a":[1,null]}')
  })
})
