// The pool of literals: they come into programs, and one more in the host changes what few inputs mean.
import { describe, expect, it } from 'vitest'
import { decodeProgram } from '../../../src/attacks/executor/decode.ts'
import { NO_LITERALS, nextLiteral, poolOf } from '../../../src/attacks/executor/pool.ts'
import { formatProgram } from '../../../src/attacks/executor/text.ts'
import { Random } from '../../../src/attacks/random.ts'

const inputs = Array.from({ length: 1500 }, (_, seed) => {
  const random = new Random(seed)
  return Uint8Array.from({ length: 120 }, () => random.below(256))
})
const textsWith = (pool: typeof NO_LITERALS) => inputs.map((input) => formatProgram(decodeProgram(input, 65_536, pool)))

describe('the pool of literals', () => {
  it('comes into programs as texts and as numbers, exactly and just beside', () => {
    const all = textsWith(poolOf(['sesame'], [String(0x1234_5678), String(0xfeed_0000_0000n)])).join('\n')
    for (const literal of ['"sesame"', '=0x12345678', '=0x12345677', '=0x12345679', '=0xfeed00000000'])
      expect(all).toContain(literal)
    expect(textsWith(NO_LITERALS).join('\n')).not.toContain('0x12345678')
  })

  it('gives most inputs the same literal when another one comes in', () => {
    const names = Array.from({ length: 200 }, (_, i) => `literal ${i}`)
    const selectors = Array.from({ length: 2000 }, (_, i) => i * 32)
    const with200 = poolOf(names, []).texts
    const with201 = poolOf([...names, 'one more'], []).texts
    const same = selectors.filter(
      (selector) =>
        nextLiteral(with200, selector) === undefined ||
        String(nextLiteral(with200, selector)) === String(nextLiteral(with201, selector)),
    )
    expect(same.length).toBeGreaterThan(1900)
    expect(nextLiteral(NO_LITERALS.texts, 7)).toBeUndefined()
  })
})
