// `gauntlet lower` as a command: what it writes is a case that replays, and what it cannot read it says in one sentence.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readCase } from '../../src/attacks/corpus.ts'
import { gauntlet } from './spawn.ts'

const folder = mkdtempSync(join(tmpdir(), 'lower-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const PROGRAM = [
  'seed 3',
  '0x1000 = "a"',
  '#0 kv_set(key=0x1000, key_len=1, value=0x1000, value_len=1)',
  '#1 clock_res_get(id=0, resolution=0xfffd) times 2',
]

describe('gauntlet lower', () => {
  it('writes a case that replays as contained, with what its calls need granted', async () => {
    const out = join(folder, 'MEM-21-lowered.wat')
    const { code, stderr } = await gauntlet(['lower', file('program.txt', 'kv_set: it is wrong', ...PROGRAM), '-o', out])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const text = readFileSync(out, 'utf8')
    const read = await readCase('corpus/MEM-21-lowered.wat', text)
    expect(read).toMatchObject({ id: 'MEM-21-lowered', threats: ['MEM-21'], title: 'Host calls in a row: kv_set, clock_res_get' })
    expect(text).toContain('kv: {namespace: executor}')
    const replayed = await gauntlet(['replay', out, '--target', 'inline'])
    expect({ code: replayed.code, stderr: replayed.stderr }).toEqual({ code: 0, stderr: '' })
    expect((await gauntlet(['lower', file('program.txt', ...PROGRAM), '-o', out])).stderr).toContain('is there already')
  })

  it.each([
    ['no program at all', ['hello'], [], 66, 'holds no program of host calls'],
    ['a line that is none', ['#0 fd_shred()'], [], 66, 'Line 1: the table has no call "fd_shred"'],
    ['only a seed', ['seed 1'], [], 66, 'a program without a call'],
    [
      'a name that is no case’s',
      PROGRAM,
      ['-o', 'escape.wat'],
      64,
      'named after its main threat; write to a name like "MEM-21-escape.wat"',
    ],
    ['a threat that is none', PROGRAM, ['--threats', 'MEM'], 64, '"MEM" is no threat'],
  ])('refuses %s', async (name, lines, options, code, message) => {
    const ended = await gauntlet(['lower', file(`${name}.txt`, ...lines), ...options])
    expect(ended.code).toBe(code)
    expect(ended.stderr).toContain(message)
  })
})
