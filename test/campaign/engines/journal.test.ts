// The journal: every input is on disk before the target runs, and comes back whole.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { findingKey } from '../../../src/campaign/engines/finding-key.ts'
import {
  createJournal,
  JOURNAL_VARIABLE,
  journalled,
  KNOWN_FINDINGS_VARIABLE,
  PARENT_VARIABLE,
  readExecutions,
  readJournal,
  readThrown,
  thrownRecordPath,
} from '../../../src/campaign/engines/journal.ts'
import { processGone } from './process-gone.ts'

const directory = mkdtempSync(join(tmpdir(), 'gauntlet-journal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

let path: string
let number = 0
beforeEach(() => {
  number += 1
  path = join(directory, `journal-${number}.bin`)
  createJournal(path, 16)
  vi.stubEnv(JOURNAL_VARIABLE, path)
})
afterEach(() => vi.unstubAllEnvs())

const input = (text: string): Buffer => Buffer.from(text)

describe('the file', () => {
  test('is empty at first, and never changes its size', () => {
    expect(readJournal(path)).toBeUndefined()
    expect(readExecutions(path)).toBe(0)
    const fuzz = journalled(() => undefined)
    for (const text of ['', 'abc', 'a longer input than the journal can hold']) fuzz(input(text))
    expect(statSync(path).size).toBe(16 + 16)
  })

  test('holds the input already while the target runs', () => {
    const seen: (string | undefined)[] = []
    const fuzz = journalled(() => seen.push(Buffer.from(readJournal(path)!.input).toString('latin1')))
    for (const text of ['first', '', 'x', 'sixteen bytes ok']) fuzz(input(text))
    expect(seen).toEqual(['first', '', 'x', 'sixteen bytes ok'])
  })

  test('a short input does not show the rest of a longer one before it', () => {
    const fuzz = journalled(() => undefined)
    fuzz(input('0123456789'))
    fuzz(input('ab'))
    expect(readJournal(path)).toEqual({ executions: 2, input: new Uint8Array([97, 98]), truncated: false })
  })

  test('says that an input was too long', () => {
    journalled(() => undefined)(input('0123456789abcdefX'))
    expect(readJournal(path)).toMatchObject({ executions: 1, truncated: true, input: new Uint8Array(input('0123456789abcdef')) })
  })

  test('counts executions', () => {
    const fuzz = journalled(() => undefined)
    for (let count = 0; count < 2_500; count += 1) fuzz(input('x'))
    expect(readExecutions(path)).toBe(2_500)
  })

  test('something else is not taken for a journal', () => {
    writeFileSync(path, 'this is some other file, and long enough')
    expect(readJournal(path)).toBeUndefined()
    expect(readExecutions(path)).toBe(0)
    writeFileSync(path, 'short')
    expect(readJournal(path)).toBeUndefined()
    expect(readExecutions(path)).toBe(0)
    expect(readExecutions(join(directory, 'missing'))).toBe(0)
  })
})

describe('what the target throws', () => {
  const bug = (): never => {
    throw new RangeError('out of bounds: 17')
  }

  test('is described in a file and thrown on', () => {
    expect(readThrown(path)).toBeUndefined()
    expect(() => journalled(bug)(input('x'))).toThrow(RangeError)
    expect(readThrown(path)).toMatchObject({ kind: 'throw', message: 'RangeError: out of bounds: 17' })
  })

  test('is swallowed if it is known, so that the engine goes on', () => {
    expect(() => journalled(bug)(input('x'))).toThrow()
    const known = join(directory, `known-${number}.json`)
    const failure = readThrown(path)
    if (failure === undefined || failure.kind === 'misuse') throw new Error('no failure was recorded')
    writeFileSync(known, JSON.stringify([findingKey(failure)]))
    rmSync(thrownRecordPath(path))
    vi.stubEnv(KNOWN_FINDINGS_VARIABLE, known)
    expect(journalled(bug)(input('y'))).toBeUndefined()
    expect(existsSync(thrownRecordPath(path))).toBe(false)
    const other = journalled(() => {
      throw new RangeError('another bug')
    })
    expect(() => other(input('z'))).toThrow('another bug')
  })

  test('a promise is refused: in synchronous mode its rejection would be lost', () => {
    const fuzz = journalled(async () => undefined)
    expect(() => fuzz(input('x'))).toThrow(/export a synchronous fuzz/)
    expect(readThrown(path)).toMatchObject({ kind: 'misuse' })
  })

  test.each([null, undefined, 0, {}, { then: 1 }])('a result like %s is not a promise', (result) => {
    expect(() => journalled(() => result)(input('x'))).not.toThrow()
  })
})

describe('as the engine sees it', () => {
  test('the function declares one parameter: with another number jazzer.js would pass a callback', () => {
    expect(journalled(() => undefined)).toHaveLength(1)
    vi.stubEnv(JOURNAL_VARIABLE, undefined)
    expect(journalled(() => undefined)).toHaveLength(1)
  })

  test('without a journal the target just runs', () => {
    vi.stubEnv(JOURNAL_VARIABLE, undefined)
    expect(journalled((data) => data.length)(input('abc'))).toBe(3)
    expect(readExecutions(path)).toBe(0)
  })

  test.each([
    ['running inputs', "const end = Date.now() + 60_000; while (Date.now() < end) fuzz(Buffer.from('x'))"],
    ['idle, but kept alive', 'setTimeout(() => {}, 60_000)'],
  ])('an orphan ends itself, %s', async (name, activity) => {
    const moduleUrl = pathToFileURL(join(import.meta.dirname, '../../../src/campaign/engines/journal.ts')).href
    const pidFile = join(directory, `${name}.pid`)
    const orphan = join(directory, `${name}.mjs`)
    writeFileSync(
      orphan,
      `import { writeFileSync } from 'node:fs'
       import { journalled } from ${JSON.stringify(moduleUrl)}
       const fuzz = journalled(() => undefined)
       writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))
       ${activity}`,
    )
    const parent = join(directory, 'parent.mjs')
    writeFileSync(
      parent,
      `import { spawn } from 'node:child_process'
       import { existsSync } from 'node:fs'
       spawn(process.execPath, [${JSON.stringify(orphan)}], {
         stdio: 'ignore', detached: true, env: { ...process.env, ${PARENT_VARIABLE}: String(process.pid) },
       }).unref()
       const wait = setInterval(() => { if (existsSync(${JSON.stringify(pidFile)})) clearInterval(wait) }, 10)`,
    )
    await new Promise((resolve) => spawn(process.execPath, [parent], { stdio: 'ignore' }).once('exit', resolve))
    expect(await processGone(Number(readFileSync(pidFile, 'utf8')))).toBe(true)
  })
})
