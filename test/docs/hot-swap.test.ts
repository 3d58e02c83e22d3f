// docs/hot-swap.md: its program prints what stands below it, and its tables have everything that there is.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { OWN_CODES } from '../../src/sandbox/probes/candidate.ts'
import { SKIP_REASONS } from '../../src/sandbox/probes/probe-events.ts'
import { swapSettings } from '../../src/sandbox/probes/settings.ts'
import { REPLACEMENT_STATES, TRANSITIONS } from '../../src/sandbox/probes/transitions.ts'
import { probeModule } from '../sandbox/support/probes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs', 'hot-swap.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-docs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const row = (name: string) => new RegExp(`^\\| \`${name}\` \\|(.*)\\|$`, 'm').exec(PAGE)?.[1]

const TEXT = `(module
  (import "gauntlet_v1" "result_report" (func $report (param i32 f64 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $report (i32.const 0) (f64.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))))`

describe('docs/hot-swap.md', () => {
  it('has a program that does what it says', () => {
    const [, program = '', output] = /^```ts test\n([\s\S]*?)^```\n\n```text output\n([\s\S]*?)^```/m.exec(PAGE) ?? []
    for (const version of ['1.0.0', '1.1.0'])
      writeFileSync(join(dir, `probe-${version}.wasm`), probeModule({ version, wants: ['result'], text: TEXT }))
    const sandbox = JSON.stringify(join(ROOT, 'src', 'sandbox', 'index.ts'))
    writeFileSync(join(dir, 'program.ts'), program.replaceAll(`'wasm-gauntlet/sandbox'`, sandbox))
    const ran = spawnSync(process.execPath, ['program.ts'], { cwd: dir, encoding: 'utf8' })
    expect([ran.stderr, ran.stdout, ran.status]).toEqual(['', output, 0])
  })

  it('has every code, reason and rule', () => {
    const rules = Object.keys(swapSettings({ canary: { share: 0.5 } }).canary!).filter((name) => name !== 'share')
    for (const name of [...OWN_CODES, ...SKIP_REASONS, ...rules]) expect(row(name), name).toBeDefined()
  })

  it('has the defaults of the rules', () => {
    for (const [name, value] of Object.entries(swapSettings({ canary: { share: 0.5 } }).canary!))
      if (name !== 'share') expect(row(name)!.split('|')[0]!.trim()).toBe(String(value))
  })

  it('has the table of states', () => {
    for (const state of REPLACEMENT_STATES) {
      const steps = [...row(state)!.matchAll(/`([a-z-]+)`/g)].map((match) => match[1])
      expect(steps.sort()).toEqual(TRANSITIONS.flatMap(([from, step]) => (from === state ? [step] : [])).sort())
    }
  })
})
