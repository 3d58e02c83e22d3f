// The reference pages name everything that there is, and their figures are those of the profiles.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'
import { parseSize } from '../../src/sandbox/policy/units.ts'

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

/** Cells of the row whose first cell is the quota's name. */
const row = (name: string) =>
  page('policy.md')
    .split('\n')
    .find((line) => line.startsWith(`| \`${name}\``))
    ?.split('|')
    .map((cell) => cell.trim())

describe('docs/policy.md', () => {
  const quotas = PROFILES.get('default')!.quotas
  for (const name of Object.keys(quotas).filter((n) => n !== 'imports' && n !== 'exports') as (keyof typeof quotas)[]) {
    it(`gives the figures of ${name}`, () => {
      const cells = row(name)
      expect(cells, `a row for ${name}`).toBeDefined()
      for (const [column, profile] of ['strict', 'default', 'relaxed'].entries()) {
        const text = cells![3 + column]!.replaceAll(',', '').replace(' ', '')
        expect(parseSize(text)).toBe(PROFILES.get(profile)!.quotas[name])
      }
    })
  }
})

describe('docs/refusals.md', () => {
  const source = readFileSync(new URL('../../src/sandbox/admission/refusal.ts', import.meta.url), 'utf8')
  const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map((match) => match[1]!)
  it('finds the codes', () => expect(codes.length).toBeGreaterThan(10))
  for (const code of codes) it(`has ${code}`, () => expect(page('refusals.md')).toMatch(new RegExp(`^\\| \`${code}\` +\\|`, 'm')))
})
