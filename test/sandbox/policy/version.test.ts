// The order of versions is semver's.
import { describe, expect, it } from 'vitest'
import { compareVersions } from '../../../src/sandbox/policy/version.ts'

// The example of semver.org, section 11, and what is easily got wrong.
const ASCENDING = [
  '0.9.10',
  '1.0.0-0',
  '1.0.0-9',
  '1.0.0-10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.9.0',
  '1.10.0',
  '2.0.0',
]

describe('compareVersions', () => {
  it('puts every version after all that are older', () => {
    for (const [i, a] of ASCENDING.entries())
      for (const [j, b] of ASCENDING.entries()) expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j))
  })

  it('does not look at build metadata', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0)
    expect(compareVersions('1.0.0-a+1', '1.0.0-a')).toBe(0)
  })
})
