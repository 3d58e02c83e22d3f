// gauntlet threats: the list, one entry in full, and the same as JSON.
import { beforeAll, describe, expect, it } from 'vitest'
import { loadThreatModel } from '../../src/threats/index.ts'
import { type Ended, gauntlet } from './spawn.ts'

const model = loadThreatModel()

describe('gauntlet threats', () => {
  let all: Ended
  beforeAll(async () => {
    all = await gauntlet(['threats'])
  })

  it('lists every threat once, below its boundary', () => {
    const ids = [...all.stdout.matchAll(/^ {2}([A-Z]{3}-\d\d) /gm)].map((match) => match[1])
    expect(ids).toEqual(model.threats.map(({ id }) => id))
    for (const { id } of model.boundaries) expect(all.stdout).toMatch(new RegExp(`^${id} `, 'm'))
    expect(all.code).toBe(0)
  })

  it('counts controls that are built, and corpus cases', () => {
    const isBuilt = (control: string) => model.controls.find(({ id }) => id === control)!.paths.length > 0
    const threat = model.threats.find(({ controls }) => controls.some(isBuilt) && !controls.every(isBuilt))!
    const built = threat.controls.filter(isBuilt).length
    expect(all.stdout).toMatch(new RegExp(`^ {2}${threat.id} .* ${built} of ${threat.controls.length} controls built, `, 'm'))
    expect(all.stdout).toMatch(/^ {2}LNK-01 .* [1-9]\d* corpus cases$/m)
  })
})

it('keeps to one boundary', async () => {
  const ended = await gauntlet(['threats', '--boundary', 'linking', '--json'])
  const listed = JSON.parse(ended.stdout) as { id: string }[]
  expect(listed.map(({ id }) => id)).toEqual(model.threats.filter(({ boundary }) => boundary === 'linking').map(({ id }) => id))
})

describe('one threat', () => {
  it('is shown in full, in lower case too', async () => {
    const ended = await gauntlet(['threats', 'lnk-01'])
    const threat = model.threats.find(({ id }) => id === 'LNK-01')!
    const flat = ended.stdout.replace(/\s+/g, ' ')
    for (const part of [
      threat.title,
      threat.description,
      threat.requirement,
      ...threat.cwe,
      ...threat.stride,
      `${threat.file}:${threat.line}`,
    ]) {
      expect(flat).toContain(part.replace(/\s+/g, ' '))
    }
    expect(ended.stdout).toContain('null-prototype-linking: Import tables without prototypes (src/sandbox/host/link.ts)')
    expect(Math.max(...ended.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130)
  })

  it('is an object with --json', async () => {
    const ended = await gauntlet(['threats', 'CTL-01', '--json'])
    expect(JSON.parse(ended.stdout)).toMatchObject({
      id: 'CTL-01',
      boundary: 'control-transfer',
      answeredBy: [{ id: 'uncatchable-kill', built: true }, {}, {}, {}],
    })
  })

  it('must be at the boundary that is asked for', async () => {
    expect((await gauntlet(['threats', 'LNK-01', '--boundary', 'network'])).code).toBe(64)
  })
})
