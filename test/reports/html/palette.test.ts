// The colours: text can be read on every ground that it stands on, by day, by night and on paper.
import { describe, expect, it } from 'vitest'
import { STYLE } from '../../../src/reports/html/style.ts'

const SCHEMES = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, block]) => new Map([...block!.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!])),
)
const TEXT = ['ink', 'quiet', 'link', 'passed', 'failed', 'needs-review', 'unknown', 'not-run', 'not-applicable']
/** What stands on which ground: all text on paper and raised grounds, a verdict's text on its own ground, ink and links on a row that is pointed at. */
const GROUNDS = [
  ...TEXT.flatMap((text) => [
    [text, 'paper'],
    [text, 'raised'],
  ]),
  ...['ink', 'failed'].map((text) => [text, 'failed-ground']),
  ...['ink', 'passed'].map((text) => [text, 'passed-ground']),
  ...['ink', 'link', 'quiet', 'needs-review', 'passed', 'failed'].map((text) => [text, 'review-ground']),
] as [string, string][]

/** Relative luminance, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

describe.each([
  ['by day', 0],
  ['by night', 1],
  ['on paper', 2],
])('colours %s', (_, index) => {
  const scheme = SCHEMES[index]!

  it('have a contrast of at least 4.5 to 1 for text', () => {
    const weak = GROUNDS.map(([text, ground]) => ({
      text,
      ground,
      contrast: contrast(scheme.get(text)!, scheme.get(ground)!),
    })).filter((pair) => !(pair.contrast >= 4.5))
    expect(weak).toEqual([])
  })
})

it('has three schemes, each with the same names', () => {
  expect(SCHEMES).toHaveLength(3)
  for (const scheme of SCHEMES) expect([...scheme.keys()]).toEqual([...SCHEMES[0]!.keys()])
})
