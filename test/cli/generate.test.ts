// `gauntlet generate`: what it lists, what it writes, and that what it wrote is a corpus.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { findGenerator } from '../../src/attacks/registry.ts'
import { type GenerateOptions, generate } from '../../src/cli/generate.ts'
import { readSubject } from '../../src/cli/replay-subject.ts'
import type { Output } from '../../src/cli/terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'gauntlet-generate-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(name: string | undefined, options: Partial<GenerateOptions> = {}, code: number | null = null) {
  let text = ''
  const write = (piece: string) => {
    text += piece
    return true
  }
  const output = { write } as unknown as Output
  const exit = await generate(name, { count: '1', ...options }, output, { signal: new AbortController().signal, code })
  return { exit, lines: text.trimEnd().split('\n') }
}

describe('gauntlet generate', () => {
  it('lists every family with its generators, also as JSON', async () => {
    const { exit, lines } = await run(undefined)
    expect(exit).toBe(0)
    expect(lines.filter((line) => /^G\d/.test(line))).toHaveLength(15)
    expect(lines).toContainEqual(expect.stringMatching(/^ +two-mounts +FSX-09 /))
    const families = JSON.parse((await run(undefined, { json: true })).lines.join('\n')) as { id: string }[]
    expect(families.map(({ id }) => id)).toContain('G10')
  })

  it('writes a family as a corpus that reads as the very attacks, with the modules beside it', async () => {
    const out = join(folder, 'files')
    const { exit, lines } = await run('g10', { seed: '7', count: '2', out })
    expect(exit).toBe(0)
    expect(lines).toContain(join(out, 'FSX-09-two-mounts-8.wat'))
    const { attacks, unreadable } = await loadCorpus(out)
    expect(unreadable).toEqual([])
    expect(attacks).toHaveLength(10)
    const [one] = attacks.filter(({ id }) => id === 'FSX-09-two-mounts-7')
    const made = await findGenerator('two-mounts').generate(7)
    expect(one).toMatchObject({
      title: made.title,
      threats: made.threats,
      bytes: made.bytes,
      expect: made.expect,
      setting: made.setting,
    })
    expect(one!.twin).toMatchObject({ bytes: made.twin.bytes, expect: made.twin.expect })
    expect(one!.provenance).toMatch(/generator:two-mounts@7 of wasm-gauntlet \d.*, fast-check \d.*, wabt \d/)
    expect(readdirSync(join(out, 'modules'))).toEqual(
      expect.arrayContaining(['FSX-09-two-mounts-7.wasm', 'FSX-09-two-mounts-7.wat', 'FSX-09-two-mounts-7.twin.wasm']),
    )
  })

  it('writes bytes that no text describes as a recipe, and what no case can hold as a trial; both can be replayed', async () => {
    const out = join(folder, 'bytes')
    const [lie] = (await run('count-lies', { seed: '3', out })).lines
    expect(lie).toBe(join(out, 'MOD-01-count-lies-3.yaml'))
    const [before] = (await run('modules-that-came-before', { seed: '3', out })).lines
    expect(before).toMatch(/\.json$/)
    for (const [path, name] of [
      [lie, 'count-lies'],
      [before, 'modules-that-came-before'],
    ] as const) {
      const subject = await readSubject(path!, folder)
      const made = await findGenerator(name).generate(3)
      expect(subject).toMatchObject({
        kind: 'trial',
        attack: { bytes: made.bytes, expect: made.expect },
        twin: { bytes: made.twin.bytes },
      })
    }
  })

  it('replaces nothing that is there', async () => {
    const out = join(folder, 'twice')
    await run('count-lies', { seed: '3', out })
    await expect(run('count-lies', { seed: '3', out })).rejects.toThrow(/is there already; name another folder\.$/)
  })

  it('stops when it is interrupted', async () => {
    expect((await run('count-lies', { seed: '3', count: '50', out: join(folder, 'stopped') }, 130)).exit).toBe(130)
    expect(readdirSync(join(folder, 'stopped'))).toEqual(['modules'])
  })

  it.each([
    ['nothing-like-it', { out: folder }, /no family and no generator "nothing-like-it"/],
    ['G10', {}, /--out/],
    ['G10', { out: folder, count: '0' }, /from 1 to 10000/],
    ['G10', { out: folder, count: '1e9' }, /from 1 to 10000/],
    ['G10', { out: folder, seed: '-1' }, /--seed "-1" is not a seed/],
    ['G10', { out: '/dev/null/x' }, /cannot be made; name a folder/],
  ] as const)('says in one sentence what is wrong: %s %j', async (name, options, message) => {
    await expect(run(name, options)).rejects.toThrow(message)
  })
})
