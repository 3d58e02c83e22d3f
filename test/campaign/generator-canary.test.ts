// The generators' canary: enough of them break through a host that does not hold, or that is said.
import { describe, expect, it } from 'vitest'
import type { AttackGenerator } from '../../src/campaign/generated.ts'
import { generatorCanary } from '../../src/campaign/generator-canary.ts'
import { toyAttack, toyTarget } from './toys.ts'

const generator = (name: string, word: string): AttackGenerator => ({
  name,
  family: 'toys',
  threats: ['LNK-01'],
  generate: (seed) => toyAttack(name, word, { origin: { kind: 'generated', generator: name, seed } }),
})
const canary = (words: readonly string[], more = {}) =>
  generatorCanary({
    generators: words.map((word, index) => generator(`${word}-${index}`, word)),
    target: toyTarget(),
    unenforced: [],
    seed: 7,
    parallel: 1,
    ...more,
  })

describe('the canary of the generators', () => {
  it('is content with three that break through', async () => {
    expect(await canary(['evil', 'sly', 'sly', 'sly', 'evil'])).toBeNull()
  })
  it('says when too few do', async () => {
    expect(await canary(['evil', 'sly', 'evil', 'evil'])).toMatch(
      /^of 4 generated attacks only those of 1 generators broke through toy-host/,
    )
  })
  it('says nothing when it was stopped', async () => {
    expect(await canary(['evil', 'evil', 'evil'], { signal: AbortSignal.abort() })).toBeNull()
  })
})
