// The mutation score: counted from what Stryker wrote, with what has changed since, and never taken for more than it is.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MUTATION_REPORT, readMutationScore } from '../../src/campaign/mutation-score.ts'
import { mutationSentence } from '../../src/reports/mutation-text.ts'
import { scratch } from './toys.ts'

let project: ReturnType<typeof scratch>
const write = (path: string, text: string): void => {
  mkdirSync(join(project.path, path, '..'), { recursive: true })
  writeFileSync(join(project.path, path), text)
}
beforeEach(() => {
  project = scratch()
})
afterEach(() => project.remove())

const mutant = (status: string, line = 1) => ({
  id: '1',
  status,
  mutatorName: 'EqualityOperator',
  replacement: 'a < b',
  location: { start: { line, column: 1 }, end: { line, column: 5 } },
})
const reportOf = (files: Record<string, readonly object[]>) =>
  JSON.stringify({
    schemaVersion: '1.0',
    thresholds: {},
    files: Object.fromEntries(
      Object.entries(files).map(([file, mutants]) => [file, { language: 'typescript', source: `// ${file}`, mutants }]),
    ),
  })

describe('readMutationScore', () => {
  it('counts what a test noticed, a hang as well, and what none did, whether one reaches it or not', () => {
    const mutants = ['Killed', 'Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'CompileError', 'RuntimeError', 'Ignored']
    write('src/a.ts', '// src/a.ts')
    write(MUTATION_REPORT, reportOf({ 'src/a.ts': mutants.map((status, index) => mutant(status, 20 - index)) }))
    const record = readMutationScore(project.path)
    expect(record).toMatchObject({
      result: 'measured',
      score: 4 / 6,
      mutants: 6,
      killed: 4,
      survived: 1,
      uncovered: 1,
      changed: [],
    })
    expect(record.survivors.map(({ file, line }) => `${file}:${line}`)).toEqual(['src/a.ts:15', 'src/a.ts:16'])
    expect(mutationSentence(record)).toMatch(
      /^Mutation score of the boundary: 66\.6 % of 6 mutants, measured \d{4}-\d\d-\d\d; survived: 1, in code that no test reaches: 1\.$/,
    )
  })

  it('says which files are not any more what was measured', () => {
    write('src/a.ts', '// src/a.ts')
    write('src/b.ts', '// something else')
    write(
      MUTATION_REPORT,
      reportOf({ 'src/a.ts': [mutant('Killed')], 'src/b.ts': [mutant('Killed')], 'src/gone.ts': [mutant('Killed')] }),
    )
    const record = readMutationScore(project.path)
    expect(record.changed).toEqual(['src/b.ts', 'src/gone.ts'])
    expect(mutationSentence(record)).toContain('Since then src/b.ts and src/gone.ts changed, so it says little about those.')
  })

  it('calls nothing 100 % but all', () => {
    write(
      MUTATION_REPORT,
      reportOf({ 'src/a.ts': [...Array.from({ length: 9_999 }, () => mutant('Killed')), mutant('Survived')] }),
    )
    expect(mutationSentence(readMutationScore(project.path))).toContain('99.9 % of 10,000 mutants')
  })

  it('names some survivors, and counts all', () => {
    write(MUTATION_REPORT, reportOf({ 'src/a.ts': Array.from({ length: 80 }, (_, line) => mutant('Survived', line)) }))
    const { survivors, survived } = readMutationScore(project.path)
    expect([survivors.length, survived]).toEqual([50, 80])
  })

  it.each([
    ['no report', null, /no mutation test has been made here/],
    ['no JSON', 'x', /is no report of a mutation test/],
    ['something else', '{"files":[]}', /is no report of a mutation test/],
    ['no mutants', '{"files":{}}', /had no mutants/],
  ])('is not run where there is %s', (_name, text, reason) => {
    if (text !== null) write(MUTATION_REPORT, text)
    const record = readMutationScore(project.path)
    expect(record).toMatchObject({ result: 'not-run', score: null, reason: expect.stringMatching(reason) })
    expect(mutationSentence(record)).toMatch(/^Mutation score: not run; /)
  })

  it('is not run in a record that knows of none', () => expect(mutationSentence(undefined)).toBe('Mutation score: not run.'))
})
