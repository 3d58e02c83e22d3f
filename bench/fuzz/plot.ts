// The results as one picture: bars on a logarithmic axis, because a chamber and a program are four orders of magnitude apart.
import type { TopLevelSpec } from 'vega-lite'
import { plotFile } from '../../src/reports/html/plot.ts'
import type { Results } from '../results.ts'
import { readProof, slowestFirst } from './detection.ts'

interface Bar {
  readonly what: string
  readonly how: string
  readonly value: number
}

const PANELS: readonly (readonly [prefix: string, title: string, ours: string])[] = [
  ['target/', 'Coverage-guided targets, executions per second', 'with coverage'],
  ['executor/', 'Programs of host calls per second, by family', 'calls alone'],
  ['modules', 'Modules per second', 'own writer'],
  ['generator/', 'Attacks per second, with their twins', 'generator'],
  ['chambers', 'Trials per second', 'a chamber each'],
]

/** Where the axis begins. Chambers on a busy machine come to less than one a second. */
const LEAST = 0.1

const panel = (title: string, bars: readonly Bar[]) => ({
  title,
  width: 620,
  height: { step: 14 },
  data: { values: [...bars] },
  mark: { type: 'bar' as const, tooltip: false },
  encoding: {
    y: { field: 'what', type: 'nominal' as const, title: null, sort: null },
    yOffset: { field: 'how' },
    x: { field: 'value', type: 'quantitative' as const, title: null, scale: { type: 'log' as const, domainMin: LEAST } },
    // Bars begin at zero if nothing is said, and a logarithmic axis has no zero: nothing at all would be drawn.
    x2: { datum: LEAST },
    color: { field: 'how', type: 'nominal' as const, title: null, legend: { labelLimit: 420 } },
  },
})

function panels({ rows }: Results) {
  const all = PANELS.flatMap(([prefix, title, ours]) => {
    const bars = rows
      .filter(({ id }) => id.startsWith(prefix))
      .flatMap(({ id, ours: { median }, rivals }): Bar[] => {
        const what = id.slice(id.indexOf('/') + 1)
        const others = Object.entries(rivals).map(([how, figure]) => ({ what, how, value: figure.median }))
        return [{ what, how: ours, value: median }, ...others]
      })
      // There is no place for zero on the axis.
      .filter(({ value }) => value > 0)
    return bars.length > 0 ? [panel(title, bars)] : []
  })
  const proof = readProof()
  if (!proof) return all
  const found = slowestFirst(proof).map(({ id, ms }) => ({ what: id, how: 'found', value: ms }))
  return [...all, panel('Milliseconds until a weakening was found', found)]
}

/** The picture as SVG text. */
export async function plot(results: Results): Promise<string> {
  const spec: TopLevelSpec = {
    background: 'white',
    config: { axisY: { labelLimit: 300 } },
    vconcat: panels(results),
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
  }
  return await plotFile(spec)
}
