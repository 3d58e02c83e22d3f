// Findings of properties and of coverage-guided targets: one for each cause, seen again, made smaller, in the words of all findings.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CoverageArtifact } from '../../src/campaign/engines/coverage-guided.ts'
import { artifactWork, findingOfArtifact, findingOfProperty } from '../../src/campaign/failures.ts'
import { InputRunner, runInput } from '../../src/campaign/inputs.ts'
import { readPortable } from '../../src/campaign/portable.ts'
import { propertyAgain } from '../../src/campaign/properties.ts'
import { scratch } from './toys.ts'

let folder: ReturnType<typeof scratch>
let target: string
beforeAll(() => {
  folder = scratch()
  target = join(folder.path, 'words.fuzz.mjs')
  writeFileSync(
    target,
    `function parse(text) { if (text.includes('bad')) throw new TypeError('bad word at ' + text.indexOf('bad')) }
     function count(text) { if (text.includes('many')) throw new RangeError('too many') }
     export function fuzz(data) {
       const text = data.toString('latin1')
       if (text === 'exit') process.exit(3)
       if (text === 'abort') process.abort()
       parse(text)
       count(text)
     }`,
  )
})
afterAll(() => folder.remove())

const bytes = (text: string) => new TextEncoder().encode(text)

function artifact(text: string, failure: Partial<CoverageArtifact> = {}): CoverageArtifact {
  const path = join(folder.path, `input-${text.length}`)
  writeFileSync(path, text)
  return {
    kind: 'throw',
    path,
    bytesSha256: '',
    message: `TypeError: bad word at ${text.indexOf('bad')}`,
    stack: ['at parse (file:///elsewhere/words.fuzz.mjs:1:60)', 'at fuzz (file:///elsewhere/words.fuzz.mjs:7:8)'],
    key: '',
    foundAfter: 1,
    truncated: false,
    replayCommand: 'node …',
    ...failure,
  }
}
const about = { threats: ['MOD-01'] }
const find = (one: CoverageArtifact) => findingOfArtifact('words', about, one, folder.path)

describe('runInput', () => {
  it('says what the target throws, and how its process ends', async () => {
    expect((await runInput(target, bytes('so bad'))).failure).toMatchObject({
      kind: 'throw',
      message: 'TypeError: bad word at 3',
    })
    expect((await runInput(target, bytes('exit'))).failure).toMatchObject({ kind: 'exit' })
    expect((await runInput(target, bytes('abort'))).failure).toMatchObject({ kind: 'abort' })
    expect(await runInput(target, bytes('good'))).toEqual({ failure: null, fault: null })
    expect((await runInput(join(folder.path, 'gone.mjs'), bytes('x'))).fault).toMatch(/does not load/)
  })
  it('goes on with a new process after one that ended', async () => {
    const runner = new InputRunner(target)
    const kinds: unknown[] = []
    for (const word of ['good', 'exit', 'bad', 'good']) kinds.push((await runner.run(bytes(word))).failure?.kind)
    runner.close()
    expect(kinds).toEqual([undefined, 'exit', 'throw', undefined])
  })
})

describe('an input of a coverage-guided target', () => {
  it('is one finding for each cause, whatever the bytes and the lines', () => {
    const [one, same] = [
      find(artifact('xx bad')),
      find(artifact('much more of it, bad', { stack: ['at parse (words.fuzz.mjs:99:1)'] })),
    ]
    const other = find(artifact('many', { message: 'RangeError: too many', stack: ['at count (words.fuzz.mjs:2:60)'] }))
    const elsewhere = find(artifact('xx bad', { stack: ['at somewhere (words.fuzz.mjs:1:60)'] }))
    expect(same.id).toBe(one.id)
    expect(new Set([one.id, other.id, elsewhere.id]).size).toBe(3)
    expect(one).toMatchObject({
      oracle: 'coverage-guided',
      threat: 'MOD-01',
      source: 'coverage-guided',
      severity: 'medium',
      bytesBefore: 6,
    })
  })
  it('is seen again and made smaller for the same cause only', async () => {
    const found = artifact(`${'z'.repeat(300)} many and bad ${'y'.repeat(300)}`)
    const finding = find(found)
    mkdirSync(join(folder.path, 'run'))
    const work = artifactWork(target, 'words', found, finding, join(folder.path, 'run'))
    expect(await work.again()).toBe(true)
    const smaller = await work.smaller()
    work.close()
    expect(smaller).toMatchObject({ bytesAfter: 3, reproducer: [`findings/${finding.id}.input`, expect.any(String)] })
    expect(readFileSync(join(folder.path, 'run', smaller.reproducer![0]!), 'utf8')).toBe('bad')
    expect(readPortable(smaller.portable!)).toEqual({ kind: 'input', target: 'words', input: bytes('bad') })
  }, 30_000)
})

describe('a property', () => {
  const refuted = (message: string) =>
    findingOfProperty({ name: 'p', threats: ['LNK-01'] }, { message, counterexample: 'c' }, 7, 'fuzz/properties/p.ts', new Map())
  it('is one finding for each cause, with the host call that the words name', () => {
    expect(refuted('fd_read answered 77, which is no error number').id).toBe(
      refuted('fd_read answered 99, which is no error number').id,
    )
    expect(refuted('fd_read answered 77, which is no error number').id).not.toBe(
      refuted('fd_write answered 77, which is no error number').id,
    )
    expect(refuted('fd_read answered 77, which is no error number').hostCall).toBe('fd_read')
  })
  it('is replayed by its name and seed', () =>
    expect(refuted('no')).toMatchObject({ portable: 'property:p@7', replay: 'npx gauntlet replay property:p@7' }))
  it('is seen again if the same seed refutes it in the same way', async () => {
    const path = join(folder.path, 'p.mjs')
    writeFileSync(
      path,
      "export default { name: 'p', threats: ['LNK-01'], run: async (seed) => ({ executions: 1, failure: { message: seed === 7 ? 'no 12' : 'other', counterexample: 'x' } }) }",
    )
    expect(await propertyAgain(path, refuted('no 9'), 7, 100)()).toBe(true)
    expect(await propertyAgain(path, refuted('no 9'), 8, 100)()).toBe(false)
  })
})
