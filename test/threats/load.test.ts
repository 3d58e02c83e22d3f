// The loader: a mistake in any file is refused with file, line and remedy.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
})
