// Snapshots: what is copied, and that nothing else ever is.
import { execFileSync } from 'node:child_process'
import { readdirSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSnapshot } from '../../../src/sandbox/broker/snapshot.ts'
import { UsageError } from '../../../src/sandbox/errors.ts'

const QUOTAS = { bytes: 1000, inodes: 20 }
const CANARY = 'the canary beside the source'
let top: string
let source: string

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'snapshot-'))
  source = join(top, 'source')
  await mkdir(join(source, 'dir', 'empty'), { recursive: true })
  await mkdir(join(top, 'vault'))
  await writeFile(join(top, 'vault', 'file'), CANARY)
  await writeFile(join(source, 'file'), 'contents')
  await utimes(join(source, 'file'), 1000, 2000)
  await writeFile(join(source, 'dir', 'file'), '')
  await symlink('../file', join(source, 'dir', 'link'))
})
afterEach(() => rm(top, { recursive: true, force: true }))

const failure = async (quotas = QUOTAS): Promise<string> => {
  const error = await readSnapshot(source, quotas).then(
    () => null,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(UsageError)
  return (error as UsageError).message
}

describe('readSnapshot', () => {
  it('copies files, directories and links, each after the directory that it lies in', async () => {
    const entries = await readSnapshot(source, QUOTAS)
    expect(entries).toEqual([
      { type: 'directory', path: 'dir' },
      { type: 'directory', path: 'dir/empty' },
      { type: 'file', path: 'dir/file', bytes: new Uint8Array(), modifiedMs: expect.any(Number) },
      { type: 'symlink', path: 'dir/link', target: '../file' },
      { type: 'file', path: 'file', bytes: new Uint8Array(Buffer.from('contents')), modifiedMs: 2_000_000 },
    ])
  })

  it('follows a source that is itself a link', async () => {
    await symlink('source', join(top, 'alias'))
    expect(await readSnapshot(join(top, 'alias'), QUOTAS)).toHaveLength(5)
  })

  it.each([
    ['../vault/file', 'out'],
    ['../../vault/file', 'dir/out'],
    ['/etc/passwd', 'out'],
    ['../source/file', 'out'],
  ])('refuses a link to %s, and says where it is', async (target, path) => {
    await symlink(target, join(source, path))
    expect(await failure()).toMatch(new RegExp(`cannot be taken: "${path}" is a link that leads out of it; replace it`))
  })

  it('refuses what is neither file nor directory nor link, without opening it', async () => {
    execFileSync('mkfifo', [join(source, 'dir', 'pipe')])
    expect(await failure()).toMatch(/"dir\/pipe" is neither a file nor a directory nor a link; remove it/)
  })

  it('refuses a source that is missing, or is no directory', async () => {
    source = join(top, 'missing')
    expect(await failure()).toMatch(/it could not be read \(ENOENT\)/)
    source = join(top, 'vault', 'file')
    expect(await failure()).toMatch(/it is no directory; name one/)
  })

  it.runIf(process.platform === 'linux')('refuses file systems of the kernel', async () => {
    source = '/proc/self'
    expect(await failure()).toMatch(/lies on a file system of the kernel/)
  })

  it('keeps to both quotas, and makes no room for a file of holes', async () => {
    expect(await readSnapshot(source, { bytes: 8, inodes: 5 })).toHaveLength(5)
    expect(await failure({ bytes: 7, inodes: 5 })).toMatch(/more than the 7 bytes .* raise quotas.fileBytes/)
    expect(await failure({ bytes: 8, inodes: 4 })).toMatch(/more than the 4 entries .* raise quotas.inodes/)
    await truncate(join(source, 'file'), 2 ** 40)
    expect(await failure()).toMatch(/more than the 1000 bytes/)
  })

  it('ends when it is told to', async () => {
    await expect(readSnapshot(source, QUOTAS, AbortSignal.abort(new Error('no longer wanted')))).rejects.toThrow(
      'no longer wanted',
    )
  })

  it.runIf(process.platform === 'linux')('leaves no descriptor open, done or refused', async () => {
    const before = readdirSync('/proc/self/fd').length
    await readSnapshot(source, QUOTAS)
    await failure({ bytes: 0, inodes: 20 })
    await symlink('/', join(source, 'dir', 'z'))
    await failure()
    expect(readdirSync('/proc/self/fd').length).toBe(before)
  })

  // Between any two of its steps a second writer puts a link in the place of what was looked at.
  describe.each([
    ['a directory', 'swapped', '../vault'],
    ['a file', 'swapped/file', '../../vault/file'],
  ])('while %s is swapped for a link that leads out', (_, path, target) => {
    it.runIf(process.platform === 'linux')('the canary is never copied', async () => {
      await mkdir(join(source, 'swapped'))
      await writeFile(join(source, 'swapped', 'file'), 'inside')
      const results = new Set<string>()
      for (let moment = 1; moment < 100; moment++) {
        let steps = 0
        const swap = () => {
          if (++steps !== moment) return
          renameSync(join(source, path), join(top, 'aside'))
          symlinkSync(target, join(source, path))
        }
        const texts = await readSnapshot(source, QUOTAS, { throwIfAborted: swap } as AbortSignal).then(
          (entries) => entries.map((entry) => (entry.type === 'file' ? Buffer.from(entry.bytes).toString() : '')),
          (error: unknown) => [error instanceof UsageError ? 'refused' : String(error)],
        )
        expect(texts).not.toContain(CANARY)
        results.add(texts.includes('inside') ? 'inside' : texts.join())
        if (steps < moment) break
        unlinkSync(join(source, path))
        renameSync(join(top, 'aside'), join(source, path))
      }
      expect([...results].sort()).toEqual(['inside', 'refused'])
    })
  })
})
