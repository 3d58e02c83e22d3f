// The program of docs/result-store.md prints what stands below it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { wat } from '../sandbox/support/wat.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs', 'result-store.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-docs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Reports what the page says: a value in milliseconds, and one timing. */
const PROBE = `(module
  (import "gauntlet_v1" "result_report" (func $report (param i32 f64 i32 i32 i32 i32) (result i32)))
  (import "gauntlet_v1" "result_timing" (func $timing (param i32 i32 i64) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "msslow answerdns")
  (func (export "_start")
    (drop (call $report (i32.const 1) (f64.const 250) (i32.const 0) (i32.const 2) (i32.const 2) (i32.const 11)))
    (drop (call $timing (i32.const 13) (i32.const 3) (i64.const 1200000)))))`

describe('docs/result-store.md', () => {
  it('has a program that does what it says', () => {
    const [, program = '', output] = /^```ts test\n([\s\S]*?)^```\n\n```text output\n([\s\S]*?)^```/m.exec(PAGE) ?? []
    writeFileSync(join(dir, 'probe.wasm'), wat(PROBE))
    const sandbox = JSON.stringify(join(ROOT, 'src', 'sandbox', 'index.ts'))
    writeFileSync(join(dir, 'program.ts'), program.replaceAll(`'wasm-gauntlet/sandbox'`, sandbox))
    const ran = spawnSync(process.execPath, ['program.ts'], { cwd: dir, encoding: 'utf8' })
    expect([ran.stdout, ran.status]).toEqual([output, 0])
  })

  it('names every problem', () => {
    const source = readFileSync(join(ROOT, 'src', 'sandbox', 'store', 'store-error.ts'), 'utf8')
    const union = /type StoreProblem = (.*)/.exec(source)![1]!
    const problems = [...union.matchAll(/'([a-z]+)'/g)].map((match) => match[1]!)
    expect(problems.length).toBe(7)
    for (const problem of problems) expect(PAGE).toMatch(new RegExp(`^\\| \`${problem}\` +\\|`, 'm'))
  })
})
