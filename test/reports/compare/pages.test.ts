// The pages of a comparison: a matrix that says the worst of each cell, and nothing of a host's or a guest's text that a page would take for its own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { comparisonHtml, hostHtml } from '../../../src/reports/compare/html.ts'
import { comparisonMarkdown, hostMarkdown } from '../../../src/reports/compare/markdown.ts'
import { cellOf, matrixOf } from '../../../src/reports/compare/matrix.ts'
import type { Compared, ComparedTrial, Comparison } from '../../../src/reports/compare/record.ts'
import { statementOf } from '../../../src/reports/compare/statements.ts'
import { cellText } from '../../../src/reports/compare/words.ts'
import { writeComparison } from '../../../src/reports/compare/write.ts'
import { BUILT_IN_TARGETS } from '../../../src/targets/load.ts'

const trial = (result: Compared, changes: Partial<ComparedTrial> = {}): ComparedTrial => ({
  host: 'toy',
  attack: 'LNK-01-toy',
  title: 'An attack',
  threat: 'LNK-01',
  origin: 'corpus',
  result,
  reason: 'as it was',
  oracle: result === 'violated' ? 'verdict' : null,
  code: null,
  replay: 'npx gauntlet replay LNK-01-toy --target toy',
  ...changes,
})

const comparison = (trials: readonly ComparedTrial[], changes: Partial<Comparison> = {}): Comparison => ({
  schemaVersion: 1,
  run: 'a-run',
  project: { name: 'wasm-gauntlet', version: '0.1.0', commit: null },
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:05:05.000Z',
  command: 'gauntlet compare toy',
  seed: 1,
  completion: 'complete',
  environment: { platform: 'linux', node: '24.0.0', v8: '13.6' },
  hosts: [
    { name: 'toy', version: '1', own: false, facts: { limits: 'none' }, problem: null },
    { name: 'node:wasi', version: 'node 24', own: false, facts: {}, problem: null },
  ],
  threats: [
    { id: 'LNK-01', title: 'Names' },
    { id: 'RES-01', title: 'Loops' },
  ],
  trials,
  ...changes,
})

describe('the matrix', () => {
  it.each([
    [['contained', 'violated', 'not-applicable'], 'violated'],
    [['contained', 'undecided'], 'contained'],
    [['undecided', 'not-applicable'], 'undecided'],
    [['not-run', 'not-applicable'], 'not-run'],
    [['not-applicable'], 'not-applicable'],
    [[], 'not-run'],
  ] as const)('%j: %s', (results, expected) => {
    expect(cellOf(results.map((result) => trial(result))).result).toBe(expected)
  })
  it('has a row for every threat that was tried on any host, and a cell for every host', () => {
    const rows = matrixOf(comparison([trial('violated'), trial('contained', { host: 'node:wasi' })]))
    expect(rows.map(({ threat, cells }) => [threat, ...cells.map(({ result }) => result)])).toEqual([
      ['LNK-01', 'violated', 'contained'],
    ])
  })
  it('says of how many attacks a cell speaks', () => {
    expect(cellText(cellOf([trial('violated'), trial('contained'), trial('not-applicable')]))).toBe('violated (1 of 2)')
    expect(cellText(cellOf([trial('violated')]))).toBe('violated')
  })
})

describe('the pages', () => {
  const holdsUnseen = (page: string): boolean => ['\u001b', '\u202e'].some((character) => page.includes(character))
  const hostile = '<script>alert(1)</script>|\u001b[2J\u202e`#1'
  const bad = comparison([trial('violated', { title: hostile, reason: hostile, replay: null }), trial('undecided')], {
    hosts: [{ name: 'toy', version: hostile, own: false, facts: { [hostile]: hostile }, problem: null }],
  })
  it('escape what comes from hosts and guests', () => {
    for (const page of [comparisonHtml(bad, 'hosts'), hostHtml(bad, bad.hosts[0]!, '../compare.html')]) {
      expect(page).not.toContain('<script')
      expect(holdsUnseen(page)).toBe(false)
      expect(page).toContain("default-src 'none'")
    }
    for (const page of [comparisonMarkdown(bad, 'hosts'), hostMarkdown(bad, bad.hosts[0]!)]) {
      // In a code span it is text.
      expect(page.replaceAll(/``.*?``/g, '')).not.toContain('<script')
      expect(holdsUnseen(page)).toBe(false)
    }
  })
  it('say what the host’s own project promises before what was violated', () => {
    const page = hostMarkdown(comparison([trial('violated', { host: 'node:wasi' })]), comparison([]).hosts[1]!)
    expect(page).toContain('nodejs.org/api/wasi.html')
    expect(page.indexOf('What it promises')).toBeLessThan(page.indexOf('## Violated'))
    expect(page).toContain('gauntlet replay LNK-01-toy')
  })
  it('say that a run was not whole', () => {
    expect(comparisonMarkdown(comparison([], { completion: 'out-of-time' }), 'hosts')).toContain(
      'The time was spent before all was run.',
    )
    expect(comparisonHtml(comparison([], { completion: 'interrupted' }), 'hosts')).toContain('The run was interrupted')
  })
  it('say why a host could not be opened', () => {
    const broken = comparison([], {
      hosts: [{ name: 'toy', version: 'unknown', own: false, facts: {}, problem: 'it is not installed' }],
    })
    expect(comparisonMarkdown(broken, 'hosts')).toContain('could not be opened: it is not installed')
    expect(hostHtml(broken, broken.hosts[0]!, 'x.html')).toContain('it is not installed')
  })
  it('have a statement for every host that the gauntlet knows by name', () => {
    const names = BUILT_IN_TARGETS.map((name) => (name === 'jail' || name === 'inline' ? `sandbox-${name}` : name))
    expect(names.filter((name) => statementOf(name) === null)).toEqual([])
  })
})

describe('writeComparison', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gauntlet-compare-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  it('writes the record, both matrices, and a page of each kind for each host', async () => {
    const written = comparison([trial('violated')])
    const files = await writeComparison(written, dir)
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toEqual(written)
    expect(readdirSync(join(dir, 'hosts')).sort()).toEqual(['node-wasi.html', 'node-wasi.md', 'toy.html', 'toy.md'])
    expect(readFileSync(files.markdown, 'utf8')).toContain('(hosts/node-wasi.md)')
  })
})
