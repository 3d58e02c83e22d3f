// A good signature over wrong claims, and files that are not what was signed.
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { checkContent } from '../../../src/reports/attestation/check.ts'
import { attestedFiles, digestOf } from '../../../src/reports/attestation/files.ts'
import { statementText } from '../../../src/reports/attestation/statement.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { visibleJson } from '../../../src/reports/visible.ts'
import { smallRecord } from '../hostile.ts'

const root = mkdtempSync(join(tmpdir(), 'gauntlet-attest-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const small = smallRecord()
const record: RunRecord = {
  ...small,
  project: { ...small.project, sandbox: 'ab'.repeat(32) },
  findings: small.findings.map((finding) => ({ ...finding, reproducer: ['findings/a.wat', '../outside', 'findings/link.wat'] })),
}

let dir: string
let payload: string
beforeEach(async () => {
  dir = mkdtempSync(join(root, 'run-'))
  mkdirSync(join(dir, 'findings'))
  writeFileSync(join(root, 'outside'), 'not of the run')
  writeFileSync(join(dir, 'findings', 'a.wat'), '(module)')
  symlinkSync('a.wat', join(dir, 'findings', 'link.wat'))
  writeFileSync(join(dir, 'report.json'), visibleJson(record))
  writeFileSync(join(dir, 'report.md'), '# FAILED\n')
  payload = statementText(record, await attestedFiles(dir, record))
})

const problems = async (text: string = payload): Promise<readonly string[]> =>
  (await checkContent(Buffer.from(text), dir, readFileSync(join(dir, 'report.json')))).problems

/** The statement with something else in it, as a signer who lies would write it. */
const lie = (change: (statement: ReturnType<typeof JSON.parse>) => void): string => {
  const statement = JSON.parse(payload)
  change(statement)
  return JSON.stringify(statement)
}

it('finds nothing wrong with what is as it was', async () => {
  expect(await problems()).toEqual([])
})

it('is about the reports and reproducers that are there, and about nothing outside of the run or behind a link', async () => {
  expect([...(await attestedFiles(dir, record)).keys()].sort()).toEqual(['findings/a.wat', 'report.json', 'report.md'])
})

describe('notices', () => {
  it.each(['report.json', 'report.md', 'findings/a.wat'])('any changed byte of %s', async (name) => {
    const path = join(dir, name)
    const before = readFileSync(path)
    for (const index of [0, Math.floor(before.length / 2), before.length - 1]) {
      const changed = Buffer.from(before)
      changed[index]! ^= 1
      writeFileSync(path, changed)
      expect(await problems()).toEqual([`${JSON.stringify(name)} is not what was signed.`])
    }
    writeFileSync(path, before)
    expect(await problems()).toEqual([])
    appendFileSync(path, ' ')
    expect(await problems()).toEqual([`${JSON.stringify(name)} is not what was signed.`])
  })

  it('a file that is gone, or a link now', async () => {
    renameSync(join(dir, 'report.md'), join(dir, 'findings', 'elsewhere'))
    expect(await problems()).toEqual(['"report.md" is not there any more.'])
    symlinkSync('findings/elsewhere', join(dir, 'report.md'))
    expect(await problems()).toEqual(['"report.md" is not there any more.'])
  })

  it.each(['report.html', 'report.pdf', 'READ ME.txt'])('%s, which was laid beside the reports', async (name) => {
    writeFileSync(join(dir, name), 'all is well')
    expect(await problems()).toEqual([`${JSON.stringify(name)} is in the directory and was not signed.`])
    rmSync(join(dir, name))
    symlinkSync('findings/a.wat', join(dir, name))
    expect(await problems()).toEqual([`${JSON.stringify(name)} is in the directory and was not signed.`])
  })

  it.each([
    ['nothing', ''],
    ['no statement', '{}'],
    ['bytes that are no text', '\ud800'],
  ])('%s for a statement', async (_, text) => {
    expect(await problems(text)).toEqual(['What is signed is no statement about a run, or one of another version.'])
  })

  it.each<[string, (statement: ReturnType<typeof JSON.parse>) => void, RegExp]>([
    [
      'a better result',
      ({ predicate }) => {
        predicate.result = 'PASSED'
      },
      /says PASSED, and FAILED follows from report\.json/,
    ],
    [
      'a threat among those that passed',
      ({ predicate }) => {
        predicate.passedTests.push('LNK-02')
      },
      /does not follow/,
    ],
    [
      'a failure that is left out',
      ({ predicate }) => {
        predicate.failedTests.pop()
      },
      /does not follow/,
    ],
    [
      'another budget',
      ({ predicate }) => {
        predicate.configuration[0].annotations.budgetSeconds = 1e6
      },
      /does not follow/,
    ],
    [
      'another sandbox',
      ({ subject }) => {
        subject[0].digest.dirHash = 'cd'.repeat(32)
      },
      /another sandbox/,
    ],
    [
      'no sandbox',
      ({ subject }) => {
        subject.shift()
      },
      /another sandbox/,
    ],
    [
      'no report.json',
      (statement) => {
        statement.subject = statement.subject.filter(({ name }: { name: string }) => name !== 'report.json')
      },
      /not about report\.json/,
    ],
    [
      'another kind of predicate',
      (statement) => {
        statement.predicateType = 'https://slsa.dev/provenance/v1'
      },
      /no statement about a run/,
    ],
    [
      'a field more',
      ({ predicate }) => {
        predicate.url = 'https://evil.test'
      },
      /no statement about a run/,
    ],
    [
      'a file outside',
      ({ subject }) => {
        subject.push({ name: '../outside', digest: { sha256: createHash('sha256').update('not of the run').digest('hex') } })
      },
      /"\.\.\/outside" is not there/,
    ],
    [
      'a file twice, the second time as it is',
      ({ subject }) => {
        const report = subject.find(({ name }: { name: string }) => name === 'report.md')
        subject.splice(subject.indexOf(report), 0, { ...report, digest: { sha256: '00'.repeat(32) } })
      },
      /does not follow/,
    ],
  ])('%s', async (_, change, expected) => {
    expect((await problems(lie(change))).join(' ')).toMatch(expected)
  })

  it.each([
    ['a result twice, of which parsers take one or the other', '"predicate":{', '"predicate":{"result":"PASSED",'],
    ['a note under a name that parsers drop', '"annotations":{', '"annotations":{"__proto__":"PASSED",'],
    ['space that nobody needs', '{"_type"', '{ "_type"'],
  ])('%s', async (_, from, to) => {
    expect(payload).toContain(from)
    expect(await problems(payload.replace(from, to))).toEqual([expect.stringMatching(/does not follow|no statement/)])
  })

  it('a report that is none, although its digest is right', async () => {
    const report = '{"schemaVersion":1}'
    writeFileSync(join(dir, 'report.json'), report)
    const sha256 = createHash('sha256').update(report).digest('hex')
    const text = lie(({ subject }) => {
      subject.find(({ name }: { name: string }) => name === 'report.json').digest.sha256 = sha256
    })
    expect(await problems(text)).toEqual([
      expect.stringMatching(/^report\.json is no report of this version of the project: at .*; nothing follows from it\.$/),
    ])
  })
})

it.each([
  '',
  '.',
  '..',
  '../outside',
  'findings/../../outside',
  '/etc/passwd',
  'a\\b',
  'findings',
  'findings/link.wat',
  'C:x',
  'a\0b',
])('reads no file by the name %j', async (name) => {
  expect(await digestOf(dir, name)).toBeNull()
})
