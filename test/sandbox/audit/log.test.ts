// The audit log: what is written is there, in one chain, signed; segments, limits, keys, and one writer at a time.
import { generateKeyPairSync } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findSegments } from '../../../src/sandbox/audit/files.ts'
import { AuditLog, type AuditLogOptions } from '../../../src/sandbox/audit/log.ts'
import { verifySegments } from '../../../src/sandbox/audit/verify.ts'
import { check, decision, decisionsIn, KEY, linesIn, logWith, scratchDirectory, segmentFiles } from '../support/audit.ts'

const problemOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    return (error as { problem?: string }).problem ?? String(error)
  }
  return 'none'
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('a log', () => {
  it('has what was written as soon as write returns, fields of the record and all', async () => {
    using directory = scratchDirectory()
    await using log = AuditLog.open(directory.path)
    await log.write(decision(1))
    expect(linesIn(directory.path).at(-1)).toMatchObject({ ...decision(1), type: 'decision', seq: 3 })
  })

  it('goes on where it ended, and stays one chain', async () => {
    using directory = scratchDirectory()
    for (let run = 0; run < 3; run++) await logWith(directory.path, 5)
    expect(await check(directory.path)).toMatchObject({
      intact: true,
      unsigned: 0,
      unvouched: 0,
      repaired: 0,
      lost: 0,
      anchored: true,
    })
    expect(linesIn(directory.path).map(({ seq }) => seq)).toEqual(range(1, linesIn(directory.path).length))
    expect(decisionsIn(directory.path)).toHaveLength(15)
  })

  it('belongs to its owner alone, the key above all', async () => {
    using directory = scratchDirectory()
    const path = join(directory.path, 'log')
    await (await AuditLog.open(path)).close()
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o077, name).toBe(0)
    expect(readdirSync(path).sort()).toEqual(['audit-00000001.jsonl', 'audit.anchor', 'audit.key', 'audit.pub'])
  })

  it('makes a key for itself, and uses it again', async () => {
    using directory = scratchDirectory()
    const first = AuditLog.open(directory.path)
    await first.close()
    const second = AuditLog.open(directory.path)
    await second.close()
    expect(second.keyId).toBe(first.keyId)
    expect(findSegments([directory.path]).segments).toHaveLength(1)
  })

  it('begins a segment for another key', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 2)
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const log = AuditLog.open(directory.path, { key: privateKey })
    await log.write(decision(3))
    await log.close()
    const { segments } = findSegments([directory.path])
    expect(segments).toHaveLength(2)
    expect(await verifySegments(segments)).toMatchObject({ intact: true, unvouched: 0 })
    expect((await check(directory.path)).finding).toMatchObject({ kind: 'key', file: 'audit-00000002.jsonl', line: 1 })
    expect((await verifySegments(segments, { keys: [publicKey] })).finding).toMatchObject({ kind: 'key', line: 1 })
  })

  it.each([
    ['text', 'no key'],
    ['a key of another kind', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['a public key', generateKeyPairSync('ed25519').publicKey],
  ])('is not opened with %s for a key', (_, key) => {
    using directory = scratchDirectory()
    expect(() => AuditLog.open(directory.path, { key })).toThrow(/no private Ed25519 key/)
  })

  it.each([
    ['durability', 'always'],
    ['checkpointRecords', 0],
    ['checkpointMs', 2 ** 31],
    ['segmentBytes', 100],
    ['maxBytes', 1.5],
    ['maxSegments', 0],
  ])('is not opened with %s %s', (name, value) => {
    using directory = scratchDirectory()
    expect(() => AuditLog.open(directory.path, { [name]: value } as AuditLogOptions)).toThrow(new RegExp(`option ${name}`))
    expect(readdirSync(directory.path)).toEqual([])
  })

  it('takes no more when it is closed', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path)
    await log.close()
    await log.close()
    expect(problemOf(() => log.write(decision(1)))).toBe('closed')
  })

  it('refuses a record that is longer than a line, and goes on', async () => {
    using directory = scratchDirectory()
    await using log = AuditLog.open(directory.path, { key: KEY })
    expect(() => log.write(decision(1, 'x'.repeat(70_000)))).toThrow(/longer/)
    await log.write(decision(2))
    expect(linesIn(directory.path).slice(-2)).toMatchObject([{ type: 'lost', count: 1 }, { sequence: 2 }])
    expect(log.lost).toBe(1)
  })

  it('is not opened through a link, nor where a segment is something else', () => {
    using directory = scratchDirectory()
    writeFileSync(join(directory.path, 'elsewhere'), '')
    symlinkSync(join(directory.path, 'elsewhere'), join(directory.path, 'audit-00000001.jsonl'))
    expect(problemOf(() => AuditLog.open(directory.path))).toBe('unwritable')
    rmSync(join(directory.path, 'audit-00000001.jsonl'))
    mkdirSync(join(directory.path, 'audit-00000001.jsonl'))
    expect(problemOf(() => AuditLog.open(directory.path))).toBe('unwritable')
  })
})

describe('checkpoints', () => {
  const reasons = (directory: string) => linesIn(directory).flatMap(({ type, reason }) => (type === 'checkpoint' ? [reason] : []))

  it('come with the beginning, after so many records, and with the end', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 25, { checkpointRecords: 10 })
    expect(reasons(directory.path)).toEqual(['open', 'records', 'records', 'close'])
  })

  it('come after some time, if there is anything to sign', async () => {
    using directory = scratchDirectory()
    const seen: string[] = []
    const log = AuditLog.open(directory.path, { checkpointMs: 20, onCheckpoint: (line) => seen.push(line) })
    await log.write(decision(1))
    await expect.poll(() => seen.length).toBe(2)
    await log.close()
    expect(reasons(directory.path)).toEqual(['open', 'time'])
  })

  it('are handed out and kept as the anchor, word for word', async () => {
    using directory = scratchDirectory()
    const anchor = join(directory.path, 'elsewhere')
    const seen: string[] = []
    await logWith(join(directory.path, 'log'), 3, { anchor, onCheckpoint: (line) => seen.push(line) })
    expect(seen).toHaveLength(2)
    expect(readFileSync(anchor, 'utf8')).toBe(`${seen[1]}\n`)
    expect(readFileSync(join(directory.path, 'log', 'audit-00000001.jsonl'), 'utf8')).toContain(`${seen[1]}\n`)
    expect(existsSync(join(directory.path, 'log', 'audit.anchor'))).toBe(false)
  })

  it('are handed out only when they are on the disk', async () => {
    using directory = scratchDirectory()
    let seen = 0
    const log = AuditLog.open(directory.path, { onCheckpoint: () => seen++ })
    expect(seen).toBe(0)
    await log.close()
    expect(seen).toBe(1)
  })

  it('that nobody wants cost no record', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path, {
      onCheckpoint: () => {
        throw new Error('the embedder’s own')
      },
    })
    await log.write(decision(1))
    await log.close()
    expect(log.failure).toMatchObject({ problem: 'callback', cause: { message: 'the embedder’s own' } })
    expect(log.lost).toBe(0)
  })
})

describe('segments', () => {
  it('have a bounded size and follow one another', async () => {
    using directory = scratchDirectory()
    const full: string[] = []
    await logWith(directory.path, 100, { segmentBytes: 4096, onSegmentFull: (path) => full.push(basename(path)) })
    const files = segmentFiles(directory.path)
    expect(files.length).toBeGreaterThan(5)
    expect(full).toEqual(files.slice(0, -1).map((path) => basename(path)))
    for (const path of files) expect(statSync(path).size).toBeLessThan(4096 + 2000)
    expect(await check(directory.path)).toMatchObject({ intact: true, segments: files.length })
    expect(decisionsIn(directory.path)).toEqual(range(1, 100))
  })

  it('can be moved away when they are full, and checked together with the rest', async () => {
    using directory = scratchDirectory()
    const [path, archive] = [join(directory.path, 'log'), join(directory.path, 'archive')]
    mkdirSync(archive)
    const onSegmentFull = (full: string) => renameSync(full, join(archive, basename(full)))
    await logWith(path, 50, { segmentBytes: 4096, onSegmentFull })
    await logWith(path, 50, { segmentBytes: 4096, onSegmentFull })
    expect(segmentFiles(path)).toHaveLength(1)
    expect((await check(path)).finding).toMatchObject({
      kind: 'segment',
      message: expect.stringContaining('begins with segment 1'),
    })
    const { segments } = findSegments([...segmentFiles(archive), path])
    expect(await verifySegments(segments)).toMatchObject({ intact: true })
    expect(await verifySegments(findSegments([path]).segments, { partial: true })).toMatchObject({ intact: true })
  })

  it('are not begun beyond maxSegments, until some are moved away', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path, { key: KEY, segmentBytes: 4096, maxSegments: 2 })
    let written = 0
    while (problemOf(() => log.write(decision(++written))) === 'none');
    expect(log.failure).toMatchObject({ problem: 'full', message: expect.stringContaining('maxSegments: 2') })
    expect(segmentFiles(directory.path)).toHaveLength(2)
    const [oldest] = segmentFiles(directory.path)
    rmSync(oldest!)
    await log.write(decision(written + 1))
    await log.close()
    expect(linesIn(directory.path)).toContainEqual(expect.objectContaining({ type: 'lost', count: 1 }))
  })

  it('together stay within maxBytes and a little for the log’s own lines', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path, { key: KEY, segmentBytes: 4096, maxBytes: 20_000 })
    for (let i = 0; i < 200; i++) problemOf(() => log.write(decision(i)))
    await log.close()
    const total = segmentFiles(directory.path).reduce((sum, path) => sum + statSync(path).size, 0)
    expect(total).toBeLessThan(20_000 + 3000)
    expect(log.failure).toMatchObject({ problem: 'full' })
    expect(log.lost).toBeGreaterThan(100)
    expect(await check(directory.path)).toMatchObject({ intact: true })
    // Opening it again does not make room by itself.
    const again = AuditLog.open(directory.path, { key: KEY, maxBytes: 20_000 })
    expect(problemOf(() => again.write(decision(1)))).toBe('full')
    await again.close()
  })
})

describe('durability', () => {
  it('each: the record is on the disk when write resolves', async () => {
    using directory = scratchDirectory()
    await using log = AuditLog.open(directory.path, { durability: 'each' })
    const writing = [1, 2, 3].map((i) => log.write(decision(i)))
    for (const written of writing) expect(written).toBeInstanceOf(Promise)
    await Promise.all(writing)
    expect(decisionsIn(directory.path)).toEqual([1, 2, 3])
  })

  it.each(['checkpoint', 'none'] as const)('%s: write does not wait, so that level inline can use it', async (durability) => {
    using directory = scratchDirectory()
    await using log = AuditLog.open(directory.path, { durability })
    expect(log.write(decision(1))).toBeUndefined()
    expect(decisionsIn(directory.path)).toEqual([1])
  })
})

describe('a second writer', () => {
  it('is refused, and may come when the first has closed', async () => {
    using directory = scratchDirectory()
    const first = AuditLog.open(directory.path)
    expect(() => AuditLog.open(directory.path)).toThrow(/is being written by this very process; give each writer/)
    await first.write(decision(1))
    await first.close()
    await AuditLog.open(directory.path).close()
    expect(readdirSync(directory.path).filter((name) => name.endsWith('.lock'))).toEqual([])
  })
})
