// The command: writes results that fit their schema, and the table that follows from them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { resultsSchema } from '../../bench/results.ts'
import { PROJECT_DIR } from '../../bench/support/project.ts'

const out = mkdtempSync(join(tmpdir(), 'bench-'))
afterAll(() => rmSync(out, { recursive: true }))

async function bench(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'bench', 'main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number | null, stdout, stderr }
}

const written = (name: string) => resultsSchema.parse(JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8')))

describe('bench', () => {
  it('measures what the filter leaves, and writes it as JSON and as a table', async () => {
    expect(await bench('--quick', '--filter', 'reader', '--out', out, '--name', 'r')).toMatchObject({ code: 0 })
    const results = written('r')
    expect(results).toMatchObject({ complete: true, quick: true, filter: 'reader', failures: {} })
    expect(results.rows.map(({ id }) => id)).toEqual(['reader'])
    expect(results.rows[0]!.ratios['WebAssembly.validate']).toBeGreaterThan(0)
    expect(results.versions['node']).toBe(process.versions.node)
    const table = readFileSync(join(out, 'r.md'), 'utf8')
    expect(table).toContain('| `reader` |')
    expect(table).toContain('**Quick:')
    expect(readdirSync(out).sort()).toEqual(['r.json', 'r.md'])
  })

  it('runs a guest of the corpus to its limit, and judges the aim', async () => {
    expect(await bench('--quick', '--filter', 'kill/all', '--out', out, '--name', 'k')).toMatchObject({ code: 0 })
    const [row] = written('k').rows
    expect(row).toMatchObject({ id: 'kill/all', unit: 'ms', aim: { aim: 'at most 250 ms' } })
    expect(row!.ours.samples).toBeGreaterThanOrEqual(2)
  })

  it('names nothing of the machine in its results', () => {
    for (const file of readdirSync(out)) {
      const content = readFileSync(join(out, file), 'utf8')
      expect(content).not.toContain(PROJECT_DIR)
      expect(content).not.toContain(tmpdir())
    }
  })

  it.each([
    [['--filter', 'nothing-like-it'], 'Nothing that is measured has "nothing-like-it" in its id.'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j is a mistake of the caller’s', async (args, message) => {
    const { code, stderr } = await bench(...args)
    expect(code).toBe(64)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: npm run bench')
  })
})
