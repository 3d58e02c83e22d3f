// Overlays: what they add, switch off and map; and that a mistake in one is told with its own file and line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadThreatModel, type ThreatModel, ThreatModelError } from '../../src/threats/index.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'overlay-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const THREAT = `    title: A page is too long
    stride: [denial-of-service]
    cwe: [CWE-770]
    severity: {vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N', because: It stops.}
    description: It writes.
    requirement: It must not.
    detection: It is seen.
    falsePositives: None.
    needs: nothing
    provenance: [a test]
    evidence: [measured]
`
const WHOLE = `overlay: My host
controls:
  - {id: page-cap, title: Cap on pages, description: Pages end., paths: [lib/page.ts]}
boundaries:
  - {id: pages, group: PAG, title: Pages, between: [guest, operator], assets: [people], description: Text goes here.}
threats:
  - id: PAG-01
    boundary: pages
${THREAT}    controls: [page-cap]
switchOff:
  - {threat: LNK-01, reason: It links nothing.}
  - {boundary: network, reason: It has no network.}
map:
  - {threat: RES-01, controls: [page-cap]}
risks:
  - {id: later, threat: PAG-01, status: accepted, reason: Soon., owner: Jane Doe, ticket: T-1, date: 2026-01-01, expires: 2026-12-31}
`

let written = 0
function overlay(text: string): string {
  const path = join(dir, `overlay-${written++}.yaml`)
  writeFileSync(path, text)
  return path
}
function failure(...texts: string[]): ThreatModelError {
  try {
    loadThreatModel(undefined, texts.map(overlay))
  } catch (error) {
    if (error instanceof ThreatModelError) return error
    throw error
  }
  throw new Error('the broken overlay was accepted')
}

describe('an overlay', () => {
  const plain = loadThreatModel()
  let laid: ThreatModel
  beforeAll(() => {
    laid = loadThreatModel(undefined, [overlay(WHOLE)])
  })
  const threat = (id: string) => laid.threats.find((entry) => entry.id === id)!

  it('adds a boundary with its threats, in the place of its file', () => {
    expect(laid.boundaries.at(-1)).toMatchObject({ id: 'pages', group: 'PAG' })
    expect(laid.threats).toHaveLength(plain.threats.length + 1)
    expect(threat('PAG-01')).toMatchObject({ boundary: 'pages', line: 7, severity: { level: 'high' } })
    expect(threat('PAG-01').file).toMatch(/^overlay-\d+\.yaml$/)
  })

  it('switches off a threat, and all at a boundary, with the reason and its own name', () => {
    expect(laid.switchedOff[0]).toEqual({ threat: 'LNK-01', reason: 'It links nothing.', overlay: 'My host' })
    const network = plain.threats.filter(({ boundary }) => boundary === 'network').map(({ id }) => id)
    expect(laid.switchedOff.slice(1).map(({ threat: id }) => id)).toEqual(network)
  })

  it('maps a threat to the controls of its host, instead of those of the model', () => {
    expect(threat('RES-01')).toMatchObject({ controls: ['page-cap'], mappedTo: ['page-cap'] })
    expect(threat('RES-02')).not.toHaveProperty('mappedTo')
    expect(plain.threats.find(({ id }) => id === 'RES-01')!.controls).not.toContain('page-cap')
  })

  it('adds decisions about risks', () => {
    expect(laid.risks.at(-1)).toMatchObject({
      id: 'later',
      threat: 'PAG-01',
      line: WHOLE.split('\n').findIndex((text) => text.includes('{id: later')) + 1,
    })
  })

  it('is named in the model with its digest, and changes the digest of the model', () => {
    expect(laid.overlays).toEqual([
      { title: 'My host', file: expect.any(String), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    expect(laid.sha256).not.toBe(plain.sha256)
  })

  it('can name what an overlay below it has added', () => {
    const second = `overlay: Second\nmap:\n  - {threat: PAG-01, controls: [strict-reader]}\n`
    const both = loadThreatModel(undefined, [overlay(WHOLE), overlay(second)])
    expect(both.overlays.map(({ title }) => title)).toEqual(['My host', 'Second'])
    expect(both.threats.find(({ id }) => id === 'PAG-01')!.controls).toEqual(['strict-reader'])
  })
})

describe('an overlay with a mistake is refused', () => {
  it.each([
    ['an unknown key', 'overlay: X\nswitchoff: []\n', /:2: the file: Unrecognized key.*switchoff/],
    ['no title', 'map: []\n', /:1: overlay: /],
    [
      'a threat that is not there',
      'overlay: X\nswitchOff:\n  - {threat: LNK-99, reason: No.}\n',
      /:3: switchOff names "LNK-99", which is not a threat/,
    ],
    [
      'a boundary that is not there',
      'overlay: X\nswitchOff:\n  - {boundary: moon, reason: No.}\n',
      /:3: switchOff names "moon", which is not a boundary/,
    ],
    ['neither threat nor boundary', 'overlay: X\nswitchOff:\n  - {reason: No.}\n', /:3: switchOff\.0: must name either/],
    ['no reason', 'overlay: X\nswitchOff:\n  - {threat: LNK-01, reason: ""}\n', /:3: switchOff\.0\.reason: must not be empty/],
    [
      'a control that is not there',
      'overlay: X\nmap:\n  - {threat: LNK-01, controls: [moon]}\n',
      /:3: map names "moon", which is not a control/,
    ],
    [
      'a threat switched off twice',
      'overlay: X\nswitchOff:\n  - {boundary: network, reason: No.}\n  - {threat: NET-01, reason: No.}\n',
      /:4: threat NET-01 is switched off already on line 3/,
    ],
    [
      'a threat that is switched off and answered',
      'overlay: X\nswitchOff:\n  - {threat: LNK-01, reason: No.}\nmap:\n  - {threat: LNK-01, controls: [jail]}\n',
      /:5: threat LNK-01 is switched off, so nothing answers it/,
    ],
    [
      'an id of the model',
      'overlay: X\ncontrols:\n  - {id: jail, title: T, description: D, paths: []}\n',
      /:3: the id "jail" is used already at threat-model\/controls\.yaml:\d+/,
    ],
    [
      'a threat of another group',
      `overlay: X\nthreats:\n  - id: PAG-01\n    boundary: linking\n${THREAT}    controls: [jail]\n`,
      /:3: threat PAG-01 is not of group LNK/,
    ],
    [
      'a group that is taken',
      'overlay: X\nboundaries:\n  - {id: pages, group: LNK, title: T, between: [guest, host], assets: [people], description: D}\n',
      /the group LNK is that of boundary linking/,
    ],
  ])('%s', (_, text, message) => {
    const error = failure(text)
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/^overlay-\d+\.yaml:\d+: /)
  })

  it('a file that is not there', () => {
    expect(() => loadThreatModel(undefined, [join(dir, 'nowhere.yaml')])).toThrow(
      /^nowhere\.yaml:1: the file cannot be read \(ENOENT\)/,
    )
  })

  it('two overlays that contradict each other', () => {
    const one = 'overlay: A\nmap:\n  - {threat: LNK-01, controls: [jail]}\n'
    const other = 'overlay: B\nmap:\n  - {threat: LNK-01, controls: [cell]}\n'
    expect(failure(one, other).message).toMatch(/:3: threat LNK-01 is mapped already at overlay-\d+\.yaml:3; keep one of both/)
  })
})
