// Checking a log: whatever is changed, taken away, added or moved in it is found and named.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BEGINNING, nextLine } from '../../../src/sandbox/audit/chain.ts'
import { checkpointLine, keyId } from '../../../src/sandbox/audit/checkpoint.ts'
import { findSegments } from '../../../src/sandbox/audit/files.ts'
import { AuditLog } from '../../../src/sandbox/audit/log.ts'
import { type Verification, verifySegments } from '../../../src/sandbox/audit/verify.ts'
import { check, decision, KEY, logWith, scratchDirectory, segmentFiles } from '../support/audit.ts'

/** A log of two segments, closed. */
let source: ReturnType<typeof scratchDirectory>
let scratch: ReturnType<typeof scratchDirectory>
let files: readonly { readonly name: string; readonly bytes: Buffer }[]
beforeAll(async () => {
  source = scratchDirectory()
  scratch = scratchDirectory()
  await logWith(source.path, 8, { segmentBytes: 4096, checkpointRecords: 5 })
  files = segmentFiles(source.path).map((path) => ({ name: basename(path), bytes: readFileSync(path) }))
  expect(files).toHaveLength(2)
})
afterAll(() => {
  source[Symbol.dispose]()
  scratch[Symbol.dispose]()
})

/** The verdict on the log with these contents; null for a segment that is not there. */
async function verdictOn(contents: readonly (Uint8Array | string | null)[], anchor = true): Promise<Verification> {
  rmSync(scratch.path, { recursive: true })
  mkdirSync(scratch.path)
  for (const [index, content] of contents.entries())
    if (content !== null) writeFileSync(join(scratch.path, `audit-0000000${index + 1}.jsonl`), content)
  return check(scratch.path, anchor ? join(source.path, 'audit.anchor') : null)
}
const bytesOf = () => files.map(({ bytes }) => bytes)
const linesOf = (index: number) => files[index]!.bytes.toString('latin1').trimEnd().split('\n')
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
/** The log with other lines in one segment. */
const withLines = (index: number, lines: readonly string[]) => bytesOf().map((bytes, i) => (i === index ? text(lines) : bytes))

describe('a log as it was written', () => {
  it('is intact, with or without its anchor, and says what it does not know', async () => {
    expect(await verdictOn(bytesOf())).toMatchObject({
      intact: true,
      finding: null,
      anchored: true,
      keysGiven: true,
      segments: 2,
      unsigned: 0,
    })
    expect(await verdictOn(bytesOf(), false)).toMatchObject({ intact: true, anchored: false })
    expect(await verifySegments(findSegments([source.path]).segments)).toMatchObject({
      intact: true,
      keysGiven: false,
      keys: [keyId(KEY)],
    })
  })

  it('tells how many of its last records nobody has signed yet', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path, { key: KEY })
    for (let i = 0; i < 3; i++) await log.write(decision(i))
    expect(await check(directory.path, null)).toMatchObject({ intact: true, unsigned: 3 })
    await log.close()
  })
})

describe('tampering with any single byte', () => {
  it('of any segment is found, and the first bad record is named', async () => {
    for (const [index, { name, bytes }] of files.entries()) {
      let [line, start] = [1, 0]
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1
        const { finding } = await verdictOn(bytesOf().map((same, i) => (i === index ? changed : same)))
        expect(finding, `${name} byte ${at}`).not.toBeNull()
        expect([finding!.file, finding!.line], `${name} byte ${at}`).toEqual([name, line])
        if (bytes[at] === 10) [line, start] = [line + 1, at + 1]
      }
      expect(start).toBe(bytes.length)
    }
  }, 120_000)

  it('in any way, adding and removing included, is found', async () => {
    const place = fc.record({
      segment: fc.nat(1),
      at: fc.nat(100_000),
      remove: fc.nat(3),
      insert: fc.uint8Array({ maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(place, async ({ segment, at, remove, insert }) => {
        const { bytes } = files[segment]!
        const from = at % bytes.length
        const changed = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)])
        fc.pre(!changed.equals(bytes))
        expect((await verdictOn(bytesOf().map((same, i) => (i === segment ? changed : same)))).intact).toBe(false)
      }),
      { numRuns: 500 },
    )
  }, 60_000)
})

describe('a record', () => {
  it('cannot be removed, doubled or swapped', async () => {
    for (const index of [0, 1]) {
      const lines = linesOf(index)
      for (let at = 0; at < lines.length; at++) {
        const [before, line, after] = [lines.slice(0, at), lines[at]!, lines.slice(at + 1)]
        const verdicts = [
          await verdictOn(withLines(index, [...before, ...after])),
          await verdictOn(withLines(index, [...before, line, line, ...after])),
        ]
        if (after.length > 0) verdicts.push(await verdictOn(withLines(index, [...before, after[0]!, line, ...after.slice(1)])))
        expect(verdicts.map(({ intact }) => intact)).not.toContain(true)
      }
    }
  })

  it('cannot be added or changed by somebody who makes the chain anew but has no key', async () => {
    const lines = linesOf(0).map((line) => JSON.parse(line) as Record<string, unknown>)
    let link = BEGINNING
    const forged = lines.map(({ seq: _, previous: __, hash: ___, ...fields }) => {
      const next = nextLine({ ...fields, ...('object' in fields && { object: '"something harmless"' }) }, link)
      link = next.link
      return next.line
    })
    const { finding } = await verdictOn(withLines(0, forged))
    // The first checkpoint is behind nothing that was changed; the second is not.
    const second = lines.findIndex(({ type, seq }) => type === 'checkpoint' && Number(seq) > 2)
    expect(finding).toMatchObject({ kind: 'signature', line: second + 1, file: 'audit-00000001.jsonl' })
  })

  it.each(['a key of their own', 'the key, for another text'])('cannot be signed by somebody with %s', async (what) => {
    const other = createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const header = JSON.parse(linesOf(0)[0]!) as Record<string, string>
    const { line, link } = nextLine(
      { type: 'segment', version: 1, time: 1, log: header['log'], segment: 1, key: keyId(KEY), publicKey: header['publicKey'] },
      BEGINNING,
    )
    const fields = {
      type: 'checkpoint',
      time: 1,
      log: String(header['log']),
      segment: 1,
      reason: 'open',
      key: keyId(KEY),
    } as const
    const signed = checkpointLine(fields, link, what === 'a key of their own' ? other : KEY).line
    const moved = nextLine({ ...fields, time: 2, signature: String(JSON.parse(signed)['signature']) }, link).line
    const { finding } = await verdictOn([text([line, what === 'a key of their own' ? signed : moved])], false)
    expect(finding).toMatchObject({ kind: 'signature', line: 2 })
    // The same with the right key and text is in order: it is the signature that the check is about.
    expect(await verdictOn([text([line, checkpointLine(fields, link, KEY).line])], false)).toMatchObject({ intact: true })
  })

  it('cannot be a checkpoint of another log or segment', async () => {
    const header = JSON.parse(linesOf(0)[0]!) as Record<string, string>
    const link = { seq: 1, hash: String(header['hash']) }
    const fields = {
      type: 'checkpoint',
      time: 1,
      log: String(header['log']),
      segment: 1,
      reason: 'open',
      key: keyId(KEY),
    } as const
    for (const wrong of [{ log: 'f'.repeat(32) }, { segment: 2 }]) {
      const { line } = checkpointLine({ ...fields, ...wrong }, link, KEY)
      expect((await verdictOn([text([linesOf(0)[0]!, line])], false)).finding).toMatchObject({ kind: 'signature', line: 2 })
    }
  })
})

describe('an end that was cut off', () => {
  it('at any record is found with the anchor, and cannot be found without', async () => {
    for (const index of [0, 1]) {
      const lines = linesOf(index)
      const other = index === 0 ? [] : [files[0]!.bytes]
      for (let kept = 1; kept < lines.length; kept++) {
        const contents = [...other, text(lines.slice(0, kept))]
        expect((await verdictOn(contents)).finding).toMatchObject({
          kind: 'anchor',
          line: null,
          message: expect.stringContaining('cut off'),
        })
        expect(await verdictOn(contents, false)).toMatchObject({ intact: true, anchored: false })
      }
    }
  })

  it('in the middle of a record is named for what it looks like', async () => {
    const { bytes } = files[1]!
    const { finding } = await verdictOn([files[0]!.bytes, bytes.subarray(0, bytes.length - 10)])
    expect(finding).toMatchObject({ kind: 'torn', file: 'audit-00000002.jsonl', line: linesOf(1).length })
  })
})

describe('a segment', () => {
  const finding = async (contents: readonly (Buffer | string | null)[]) => (await verdictOn(contents)).finding
  it('cannot be removed, emptied, doubled or moved', async () => {
    const [first, second] = bytesOf() as [Buffer, Buffer]
    expect(await finding([null, second])).toMatchObject({ kind: 'segment', file: 'audit-00000002.jsonl' })
    expect(await finding([first])).toMatchObject({ kind: 'anchor' })
    expect(await finding([first, ''])).toMatchObject({ kind: 'segment', message: 'is empty' })
    expect(await finding([first, second, second])).toMatchObject({ kind: 'line', file: 'audit-00000003.jsonl', line: 1 })
    expect(await finding([first, null, second])).toMatchObject({ kind: 'segment', file: 'audit-00000003.jsonl' })
    expect(await finding([second, first])).toMatchObject({ kind: 'line', file: 'audit-00000001.jsonl', line: 1 })
  })

  it('of another log with the same key is not taken for one of this', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 8, { segmentBytes: 4096, checkpointRecords: 5 })
    const [, other] = segmentFiles(directory.path).map((path) => readFileSync(path))
    expect(await finding([files[0]!.bytes, other!])).toMatchObject({ file: 'audit-00000002.jsonl', line: 1 })
    // Even where nothing is known of the one before.
    writeFileSync(join(scratch.path, 'audit-00000002.jsonl'), other!)
    rmSync(join(scratch.path, 'audit-00000001.jsonl'))
    expect(await check(scratch.path).catch((error: Error) => error.message)).toMatchObject({ intact: false })
  })

  it('is known by its header when it has another name, and named in the order given', async () => {
    const [archived, rest] = [join(scratch.path, 'old.jsonl'), join(scratch.path, 'rest')]
    await verdictOn(bytesOf())
    mkdirSync(rest)
    renameSync(join(scratch.path, 'audit-00000001.jsonl'), archived)
    renameSync(join(scratch.path, 'audit-00000002.jsonl'), join(rest, 'audit-00000002.jsonl'))
    expect(await verifySegments(findSegments([archived, rest]).segments)).toMatchObject({ intact: true, segments: 2 })
    expect((await verifySegments(findSegments([rest, archived]).segments)).finding).toMatchObject({ kind: 'segment' })
    expect(await verifySegments(findSegments([rest]).segments, { partial: true })).toMatchObject({ intact: true, segments: 1 })
  })

  it('that is no segment is said to be none', () => {
    writeFileSync(join(scratch.path, 'hello.txt'), 'hello\n')
    expect(() => findSegments([join(scratch.path, 'hello.txt')])).toThrow(/no audit log: it does not begin with the header/)
    expect(() => findSegments([join(scratch.path, 'missing')])).toThrow(/ENOENT/)
    mkdirSync(join(scratch.path, 'empty'))
    expect(() => findSegments([join(scratch.path, 'empty')])).toThrow(/no audit log: there is no segment/)
  })
})

describe('a log that somebody made up', () => {
  it('is intact by its own word, and not by the key of the one who asks', async () => {
    using directory = scratchDirectory()
    const key: KeyObject = generateKeyPairSync('ed25519').privateKey
    await logWith(directory.path, 3, { key })
    expect(await verifySegments(findSegments([directory.path]).segments)).toMatchObject({ intact: true, keysGiven: false })
    expect((await check(directory.path, null)).finding).toMatchObject({ kind: 'key', line: 1 })
  })
})

describe('much of it', () => {
  it('does not fill memory: a line without end is refused when it is longer than one can be', async () => {
    using directory = scratchDirectory()
    const path = join(directory.path, 'audit-00000001.jsonl')
    copyFileSync(join(source.path, files[0]!.name), path)
    truncateSync(path, 50 * 2 ** 20)
    expect((await check(directory.path, null)).finding).toMatchObject({ kind: 'torn' })
    expect(readdirSync(directory.path)).toHaveLength(1)
  })
})
