// docs/audit-log.md: its program prints what stands below it, its recipe for a hash is right, and its tables name what there is.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { logWith, segmentFiles } from '../sandbox/support/audit.ts'
import { wat } from '../sandbox/support/wat.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs', 'audit-log.md'), 'utf8')
const source = (...path: readonly string[]) => readFileSync(join(ROOT, 'src', 'sandbox', ...path), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'gauntlet-docs-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const KEEPER = `(module
  (import "gauntlet_v1" "kv_set" (func $set (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 0) "k")
  (func (export "_start") (drop (call $set (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 4)))))`

/** Names in the first column of a table. */
const rows = (heading: string) =>
  [
    ...PAGE.split(`| ${heading} |`)[1]!
      .split('\n\n')[0]!
      .matchAll(/^\| (`[^|]+`) \|/gm),
  ].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!))
const quoted = (text: string) => [...text.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]!)

describe('docs/audit-log.md', () => {
  it('has a program that does what it says', () => {
    const [, program = '', output] = /^```ts test\n([\s\S]*?)^```\n\n```text output\n([\s\S]*?)^```/m.exec(PAGE) ?? []
    writeFileSync(join(dir, 'keeper.wasm'), wat(KEEPER))
    const sandbox = JSON.stringify(join(ROOT, 'src', 'sandbox', 'index.ts'))
    writeFileSync(join(dir, 'program.ts'), program.replaceAll(`'wasm-gauntlet/sandbox'`, sandbox))
    const ran = spawnSync(process.execPath, ['program.ts'], { cwd: dir, encoding: 'utf8' })
    expect([ran.stdout, ran.status]).toEqual([output, 0])
  })

  it.runIf(process.platform === 'linux')('has a recipe for the hash of a line', async () => {
    const path = join(dir, 'recipe')
    await logWith(path, 3)
    const [, recipe = ''] = /^```sh\n(.*)\n```/m.exec(PAGE) ?? []
    const ran = spawnSync('sh', ['-c', recipe], { cwd: path, encoding: 'utf8' })
    const line = JSON.parse(readFileSync(segmentFiles(path)[0]!, 'utf8').split('\n')[3]!) as { hash: string }
    expect(ran.stdout).toMatch(new RegExp(`^${line.hash} `))
  })

  it('names every problem, every option and every type of record', () => {
    expect(rows('problem | what happened')).toEqual(quoted(/type AuditProblem = (.*)/.exec(source('audit', 'error.ts'))![1]!))
    const options = /interface AuditLogOptions \{([\s\S]*?)^\}/m.exec(source('audit', 'log.ts'))![1]!
    const names = [...options.matchAll(/^ {2}readonly (\w+)\?/gm)].map((match) => match[1])
    expect(rows('option | default | range').sort()).toEqual(names.sort())
    const notes = [...source('audit.ts').matchAll(/readonly type: '([a-z-]+)'/g)].map((match) => match[1])
    const own = ['segment', 'checkpoint', 'opened', 'repaired', 'lost', 'decision']
    expect(rows('type | what it says, beside `time`').sort()).toEqual([...own, ...notes].sort())
  })

  it('names every value of audit.whenUnwritable', () => {
    const values = /whenUnwritable: z\.enum\(\[(.*)\]\)/.exec(source('policy', 'schema.ts'))![1]!
    expect(rows('value | what happens')).toEqual(quoted(values))
  })
})
