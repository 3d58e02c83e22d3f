// The results as one picture: bars on a logarithmic axis, because a chamber and a program are four orders of magnitude apart.
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
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

const panel = (title: string, bars: readonly Bar[]) => ({
  title,
  width: 620,
  height: { step: 14 },
  data: { values: [...bars] },
  mark: { type: 'bar' as const, tooltip: false },
  encoding: {
    y: { field: 'what', type: 'nominal' as const, title: null, sort: null },
    yOffset: { field: 'how' },
    x: { field: 'value', type: 'quantitative' as const, title: null, scale: { type: 'log' as const, domainMin: 1 } },
    color: { field: 'how', type: 'nominal' as const, title: null },
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
    vconcat: panels(results),
    resolve: { scale: { color: 'independent', x: 'independent', y: 'independent' } },
  }
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}
