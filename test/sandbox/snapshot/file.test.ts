// Snapshots in files: whole or not at all, and one sentence for everything that can be wrong.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, loadSnapshot, type Snapshot, SnapshotError, saveSnapshot } from '../../../src/sandbox/index.ts'
import { wat } from '../support/wat.ts'
import { COUNTER, INLINE } from './support.ts'

let directory: string
let snapshot: Snapshot
const module = wat(COUNTER)
const key = new TextEncoder().encode('a key of the embedder')

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'snapshot-'))
  await using sandbox = createSandbox(INLINE)
  snapshot = await sandbox.preinitialise(module, undefined, { entry: 'bump' })
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const failure = async (action: Promise<unknown>): Promise<SnapshotError> => {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SnapshotError)
  return error as SnapshotError
}

describe('a snapshot in a file', () => {
  it('is there again, sealed or not, and nobody else may read it', async () => {
    for (const options of [{}, { integrityKey: key }]) {
      const path = join(directory, 'kept')
      await saveSnapshot(path, snapshot, options)
      const again = await loadSnapshot(path, options)
      expect(again).toEqual(snapshot)
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
      await using sandbox = createSandbox(INLINE)
      await using instance = await sandbox.restore(again, module)
      expect((await instance.call('bump')).values).toEqual([42n])
    }
    // Nothing was left behind beside it.
    expect(await readdir(directory)).toEqual(['kept'])
  })

  it('takes the place of another at once, or not at all', async () => {
    const place = join(directory, 'directory')
    await mkdir(place)
    const error = await failure(saveSnapshot(place, snapshot))
    expect([error.code, error.message]).toEqual(['inaccessible', expect.stringContaining(place)])
    await rm(place, { recursive: true })
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect((await failure(saveSnapshot(join(directory, 'missing', 'file'), snapshot))).message).toContain('ENOENT')
  })

  it.each([
    ['there is none', 'inaccessible', async (path: string) => rm(path, { force: true })],
    ['it is a directory', 'inaccessible', async (path: string) => void (await mkdir(path))],
    ['it is something else', 'not-a-snapshot', (path: string) => writeFile(path, 'something else altogether')],
    ['it is empty', 'truncated', (path: string) => writeFile(path, '')],
    ['it was cut', 'truncated', async (path: string) => truncate(path, (await stat(path)).size - 1)],
    ['something was appended', 'damaged', async (path: string) => writeFile(path, '\0', { flag: 'a' })],
    [
      'a byte is another one',
      'damaged',
      async (path: string) => {
        const bytes = await readFile(path)
        bytes[300]! ^= 1
        await writeFile(path, bytes)
      },
    ],
  ])('is refused when %s', async (_, code, damage) => {
    const path = join(directory, 'damaged')
    await rm(path, { recursive: true, force: true })
    if (code !== 'inaccessible') await saveSnapshot(path, snapshot)
    await damage(path)
    expect((await failure(loadSnapshot(path))).code).toBe(code)
  })

  it('is not read if it is larger than may be', async () => {
    const path = join(directory, 'large')
    await saveSnapshot(path, snapshot)
    const { size } = await stat(path)
    const error = await failure(loadSnapshot(path, { maxBytes: size - 1 }))
    expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('maxBytes')])
    expect(await loadSnapshot(path, { maxBytes: size })).toEqual(snapshot)
    // A sparse file of 2 GiB takes no room and no time.
    await truncate(path, 2 ** 31)
    expect((await failure(loadSnapshot(path, { maxBytes: Number.MAX_SAFE_INTEGER }))).code).toBe('too-large')
  })
})
