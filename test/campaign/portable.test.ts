// Words that stand for a whole finding: what goes in comes out, and what was damaged on the way is never taken for something else.
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { GENERATORS } from '../../src/attacks/registry.ts'
import {
  isSame,
  MAX_PORTABLE,
  portableAttack,
  portableInput,
  portableProperty,
  portableTrial,
  readPortable,
} from '../../src/campaign/portable.ts'
import type { StoredTrial } from '../../src/campaign/trial-file.ts'
import { toyAttack } from './toys.ts'

const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
const stored: StoredTrial = {
  attack: 'links@17',
  target: 'bare',
  threats: ['LNK-01'],
  trial: {
    run: { calls: [{ call: 'run', args: [1, 5n, Number.NaN] }], stdin: Uint8Array.of(0, 255), limits: { wallClockMs: 500 } },
    expect: { outcomes: ['refused'], events: ['module-refused'] },
  },
  twin: { bytes: Uint8Array.of(1, 2, 3), run: {}, expect: { outcomes: ['completed'] } },
}

describe('a trial', () => {
  const word = portableTrial(stored, bytes)!
  it('is one word with its module and its twin', () => {
    expect(word).toMatch(/^trial:[\w-]+$/)
    expect(word.length).toBeLessThan(600)
    expect(readPortable(word)).toEqual({ kind: 'trial', stored, bytes })
  })
  it('names an adapter without its folder, which is another one elsewhere', () => {
    const word = portableTrial({ ...stored, target: '/home/somebody/my-host.ts' }, bytes)!
    expect(readPortable(word)).toMatchObject({ stored: { target: 'my-host.ts' } })
  })
  it('does not survive damage', () => {
    for (const broken of [word.slice(0, -3), `${word.slice(0, 40)}A${word.slice(41)}`, 'trial:', 'trial:AAAA'])
      expect(() => readPortable(broken), broken).toThrow(/damaged|no trial/)
  })
  it('is given up if no command line would take it', () => {
    const noise = new Uint8Array(randomBytes(MAX_PORTABLE))
    expect(portableTrial(stored, noise)).toBeNull()
  })
})

it('does not unfold without bound', async () => {
  const { deflateSync } = await import('node:zlib')
  const bomb = deflateSync(Buffer.alloc(65 * 2 ** 20)).toString('base64url')
  expect(() => readPortable(`input:reader:${bomb}`)).toThrow(/damaged/)
})

describe('a generated attack', () => {
  it('is its seed and the digest of what it was', async () => {
    const attack = await GENERATORS[0]!.generate(17)
    const word = portableAttack(attack, 'bare')!
    expect(word).toMatch(new RegExp(`^generator:${GENERATORS[0]!.name}@17#[0-9a-f]{8}/bare$`))
    const read = readPortable(word)
    expect(read).toMatchObject({ kind: 'generated', from: { seed: 17 }, target: 'bare' })
    if (read?.kind !== 'generated' || read.digest === null) throw new Error('no digest')
    expect(isSame(attack.bytes, read.digest)).toBe(true)
    expect(isSame(attack.twin.bytes, read.digest)).toBe(false)
  })
  it('can be written by hand, without digest and target', () => {
    expect(readPortable('generator:links@17')).toMatchObject({
      generator: 'links',
      from: { seed: 17 },
      digest: null,
      target: null,
    })
    expect(readPortable('generator:links@0x00ff')).toMatchObject({ from: { bytes: Uint8Array.of(0, 255) } })
  })
})

it('is a name for a case of the corpus, with any built-in target', () => {
  expect(portableAttack(toyAttack('LNK-01-x', 'evil'), 'node:wasi')).toBe('case:LNK-01-x/node:wasi')
  expect(readPortable('case:LNK-01-x/node:wasi')).toEqual({ kind: 'case', id: 'LNK-01-x', target: 'node:wasi' })
})

it('holds properties and inputs', () => {
  expect(readPortable(portableProperty('host-calls', 42))).toEqual({ kind: 'property', property: 'host-calls', seed: 42 })
  expect(readPortable(portableInput('reader', Uint8Array.of(1, 2))!)).toEqual({
    kind: 'input',
    target: 'reader',
    input: Uint8Array.of(1, 2),
  })
})

it.each(['generator:', 'generator:x@', 'generator:x@1#zz', 'property:x', 'input:x', 'case:../x'])(
  'says what is wrong with %j',
  (word) => expect(() => readPortable(word)).toThrow(/is not understood; write /),
)
it.each(['4be1c0a97d21', 'corpus/LNK-01-x.wat', 'C:\\x.json', 'nothing'])('leaves %j to others', (word) =>
  expect(readPortable(word)).toBeNull(),
)
