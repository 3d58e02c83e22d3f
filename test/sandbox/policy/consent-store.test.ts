// The file of consents: written as a whole or not at all, and never taken for empty when it cannot be used.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsentStoreError } from '../../../src/sandbox/errors.ts'
import { type ConsentRecord, ConsentStore } from '../../../src/sandbox/policy/consent-store.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gauntlet-consents-'))
  path = join(dir, 'consents.json')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const record = (digit: string, more: Partial<ConsentRecord> = {}): ConsentRecord => ({
  principal: null,
  name: 'probe',
  version: '1.0.0',
  sha256: digit.repeat(64),
  state: 'granted',
  wording: 'f'.repeat(64),
  description: null,
  items: [
    { capability: 'clock', object: null, granularityNs: 5, reason: 'r' },
    { capability: 'fs', object: '/d', writable: true, reason: 'r' },
    { capability: 'env', object: '__proto__', reason: 'r' },
  ],
  time: 1,
  ...more,
})

describe('ConsentStore', () => {
  it('gives back what was put in, in this process and in the next', async () => {
    await new ConsentStore(path).put(record('a'))
    await new ConsentStore(path).put(record('b', { principal: 'p', state: 'denied', description: 'd' }))
    expect(JSON.parse(JSON.stringify(await new ConsentStore(path).records()))).toEqual([
      record('a'),
      record('b', { principal: 'p', state: 'denied', description: 'd' }),
    ])
    expect(JSON.parse(readFileSync(path, 'utf8')).consents).toBe(1)
  })

  it('is empty and makes no file until something is decided', async () => {
    expect(await new ConsentStore(path).records()).toEqual([])
    expect(existsSync(path)).toBe(false)
  })

  it('keeps one decision for a module and principal, the last', async () => {
    const store = new ConsentStore(path)
    await store.put(record('a'))
    await store.put(record('a', { principal: 'p' }))
    await store.put(record('a', { state: 'denied' }))
    expect((await store.records()).map(({ principal, state }) => [principal, state])).toEqual([
      ['p', 'granted'],
      [null, 'denied'],
    ])
  })

  it('sees what another process has revoked', async () => {
    const [one, other] = [new ConsentStore(path), new ConsentStore(path)]
    await one.put(record('a'))
    expect(await other.remove(({ name }) => name === 'probe')).toHaveLength(1)
    expect(await one.records()).toEqual([])
    await one.put(record('b'))
    expect((await other.records()).map(({ sha256 }) => sha256[0])).toEqual(['b'])
  })

  it('loses nothing when many write at the same time', async () => {
    const digits = [...'0123456789abcdef']
    await Promise.all(digits.map((digit) => new ConsentStore(path).put(record(digit))))
    expect((await new ConsentStore(path).records()).map(({ sha256 }) => sha256[0]).sort()).toEqual(digits)
    expect(readdirSync(dir)).toEqual(['consents.json'])
  })

  it('can be read and written by its owner only', async () => {
    await new ConsentStore(path).put(record('a'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('has the old file or the new one, whenever the process that writes is killed', async () => {
    const script = `
      const { ConsentStore } = await import(${JSON.stringify(new URL('../../../src/sandbox/policy/consent-store.ts', import.meta.url).href)})
      const store = new ConsentStore(${JSON.stringify(path)})
      const base = ${JSON.stringify(record('a'))}
      for (let i = 0; ; i++) {
        await store.put({ ...base, sha256: i.toString(16).padStart(64, '0') })
        process.stdout.write(i + '\\n')
      }`
    for (let round = 0; round < 3; round++) {
      rmSync(path, { force: true })
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      let told = ''
      await new Promise<void>((done) => {
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          told += text
          if (told.split('\n').length > 5 + round) child.kill('SIGKILL')
        })
        child.on('close', () => done())
      })
      const acknowledged = told.split('\n').slice(0, -1).length
      rmSync(`${path}.lock`, { force: true })
      expect((await new ConsentStore(path).records()).length).toBeGreaterThanOrEqual(acknowledged)
    }
  })
})

describe('a file that cannot be used', () => {
  const good = () => ({ consents: 1, records: [record('a')] })
  it.each<[string, string | Uint8Array, RegExp]>([
    ['is cut', JSON.stringify(good()).slice(0, -3), /it is not valid JSON/],
    ['is empty', '', /it is not valid JSON/],
    ['is not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /it is not UTF-8 text/],
    ['is of a later version', JSON.stringify({ consents: 2, records: [] }), /it has version 2, and this program knows version 1/],
    ['has a key twice', '{"consents":1,"records":[],"records":[]}', /it is not valid JSON/],
    ['has unknown keys', JSON.stringify({ ...good(), extra: 1 }), /the top level is not as it should be/],
    [
      'has a broken record',
      JSON.stringify({ consents: 1, records: [{ ...record('a'), state: 'maybe' }] }),
      /records\.0\.state is not/,
    ],
    ['has __proto__ in it', '{"consents":1,"records":[],"__proto__":{}}', /the top level is not as it should be/],
  ])('because it %s is one clear error, and stays as it is', async (_, content, message) => {
    writeFileSync(path, content)
    const store = new ConsentStore(path)
    const attempts = [() => store.records(), () => store.put(record('b')), () => store.remove(() => true)]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toThrow(ConsentStoreError)
      await expect(attempt()).rejects.toThrow(message)
    }
    expect(Buffer.compare(readFileSync(path), Buffer.from(content as string))).toBe(0)
    expect(readdirSync(dir)).toEqual(['consents.json'])
  })

  it('because it is a directory, or in none, is one clear error', async () => {
    mkdirSync(path)
    await expect(new ConsentStore(path).records()).rejects.toThrow(ConsentStoreError)
    await expect(new ConsentStore(join(dir, 'no', 'where')).put(record('a'))).rejects.toThrow(/cannot be written \(ENOENT\)/)
  })

  it('because another program holds it is told with the name of the lock', async () => {
    writeFileSync(`${path}.lock`, '')
    await expect(new ConsentStore(path).put(record('a'))).rejects.toThrow(/if there is none, delete .*consents\.json\.lock/)
    expect(existsSync(path)).toBe(false)
  })
})
