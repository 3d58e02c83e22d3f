// The loader: a mistake in any file is refused with file, line and remedy.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadThreatModel, THREAT_MODEL_DIR, ThreatModelError } from '../../src/threats/index.ts'

let root: string
let dir: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'threats-'))
  dir = join(root, 'threat-model')
  cpSync(THREAT_MODEL_DIR, dir, { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function edit(file: string, find: string | RegExp, replace: string): number {
  const path = join(dir, file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(find, replace)
  expect(after, `the test's edit of ${file} found nothing`).not.toBe(before)
  writeFileSync(path, after)
  const lines = before.split('\n')
  return after.split('\n').findIndex((line, index) => line !== lines[index]) + 1
}

function failure(): ThreatModelError {
  try {
    loadThreatModel(dir)
  } catch (error) {
    if (error instanceof ThreatModelError) return error
    throw error
  }
  throw new Error('the broken model was accepted')
}

const RISK = `risks:
  - id: slow
    threat: RES-02
    status: accepted
    reason: It is slow.
    owner: Jane Doe
    ticket: SEC-1
    date: 2026-11-01
    expires: 2026-12-31`

describe('loadThreatModel', () => {
  it('accepts the copy before it is broken', () => {
    expect(loadThreatModel(dir).threats).toHaveLength(208)
  })

  const wrong: [what: string, file: string, find: string | RegExp, replace: string, message: RegExp][] = [
    ['an unknown key', 'threats/LNK.yaml', '    needs: plain', '    need: plain', /need/],
    ['a missing field', 'threats/LNK.yaml', /^ {4}needs: plain.*\n/m, '', /threats\.0\.needs/],
    [
      'a letter that STRIDE does not have',
      'threats/MOD.yaml',
      'stride: [denial-of-service]',
      'stride: [sabotage]',
      /threats\.0\.stride\.0/,
    ],
    ['something that is no CWE', 'threats/MOD.yaml', 'CWE-1284', 'CVE-1284', /CWE-1321/],
    ['an empty list', 'threats/MOD.yaml', 'cwe: [CWE-1284, CWE-789]', 'cwe: []', /must name at least one/],
    [
      'a control that does not exist',
      'threats/MOD.yaml',
      '[strict-reader, structural-limits]',
      '[strict-reader, wishful-thinking]',
      /"wishful-thinking", which controls\.yaml does not have/,
    ],
    ['another boundary', 'threats/MOD.yaml', 'boundary: module-bytes', 'boundary: linking', /is module-bytes, not "linking"/],
    ['a threat twice', 'threats/MOD.yaml', 'id: MOD-02', 'id: MOD-01', /MOD-01 stands here for the second time/],
    ['a threat of another group', 'threats/MOD.yaml', 'id: MOD-02', 'id: LNK-02', /LNK-02 is not of group MOD/],
    [
      'a control twice',
      'controls.yaml',
      'id: structural-limits',
      'id: strict-reader',
      /"strict-reader" is used already on line \d+/,
    ],
    ['a boundary twice', 'model.yaml', 'id: linking', 'id: module-bytes', /"module-bytes" is used already on line \d+/],
    ['an asset twice', 'model.yaml', 'id: host-realm', 'id: host-process', /"host-process" is used already on line \d+/],
    ['an actor with the name of a zone', 'model.yaml', 'id: network-peer', 'id: network', /"network" is used already/],
    [
      'a side that does not exist',
      'model.yaml',
      'between: [guest-author, host]',
      'between: [guest-author, moon]',
      /"moon", which is not an actor or zone/,
    ],
    ['three sides', 'model.yaml', 'between: [guest-author, host]', 'between: [guest-author, host, cell]', /must name two sides/],
    [
      'an asset that does not exist',
      'model.yaml',
      'assets: [host-process, host-resources,',
      'assets: [host-process, money,',
      /"money", which is not an asset/,
    ],
    ['a path out of the project', 'controls.yaml', 'src/wasm/reader/', 'src/../../etc/', /must not contain/],
    [
      'half a vector',
      'threats/LNK.yaml',
      /vector: (CVSS:4\.0\/AV:N\/AC:L\/AT:N\/PR:N\/UI:N)\/\S+/,
      'vector: $1',
      /threats\.0\.severity\.vector: must be the base metrics of CVSS 4\.0/,
    ],
    [
      'a flow from nowhere',
      'model.yaml',
      'from: guest-author\n    to: host\n    boundary: module-bytes',
      'from: moon\n    to: host\n    boundary: module-bytes',
      /flow module-in names "moon", which is not an actor or zone/,
    ],
    [
      'a flow across no boundary',
      'model.yaml',
      'boundary: module-bytes\n    assets: [module-identity, host-p',
      'boundary: wall\n    assets: [module-identity, host-p',
      /flow module-in names "wall", which is not a boundary/,
    ],
    [
      'an assumption about a threat that is not there',
      'model.yaml',
      'threats: [ENG-01, ENG-02, ENG-04]',
      'threats: [ENG-01, ENG-99]',
      /assumption engine-is-memory-safe names "ENG-99"/,
    ],
    [
      'a residual risk about one',
      'model.yaml',
      'threats: [ENG-05, ENG-06, ENG-10]',
      'threats: [ENG-98]',
      /residual risk shared-hardware names "ENG-98"/,
    ],
    [
      'a decision about nothing',
      'risks.yaml',
      'risks: []',
      RISK.replace('threat: RES-02', ''),
      /must name either a threat or a finding/,
    ],
    [
      'a decision about a threat that is not there',
      'risks.yaml',
      'risks: []',
      RISK.replace('RES-02', 'RES-77'),
      /the decision slow names "RES-77"/,
    ],
    [
      'a decision that ends before it begins',
      'risks.yaml',
      'risks: []',
      RISK.replace('2026-12-31', '2026-10-31'),
      /must not expire before its date/,
    ],
    [
      'a decision without an owner',
      'risks.yaml',
      'risks: []',
      RISK.replace('owner: Jane Doe', 'owner: ""'),
      /risks\.0\.owner: must not be empty/,
    ],
    ['a day that no calendar has', 'risks.yaml', 'risks: []', RISK.replace('2026-12-31', '2026-02-30'), /must be a day such as/],
    ['no YAML', 'controls.yaml', 'paths: [src/wasm/reader/]', 'paths: [src/wasm/reader/', /this is not YAML/],
  ]
  it.each(wrong)('refuses %s', (_, file, find, replace, message) => {
    edit(file, find, replace)
    const error = failure()
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(new RegExp(`^threat-model/${file.replace('.', '\\.')}:\\d+: `))
    expect(error.message).not.toContain('\n')
  })

  it('names the line of the mistake', () => {
    const line = edit('threats/CTL.yaml', /(id: CTL-05[\s\S]*?)stride: \[[a-z-]+/, '$1stride: [sabotage')
    expect(failure().problems[0]).toMatchObject({ file: 'threat-model/threats/CTL.yaml', line })
  })

  it('counts the problems beyond the first', () => {
    edit('threats/MOD.yaml', 'id: MOD-02', 'id: MOD-01')
    edit('threats/MOD.yaml', 'id: MOD-04', 'id: MOD-03')
    const error = failure()
    expect(error.problems).toHaveLength(2)
    expect(error.message).toMatch(/\(and 1 more problem\)$/)
  })

  it('says which file is missing', () => {
    rmSync(join(dir, 'threats', 'NET.yaml'))
    expect(failure().message).toMatch(/^threat-model\/threats\/NET\.yaml:1: the file cannot be read \(ENOENT\)/)
  })

  it('does not lose a file that no boundary claims', () => {
    writeFileSync(join(dir, 'threats', 'NEW.yaml'), 'boundary: linking\nthreats: []\n')
    expect(failure().message).toMatch(/^threat-model\/threats\/NEW\.yaml:1: no boundary of model\.yaml has this group/)
  })

  it('hears of the mistakes in all files at once', () => {
    edit('threats/MOD.yaml', 'stride: [denial-of-service]', 'stride: [sabotage]')
    edit('controls.yaml', 'paths: [src/wasm/reader/]', 'paths: [/etc/passwd]')
    expect(new Set(failure().problems.map(({ file }) => file))).toEqual(
      new Set(['threat-model/controls.yaml', 'threat-model/threats/MOD.yaml']),
    )
  })

  it('takes decisions with their places, and frameworks', () => {
    edit('risks.yaml', 'risks: []', RISK)
    mkdirSync(join(dir, 'frameworks'), { recursive: true })
    writeFileSync(join(dir, 'frameworks', 'own-rules.yaml'), framework('strict-reader'))
    const model = loadThreatModel(dir)
    const line =
      readFileSync(join(dir, 'risks.yaml'), 'utf8')
        .split('\n')
        .findIndex((text) => text.startsWith('  - id: slow')) + 1
    expect(model.risks).toEqual([expect.objectContaining({ id: 'slow', file: 'threat-model/risks.yaml', line })])
    expect(model.frameworks.map(({ id }) => id)).toContain('own-rules')
  })

  it('refuses a framework that names a control that is not there, with the line of the requirement', () => {
    mkdirSync(join(dir, 'frameworks'), { recursive: true })
    writeFileSync(join(dir, 'frameworks', 'own-rules.yaml'), framework('wishful-thinking'))
    expect(failure().message).toMatch(
      /^threat-model\/frameworks\/own-rules\.yaml:9: requirement R-1 names "wishful-thinking", which is not a control/,
    )
  })

  it('refuses a framework in a file of another name', () => {
    mkdirSync(join(dir, 'frameworks'), { recursive: true })
    writeFileSync(join(dir, 'frameworks', 'other.yaml'), framework('strict-reader'))
    expect(failure().message).toMatch(/other\.yaml:1: the framework's id is own-rules/)
  })

  it('has another digest when a word of a file is another', () => {
    const before = loadThreatModel(dir).sha256
    expect(loadThreatModel(dir).sha256).toBe(before)
    edit('threats/MOD.yaml', 'strict-reader, structural-limits]', 'strict-reader, structural-limits] # a note')
    expect(loadThreatModel(dir).sha256).not.toBe(before)
  })
})

const framework = (control: string): string => `id: own-rules
title: Rules of our own
version: '1'
url: https://example.org/rules
checked: null
requirements:
  - id: R-1
    title: Read strictly
    controls: [${control}]
`
