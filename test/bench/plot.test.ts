// The picture of the attack engine's speed: a bar is there for each figure, and longer for a larger one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plot } from '../../bench/fuzz/plot.ts'
import { resultsSchema } from '../../bench/results.ts'

const sample = resultsSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'bench', 'results', 'sample-fuzz.json'), 'utf8')),
)

/** Lengths of the bars. */
const barsOf = (svg: string): number[] =>
  [...svg.matchAll(/aria-roledescription="bar" d="M[-\d.,]+h([-\d.]+)v/g)].map(([, length]) => Number(length))

describe('the plot', () => {
  it('draws every figure', async () => {
    const rows = sample.rows.filter(({ id }) => id.startsWith('target/'))
    const bars = barsOf(await plot({ ...sample, rows }))
    expect(bars.length).toBeGreaterThanOrEqual(2 * rows.length)
    expect(Math.min(...bars)).toBeGreaterThan(10)
  })
  it('draws larger ones longer, less than one a second too', async () => {
    const [row] = sample.rows.filter(({ id }) => id === 'chambers')
    const figure = (median: number) => ({ ...row!.ours, median })
    const rows = [{ ...row!, ours: figure(0.5), rivals: { other: figure(500) } }]
    const [shorter, longer] = barsOf(await plot({ ...sample, rows })).toSorted((a, b) => a - b)
    expect(shorter).toBeGreaterThan(0)
    expect(longer).toBeGreaterThan(2 * shorter!)
  })
})
