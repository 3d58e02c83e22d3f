// Plots without a browser, by vega-lite. It is loaded when the first plot is drawn, so that whoever imports the gauntlet does not pay for it.
import type { TopLevelSpec } from 'vega-lite'
import { html, type Markup, trusted } from './template.ts'

/** A plot as the text of an SVG file. */
export async function plotFile(spec: TopLevelSpec): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** What may be plotted in a page: numbers. With no text of a record in it, the drawing cannot carry any, whatever the library escapes. */
export type Point = Readonly<Record<string, number | null>>

const AXIS = {
  labelColor: 'currentColor',
  titleColor: 'currentColor',
  tickColor: 'currentColor',
  domainColor: 'currentColor',
  gridColor: 'currentColor',
  gridOpacity: 0.14,
  domainOpacity: 0.4,
  tickOpacity: 0.4,
  labelFontSize: 11,
  titleFontSize: 11,
  titleFontWeight: 'normal',
  // Each label would be read out one by one; the picture has one label for all, and a table beside it.
  aria: false,
} as const

/** A plot as part of a page: in the page's own colours, with one label for those who do not see it. */
export async function plot(spec: Readonly<Record<string, unknown>>, points: readonly Point[], label: string): Promise<Markup> {
  const whole = {
    ...spec,
    background: null,
    data: { values: [...points] },
    config: { view: { stroke: null }, axis: AXIS, aria: false, font: 'inherit' },
  } as unknown as TopLevelSpec
  const drawn = await plotFile(whole)
  const size = /viewBox="([0-9. -]+)"/.exec(drawn)?.[1] ?? '0 0 1 1'
  const inside = drawn
    .slice(drawn.indexOf('>') + 1, drawn.lastIndexOf('</svg>'))
    // Names of classes and roles are the library's, not the page's; a hundredth of a pixel is enough.
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events|font-family)="[^"]*"/g, '')
    .replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
  return html`<svg class="plot" role="img" viewBox="${size}" width="${size.split(' ')[2]}" aria-label="${label}">${trusted(inside)}</svg>`
}
