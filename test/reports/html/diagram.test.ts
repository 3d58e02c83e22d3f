// The diagram of trust boundaries: everything has a place of its own, whatever the model.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Layout, LINK, type Link, layOut, PARTY } from '../../../src/reports/html/diagram-layout.ts'
import { reportHtml } from '../../../src/reports/html/report.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { sampleRecord } from '../sample-record.ts'
import { tagsOf } from './tags.ts'

const party = fc.constantFrom(...'abcdefgh')
const links = fc
  .array(fc.tuple(party, party), { minLength: 1, maxLength: 14 })
  .map((pairs) => pairs.filter(([from, to]) => from !== to).map(([from, to], index): Link => ({ id: `l${index}`, from, to })))

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const areas = ({ parties, links: boxes }: Layout): Area[] => [
  ...parties.map(({ x, y }) => ({ left: x, right: x + PARTY.width, top: y - PARTY.height / 2, bottom: y + PARTY.height / 2 })),
  ...boxes.map(({ x, y }) => ({ left: x, right: x + LINK.width, top: y - LINK.height / 2, bottom: y + LINK.height / 2 })),
]
const overlap = (a: Area, b: Area) => a.left < b.right && b.left < a.right && a.top < b.bottom - 1e-6 && b.top < a.bottom - 1e-6

describe('the layout', () => {
  it('puts nothing on top of anything, and all of it inside the picture', () => {
    fc.assert(
      fc.property(links, (list) => {
        const layout = layOut(list)
        const all = areas(layout)
        for (const [index, a] of all.entries()) {
          expect(a.left >= 0 && a.top >= 0 && a.right <= layout.width && a.bottom <= layout.height).toBe(true)
          expect(all.slice(index + 1).filter((b) => overlap(a, b))).toEqual([])
        }
      }),
    )
  })

  it('has every party and every boundary once', () => {
    fc.assert(
      fc.property(links, (list) => {
        const layout = layOut(list)
        expect(layout.links.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort())
        expect(layout.parties.map(({ id }) => id).sort()).toEqual([...new Set(list.flatMap(({ from, to }) => [from, to]))].sort())
      }),
    )
  })

  it('leads a line around the parties in between', () => {
    const layout = layOut([
      { id: 'short', from: 'a', to: 'b' },
      { id: 'shorter', from: 'b', to: 'c' },
      { id: 'long', from: 'a', to: 'c' },
    ])
    const between = layout.parties.find(({ id }) => id === 'b')!
    const [stop] = layout.links.find(({ id }) => id === 'long')!.via
    expect(stop!.x).toBe(between.x)
    expect(Math.abs(stop!.y - between.y)).toBeGreaterThan(PARTY.height / 2)
  })
})

describe('the diagram', () => {
  const picture = async (record = sampleRecord('findings')) =>
    /<svg class="diagram".*?\n<\/svg>/s.exec(await reportHtml(record))?.[0]

  it('leads from each boundary to its threats, and says how they stand in words', async () => {
    const record = sampleRecord('findings')
    const boxes = tagsOf((await picture(record))!).filter(({ name }) => name === 'a')
    expect(boxes.map(({ attributes }) => attributes.get('href')).sort()).toEqual(
      record.boundaries.map(({ id }) => `#boundary-${id}`).sort(),
    )
    const engine = boxes.find(({ attributes }) => attributes.get('href') === '#boundary-engine')!
    expect(engine.attributes.get('aria-label')).toBe('Engine: 10 not run')
  })

  it('is there without a described model, under the ids of the parties', async () => {
    const { model: _, ...record } = sampleRecord('findings')
    expect(await picture(record)).toContain('>guest-author</text>')
  })

  it('has an arrow for each direction in which something flows across a boundary, and none without a flow', async () => {
    const record = sampleRecord('findings')
    const flow = { id: 'one', title: 'One', description: '', from: 'guest', to: 'cell', boundary: 'linking', assets: [] }
    const arrows = async (flows: NonNullable<RunRecord['model']>['flows']) =>
      (await picture({ ...record, model: { ...record.model!, flows } }))!.match(/class="arrow"/g)?.length ?? 0
    expect(await arrows([])).toBe(0)
    expect(await arrows([flow, { ...flow, id: 'two' }])).toBe(1)
    expect(await arrows([flow, { ...flow, id: 'back', from: 'cell', to: 'guest' }])).toBe(2)
  })

  it('says who is not trusted without colour', async () => {
    expect(await picture()).toMatch(/<g class="party stranger"><title>Author of a module \(not trusted\)/)
  })

  it('is left out if there is no threat to show', async () => {
    expect(await picture({ ...sampleRecord('held'), threats: [] })).toBeUndefined()
  })
})
