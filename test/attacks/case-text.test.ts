// Cases as they are written: whatever is in a header, each of its keys is one line, and what is read back is what was written.
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Trial } from '../../src/attacks/attack.ts'
import { CaseTextError, caseText } from '../../src/attacks/case-text.ts'

const WAT = '(module (func (export "_start")))'
const noText = async () => null

async function source(expect: Trial['expect'], bytes?: Uint8Array) {
  const module = bytes ?? (await assemble(WAT))
  const trial = { bytes: module, run: {}, expect }
  const said = { title: 'Says much', threats: ['OUT-01'], provenance: 'measured', notices: 'text-neutralising' }
  return { id: 'OUT-01-says-much', ...said, attack: trial, twin: trial }
}

describe('the text of a case', () => {
  it.each([
    ['many lines of output', 'allowed!\n'.repeat(12)],
    ['text that YAML has other plans with', '- [a, {b: c}] # "no"\n\t\'x\': !!js &a *b\n---\n…'],
    ['characters that end lines for some', 'a\u2028b\u0085c\r\nd\u001b[2J\u202e'],
  ])('has a header of lines, also for %s', async (_, stdout) => {
    const written = await caseText(await source({ outcomes: ['completed'], stdout }), async () => WAT)
    expect(written.file).toBe('OUT-01-says-much.wat')
    expect(written.attack.expect.stdout).toBe(stdout)
    const lines = written.text.split(/[\n\r\u2028\u0085]/)
    expect(lines.filter((line) => line.includes('expect:'))).toHaveLength(2)
    expect(lines.every((line) => line === '' || line === WAT || line.startsWith(';;! '))).toBe(true)
  })

  it('is a recipe with the bytes, where text cannot say them', async () => {
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)
    const written = await caseText(await source({ outcomes: ['refused'] }, bytes), noText)
    expect(written.file).toBe('OUT-01-says-much.yaml')
    expect([...written.attack.bytes]).toEqual([...bytes])
  })

  it('is not written for modules that nobody could read', async () => {
    const large = await source({ outcomes: ['refused'] }, new Uint8Array(40_000))
    await expect(caseText(large, noText)).rejects.toThrow(CaseTextError)
  })
})
