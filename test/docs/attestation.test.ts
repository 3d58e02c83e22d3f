// docs/attestation.md: its commands do what stands below them, its recipe is right, and its tables name what there is.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sandboxDigest } from '../../src/campaign/sandbox-digest.ts'
import { reportMarkdown } from '../../src/reports/formats/markdown/report.ts'
import { findingsSarif } from '../../src/reports/formats/sarif/findings.ts'
import type { Result } from '../../src/reports/run-record.ts'
import { visibleJson } from '../../src/reports/visible.ts'
import { smallRecord } from '../reports/hostile.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs', 'attestation.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-docs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Names in the first column of a table. */
const rows = (heading: string) =>
  [
    ...PAGE.split(`| ${heading} |`)[1]!
      .split('\n\n')[0]!
      .matchAll(/^\| `([^`]+)` \|/gm),
  ].map((match) => match[1])

describe('docs/attestation.md', () => {
  it('has commands that do what stands below them', () => {
    const [, commands = '', output] = /^```sh\n([\s\S]*?)^```\n\n```text output\n([\s\S]*?)^```/m.exec(PAGE) ?? []
    const small = smallRecord()
    const results: readonly Result[] = ['failed', 'not-run']
    const threats = small.threats.map((threat, index) => ({ ...threat, result: results[index] ?? ('passed' as const) }))
    const record = { ...small, threats }
    mkdirSync(join(dir, 'run'))
    writeFileSync(join(dir, 'run', 'report.json'), visibleJson(record))
    writeFileSync(join(dir, 'run', 'report.md'), reportMarkdown(record))
    writeFileSync(join(dir, 'run', 'findings.sarif'), visibleJson(findingsSarif(record)))
    const said = commands
      .trim()
      .split('\n')
      .map((command) => {
        const [program, ...args] = command.split(/\s+/)
        expect(program).toBe('gauntlet')
        const ran = spawnSync(process.execPath, [join(ROOT, 'src', 'cli', 'main.ts'), ...args], { cwd: dir, encoding: 'utf8' })
        expect([ran.status, ran.stderr]).toEqual([0, ''])
        return ran.stdout
      })
    expect(said).toHaveLength(3)
    expect(said.at(-1)).toBe(output)
  })

  it.runIf(process.platform === 'linux')('has a recipe for the digest of the sandbox', () => {
    const recipe = /^```sh\n(find .*)\n```/m.exec(PAGE)![1]!
    const ran = spawnSync('sh', ['-c', recipe], { cwd: join(ROOT, 'src'), encoding: 'utf8' })
    expect(ran.stdout).toBe(`${sandboxDigest()}  -\n`)
  })

  it('names every result', () => {
    expect(rows('result | when').sort()).toEqual(['FAILED', 'PASSED', 'WARNED'])
  })
})
