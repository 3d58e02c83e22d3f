// The trust boundaries as a drawing: who stands on which side, what crosses, and how the threats on each boundary stand.
import { count, RESULT_ORDER, RESULT_WORD } from '../results.ts'
import type { ModelRecord, RunRecord } from '../run-record.ts'
import { type BoundaryRow, threatsByBoundary } from './coverage-picture.ts'
import { LINK, type LinkBox, layOut, PARTY } from './diagram-layout.ts'
import { fold, scrollTable } from './tables.ts'
import { anchor, type Content, html, type Markup } from './template.ts'

/** A picture of more than these could not be read; the table of the boundaries has them all. */
const DRAWN = 40

export function boundaryDiagram(record: RunRecord): Markup | null {
  const rows = threatsByBoundary(record)
    .filter((row) => row.between.length === 2 && row.between[0] !== row.between[1])
    .slice(0, DRAWN)
  if (rows.length === 0 || record.threats.length === 0) return null
  const byId = new Map(rows.map((row) => [row.id, row]))
  const layout = layOut(rows.map(({ id, between }) => ({ id, from: between[0]!, to: between[1]! })))
  const place = new Map(layout.parties.map((box) => [box.id, box]))
  const size = `0 0 ${Math.ceil(layout.width)} ${Math.ceil(layout.height)}`
  const label = `Trust boundaries: ${count(layout.parties.length, 'party', 'parties')} and ${count(rows.length, 'boundary', 'boundaries')} between them. The tables below say the same in words.`
  return html`<h3 id="boundaries">Trust boundaries</h3>
<p class="quiet small">A square box is a part of the system, a rounded one somebody outside of it; a dotted edge says that nothing which comes from there is trusted. Each dashed box is a boundary, with its threats by result; an arrow says from which side something flows across it.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Diagram of the trust boundaries"><svg class="diagram" viewBox="${size}" width="${String(Math.ceil(layout.width))}" role="group" aria-label="${label}">
${layout.links.map((box) => lines(box, byId.get(box.id)!, place, record.model))}
${layout.parties.map((box) => party(box, record.model))}
${layout.links.map((box) => boundary(box, byId.get(box.id)!))}
</svg></div>
${flows(record)}`
}

interface Place {
  readonly x: number
  readonly y: number
}

function lines(box: LinkBox, row: BoundaryRow, place: ReadonlyMap<string, Place>, model: ModelRecord | undefined): Markup {
  const [from, to] = [row.between[0]!, row.between[1]!]
  const crossing = (model?.flows ?? []).filter((flow) => flow.boundary === row.id)
  const forth = crossing.some((flow) => flow.from === from || flow.to === to)
  const back = crossing.some((flow) => flow.from === to || flow.to === from)
  const left = rightOf(place.get(from))
  const right = leftOf(place.get(to))
  const stops = box.via.flatMap(({ x, y }) => [
    { x, y },
    { x: x + PARTY.width, y },
  ])
  const start = { x: box.x + LINK.width, y: box.y }
  const way = [start, ...stops, right].map((point, index, all) => (index === 0 ? moveTo(point) : curve(all[index - 1]!, point)))
  return html`<path class="way" d="${moveTo(left)}${curve(left, { x: box.x, y: box.y })}${way.join('')}"/>${forth && arrow({ x: box.x, y: box.y }, 1)}${back && arrow(start, -1)}
`
}

const rightOf = (at: Place | undefined): Place => ({ x: (at?.x ?? 0) + PARTY.width, y: at?.y ?? 0 })
const leftOf = (at: Place | undefined): Place => ({ x: at?.x ?? 0, y: at?.y ?? 0 })
const moveTo = ({ x, y }: Place): string => `M${round(x)} ${round(y)}`
const round = (number: number): number => Math.round(number * 10) / 10

function curve(a: Place, b: Place): string {
  const middle = round((a.x + b.x) / 2)
  return `C${middle} ${round(a.y)} ${middle} ${round(b.y)} ${round(b.x)} ${round(b.y)}`
}

/** At the boundary, not at the party, where many lines meet. */
function arrow({ x, y }: Place, direction: 1 | -1): Markup {
  const back = round(x - 9 * direction)
  return html`<path class="arrow" d="M${String(round(x))} ${String(round(y))}L${String(back)} ${String(round(y - 5))}V${String(round(y + 5))}z"/>`
}

function party({ id, x, y }: { readonly id: string } & Place, model: ModelRecord | undefined): Markup {
  const actor = model?.actors.find((one) => one.id === id)
  const zone = model?.zones.find((one) => one.id === id)
  const kind = actor === undefined ? 'part of the system' : actor.trusted ? 'trusted' : 'not trusted'
  const title = actor?.title ?? zone?.title ?? id
  const box = { x, y: y - PARTY.height / 2 }
  return html`<g class="party ${actor !== undefined && !actor.trusted && 'stranger'}"><title>${title} (${kind})${actor || zone ? `: ${actor?.description ?? zone?.description}` : ''}</title>
<rect x="${num(box.x)}" y="${num(box.y)}" width="${num(PARTY.width)}" height="${num(PARTY.height)}" rx="${actor === undefined ? '2' : '24'}"/>
${wrapped(title, x + PARTY.width / 2, y, 17, 2)}</g>
`
}

function boundary({ x, y }: LinkBox, row: BoundaryRow): Markup {
  const counts = RESULT_ORDER.map((result) => ({
    result,
    number: row.threats.filter((threat) => threat.result === result).length,
  })).filter(({ number }) => number > 0)
  const words = counts.map(({ result, number }) => `${number} ${RESULT_WORD[result]}`).join(', ')
  const step = Math.min(50, LINK.width / Math.max(1, counts.length))
  const first = x + (LINK.width - step * counts.length) / 2 + (step - 38) / 2
  return html`<a href="#${anchor('boundary', row.id)}" aria-label="${row.title}: ${words || 'no threat'}"><title>${row.title}: ${words || 'no threat'}</title>
<rect class="boundary" x="${num(x)}" y="${num(y - LINK.height / 2)}" width="${num(LINK.width)}" height="${num(LINK.height)}" rx="4"/>
${wrapped(row.title, x + LINK.width / 2, y - 12, 30, 1)}
${counts.map(({ result, number }, index) => html`<svg class="r-${result}" x="${num(first + step * index)}" y="${num(y + 4)}" width="15" height="15"><use href="#mark-${result}"/></svg><text class="r-${result}" x="${num(first + step * index + 19)}" y="${num(y + 16)}">${number}</text>`)}</a>
`
}

const num = (value: number): string => String(round(value))

/** Words on lines, centred on a height. What does not fit is cut: the title of the element has all of it. */
function wrapped(text: string, x: number, y: number, width: number, most: number): Markup {
  const rows: string[] = []
  for (const word of text.split(' ')) {
    const last = rows.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= width) rows[rows.length - 1] = `${last} ${word}`
    else rows.push(word)
  }
  const kept = rows.slice(0, most).map((row, index) => {
    const more = index === most - 1 && rows.length > most
    return row.length > width || more ? `${row.slice(0, width - 1)}…` : row
  })
  return html`${kept.map((row, index): Content => html`<text class="middle" x="${num(x)}" y="${num(y + 5 + 16 * (index - (kept.length - 1) / 2))}">${row}</text>`)}`
}

function flows({ model, boundaries }: RunRecord): Markup | null {
  if (!model || model.flows.length === 0) return null
  const name = new Map([...model.actors, ...model.zones, ...model.assets].map(({ id, title }) => [id, title]))
  const named = (id: string) => name.get(id) ?? id
  const titles = new Map(boundaries.map(({ id, title }) => [id, title]))
  const rows = model.flows.map(
    (flow) => html`<tr><th scope="row" class="wide">${flow.title}<div class="quiet small">${flow.description}</div></th>
<td data-label="From">${named(flow.from)}</td><td data-label="To">${named(flow.to)}</td>
<td data-label="Boundary"><a href="#${anchor('boundary', flow.boundary)}">${titles.get(flow.boundary) ?? flow.boundary}</a></td><td data-label="Assets">${flow.assets.map(named).join(', ')}</td></tr>
`,
  )
  return fold(
    'What flows across the boundaries',
    count(rows.length, 'flow'),
    scrollTable('Flows', ['Flow', 'From', 'To', 'Boundary', 'Assets'], rows),
  )
}
