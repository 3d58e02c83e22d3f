// `gauntlet prove` as a command: its exit codes, what it prints, and the files that it keeps.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prove } from '../../src/cli/prove.ts'
import { scratch } from '../campaign/toys.ts'

const SANDBOX = `import { refused } from '../control.ts'
const answer = (outcome: string) => ({ outcome, detail: outcome, messages: [], stdout: new Uint8Array(0), stderr: new Uint8Array(0), exitCode: null, values: [], events: [] })
export default (level: string) => ({ name: 'toy-' + level, version: '1', run: async () => answer(refused() ? 'refused' : 'completed') })
`
const PROPERTY = `import { refused } from '../../src/control.ts'
export default {
  name: 'refuses',
  threats: ['LNK-01'],
  run: async () => ({ executions: 1, ...(refused() ? {} : { failure: { message: 'it was let in', counterexample: 'x' } }) }),
}
`
const yaml = (id: string, replace: string): string =>
  `id: ${id}\ntitle: t\ncontrol: c\nthreats: [LNK-01]\nfile: src/control.ts\nfind: return true\nreplace: ${replace}\nwitnesses: [refuses]\nkind: property\n`

let project: ReturnType<typeof scratch>
let reports: string
const write = (path: string, text: string): void => {
  mkdirSync(join(project.path, path, '..'), { recursive: true })
  writeFileSync(join(project.path, path), text)
}
beforeEach(() => {
  project = scratch()
  reports = join(project.path, 'deep', 'reports')
  write('package.json', '{"name":"toy","version":"1.2.3","type":"module"}')
  write('src/targets/sandbox.ts', SANDBOX)
  write('src/control.ts', 'export const refused = (): boolean => {\n  return true\n}\n')
  write('fuzz/properties/refuses.ts', PROPERTY)
  write('fuzz/weakenings/a.yaml', yaml('lets-in', 'return false'))
  mkdirSync(join(project.path, 'corpus'))
})
afterEach(() => project.remove())

async function run(options: object = {}, signal = new AbortController().signal) {
  const streams = { output: '', notes: '' }
  const into = (name: 'output' | 'notes') => {
    const note = (text: string) => {
      streams[name] += text
      return true
    }
    return { write: note, isTTY: false, once: () => {} } as never
  }
  const code = await prove(
    { reports, seed: '1', ...options },
    'gauntlet prove',
    { output: into('output'), notes: into('notes') },
    signal,
    project.path,
  )
  return { code, ...streams }
}
const record = () => JSON.parse(readFileSync(join(reports, 'prove.json'), 'utf8')) as { weakenings: object[] }

describe('gauntlet prove', () => {
  it('ends with 0 if all were found, and names the readable record last', async () => {
    const { code, output } = await run()
    expect(code).toBe(0)
    expect(output).toMatch(/^1 of 1 planted weakening found in /m)
    expect(output.trimEnd().split('\n').at(-1)).toBe(join(reports, 'prove.md'))
    expect(record()).toMatchObject({
      command: 'gauntlet prove',
      seed: 1,
      weakenings: [{ id: 'lets-in', found: true, by: ['refuses'] }],
    })
  })

  it('ends with 2 if one was missed, and says why', async () => {
    write('fuzz/weakenings/b.yaml', yaml('harmless', 'return 1 === 1'))
    const { code, output, notes } = await run()
    expect(code).toBe(2)
    expect(output).toMatch(/missed harmless: nothing noticed LNK-01/)
    expect(notes).toMatch(/weakening harmless missed/)
  })

  it('ends with 2 if one could not be planted, a file cannot be used, or nothing was planted', async () => {
    write('fuzz/weakenings/b.yaml', yaml('gone', 'x').replace('return true', 'nowhere'))
    expect((await run()).code).toBe(2)
    write('fuzz/weakenings/b.yaml', 'id: x\n')
    expect((await run()).code).toBe(2)
    writeFileSync(join(project.path, 'fuzz/weakenings/b.yaml'), yaml('other', 'return false'))
    expect((await run({ budget: '1ms' })).code).toBe(2)
  })

  it('prints the record, and nothing else, as JSON', async () => {
    expect(JSON.parse((await run({ json: true })).output)).toEqual(record())
  })

  it('ends with 130 if it is stopped, with a record of what was not planted', async () => {
    expect((await run({}, AbortSignal.abort())).code).toBe(130)
    expect(record()).toMatchObject({ completion: 'interrupted', weakenings: [{ result: 'not-run' }] })
  })

  it('makes nothing when the command line is wrong', async () => {
    await expect(run({ budget: 'soon' })).rejects.toMatchObject({ name: 'BudgetError' })
    await expect(run({ seed: '-1' })).rejects.toMatchObject({ exitCode: 64 })
    expect(existsSync(reports)).toBe(false)
    await expect(run({ only: ['nothing'] })).rejects.toMatchObject({ name: 'SelectionError' })
    expect(existsSync(join(reports, 'prove.json'))).toBe(false)
  })

  it('says that an installed package has no sources to weaken', async () => {
    const empty = scratch()
    const streams = { output: process.stdout, notes: process.stderr }
    await expect(prove({ reports }, 'x', streams, new AbortController().signal, empty.path)).rejects.toMatchObject({
      exitCode: 66,
    })
    empty.remove()
  })
})
