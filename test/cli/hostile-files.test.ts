// What others wrote is shown and never obeyed: no character of a report or an overlay does anything to the terminal that shows it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { HOSTILE } from '../reports/hostile.ts'
import { finding, night, trial } from '../reports/over-time/small-run.ts'
import { complaint, type Ended, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

/** Everything but line feeds that a terminal acts upon, or that rearranges what a reader sees. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const actsIn = ({ stdout, stderr }: Ended): string | null => ACTS.exec((stdout + stderr).replaceAll('\n', ''))?.[0] ?? null

function stored(name: string, report: unknown): string {
  const folder = join(dir, 'reports', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report))
  return folder
}

const evil = night(2, {
  exitCode: 1,
  findings: [finding('aaa', { title: HOSTILE, target: HOSTILE, replay: HOSTILE, id: HOSTILE })],
  trials: [trial(HOSTILE, 'violated', { title: HOSTILE })],
})
const theirs = stored('theirs', {
  ...evil,
  run: HOSTILE,
  completionReason: HOSTILE,
  project: { ...evil.project, commit: HOSTILE },
  targets: evil.targets.map((target) => ({ ...target, name: target.name + HOSTILE })),
})
const ours = stored('ours', night(1))
const broken = stored('broken', { ...night(3), environment: { ...evil.environment, tools: { [HOSTILE]: 1 } } })
const stranger = stored('stranger', { ...night(4), [HOSTILE]: 1 })

const overlay = join(dir, 'overlay.yaml')
const text = JSON.stringify(HOSTILE.replaceAll('\ud800', ''))
writeFileSync(
  overlay,
  `overlay: ${text}
boundaries:
  - {id: pages, group: PAG, title: ${text}, between: [guest, operator], assets: [people], description: ${text}}
threats:
  - {id: PAG-01, boundary: pages, title: ${text}, stride: [tampering], cwe: [CWE-770], severity: {vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N', because: ${text}}, description: ${text}, requirement: ${text}, detection: ${text}, falsePositives: ${text}, needs: ${text}, provenance: [${text}], evidence: [measured], controls: [page-cap]}
controls:
  - {id: page-cap, title: ${text}, description: ${text}, paths: [${text}]}
switchOff:
  - {threat: LNK-01, reason: ${text}}
risks:
  - {id: later, threat: PAG-01, status: accepted, reason: ${text}, owner: ${text}, ticket: ${text}, date: 2026-01-01, expires: 2026-01-02}
`,
)
const wrong = join(dir, 'wrong.yaml')
writeFileSync(wrong, `overlay: x\n${text}: 1\n`)

describe('hostile text on a terminal', () => {
  it.each<readonly [string, readonly string[], number]>([
    ['report list', ['report', 'list', join(dir, 'reports')], 0],
    ['report list --json', ['report', 'list', join(dir, 'reports'), '--json'], 0],
    ['report diff', ['report', 'diff', ours, theirs], 1],
    ['report diff --json', ['report', 'diff', theirs, ours, '--json'], 0],
    ['threats coverage --report', ['threats', 'coverage', '--boundary', 'network', '--report', theirs], 0],
    ['threats --overlay', ['threats', 'show', 'PAG-01', '--overlay', overlay], 0],
    ['threats list --overlay', ['threats', '--overlay', overlay], 0],
    ['threats export', ['threats', 'export', '--format', 'otm', '--overlay', overlay], 0],
    ['threats lint', ['threats', 'lint', overlay], 1],
  ])(
    'does nothing in %s',
    async (_, args, code) => {
      const ended = await gauntlet(args)
      expect(ended.stderr).not.toMatch(/internal error/)
      expect(ended.code).toBe(code)
      expect(ended.stdout).not.toBe('')
      expect(actsIn(ended)).toBeNull()
      // Some of them read the whole corpus and all generators.
    },
    120_000,
  )

  it.each<readonly [string, readonly string[]]>([
    ['a name in a report', ['report', 'diff', ours, broken]],
    ['a field in a report', ['report', 'write', stranger, '--out', join(dir, 'out')]],
    ['a field in a report that is joined', ['merge', stranger, '--out', join(dir, 'joined')]],
    ['a key in an overlay', ['threats', '--overlay', wrong]],
    ['the name of a run that is joined', ['merge', theirs, '--out', join(dir, 'joined-too')]],
  ])('does nothing in the complaint about %s, which stays one line', async (_, args) => {
    const ended = await gauntlet(args)
    expect(ended.code).toBe(66)
    expect(complaint(ended)).not.toBeNull()
    expect(actsIn(ended)).toBeNull()
  })
})
