// docs/nightly.md: it names commands, options, files and lists that there are.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HISTORY_FILE, HISTORY_LENGTH } from '../../src/campaign/history/history.ts'
import { GITLAB_FILE } from '../../src/cli/init/gitlab.ts'
import { GITHUB_FILE } from '../../src/cli/init.ts'
import { FORMATS } from '../../src/reports/formats.ts'
import { baselineOf, changesSince } from '../../src/reports/over-time/changes.ts'
import { RUN_SUMMARY_FILE } from '../../src/reports/over-time/run-summary.ts'
import { KNOWN_OPTIONS } from '../cli/known-options.ts'
import { night } from '../reports/over-time/small-run.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PATH = join(ROOT, 'docs', 'nightly.md')
const page = readFileSync(PATH, 'utf8')

describe('docs/nightly.md', () => {
  it('has a row for each list of what has changed', () => {
    const { against: _, ...lists } = changesSince(baselineOf(night(1)), night(2))
    const rows = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name)
    expect(rows).toEqual(Object.keys(lists))
  })

  it('names files that runs and init write', () => {
    const formats: readonly string[] = FORMATS.map(({ file }) => file)
    for (const name of [GITHUB_FILE, GITLAB_FILE, HISTORY_FILE, RUN_SUMMARY_FILE]) expect(page).toContain(name)
    const named = [...page.matchAll(/`([\w-]+\.(?:sarif|xml|md|json))`/g)].map(([, name]) => name!)
    expect(named.filter((name) => !formats.includes(name) && name !== RUN_SUMMARY_FILE)).toEqual([])
    expect(page).toContain(HISTORY_LENGTH === 30 ? 'the last thirty runs' : 'another number')
  })

  it('names options that there are, and links to pages that are there', () => {
    const options = [...new Set(page.match(/--[a-z][a-z-]+/g))]
    expect(options.filter((option) => !KNOWN_OPTIONS.has(option))).toEqual([])
    const links = [...page.matchAll(/\]\(([\w./-]+)\)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(dirname(PATH), link)))).toEqual([])
  })
})
