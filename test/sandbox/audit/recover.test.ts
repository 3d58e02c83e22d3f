// A writer that is killed: whatever byte it got to, the log can be opened, goes on, and has every record that was whole.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DISK } from '../../../src/sandbox/audit/disk.ts'
import { findSegments } from '../../../src/sandbox/audit/files.ts'
import { AuditLog } from '../../../src/sandbox/audit/log.ts'
import { verifySegments } from '../../../src/sandbox/audit/verify.ts'
import { check, decision, decisionsIn, KEY, linesIn, logWith, scratchDirectory, segmentFiles } from '../support/audit.ts'

/** Nobody cuts the power in these tests, and they open thousands of logs. */
const QUICK = { ...DISK, sync: () => {}, syncDirectory: () => {}, syncLater: () => Promise.resolve() }

interface Written {
  /** Where the line ends, its line feed included. */
  readonly end: number
  readonly text: string
  readonly value: Record<string, unknown>
}

function linesOf(text: string): readonly Written[] {
  let end = 0
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      end += line.length + 1
      return { end, text: line, value: JSON.parse(line) as Record<string, unknown> }
    })
}

/** The log as a writer leaves it that is killed when the last segment has so many bytes. */
function killedAt(source: string, target: string, bytes: number, before: readonly Written[]): void {
  mkdirSync(target)
  const files = segmentFiles(source)
  for (const path of files) copyFileSync(path, join(target, path.slice(source.length + 1)))
  const last = join(target, files.at(-1)!.slice(source.length + 1))
  truncateSync(last, bytes)
  const lines = [...before, ...linesOf(readFileSync(files.at(-1)!, 'utf8')).filter(({ end }) => end <= bytes)]
  const checkpoint = lines.findLast(({ value }) => value['type'] === 'checkpoint')
  if (checkpoint) writeFileSync(join(target, 'audit.anchor'), `${checkpoint.text}\n`)
}

describe('a log whose writer was killed', () => {
  it.each([
    ['in its first segment', 3, 16_384],
    ['in a later segment', 9, 4096],
  ])(
    '%s, at any byte, is opened, repaired and goes on',
    async (_, decisions, segmentBytes) => {
      using directory = scratchDirectory()
      const whole = join(directory.path, 'whole')
      await logWith(whole, decisions, { segmentBytes, checkpointRecords: 4 })
      const files = segmentFiles(whole)
      const text = readFileSync(files.at(-1)!, 'utf8')
      const before = files.slice(0, -1).flatMap((path) => linesOf(readFileSync(path, 'utf8')))
      for (let bytes = 0; bytes < text.length; bytes++) {
        const path = join(directory.path, `at-${bytes}`)
        killedAt(whole, path, bytes, before)
        // The line feed alone may be missing: the record is whole then, and its effect may have been done.
        const kept = [...before, ...linesOf(text).filter(({ end }) => end <= bytes + 1)]
        const log = AuditLog.openOn(QUICK, path, { key: KEY, segmentBytes })
        await log.write(decision(1000))
        await log.close()
        expect(await check(path), `cut at ${bytes}`).toMatchObject({ intact: true, anchored: true, finding: null })
        const wanted = kept.flatMap(({ value }) => (value['type'] === 'decision' ? [value['sequence']] : []))
        expect(decisionsIn(path), `cut at ${bytes}`).toEqual([...wanted, 1000])
        expectNothingLost(path, text.slice(0, bytes), linesOf(text).findLast(({ end }) => end <= bytes)?.end ?? 0, log)
        rmSync(path, { recursive: true })
      }
    },
    300_000,
  )

  it('at the end of a line needs no repair', async () => {
    using directory = scratchDirectory()
    const log = AuditLog.open(directory.path, { key: KEY })
    await log.write(decision(1))
    const copy = join(directory.path, 'copy')
    mkdirSync(copy)
    for (const name of readdirSync(directory.path).filter((name) => name.endsWith('.jsonl')))
      copyFileSync(join(directory.path, name), join(copy, name))
    await log.close()
    const again = AuditLog.open(copy, { key: KEY })
    expect(again.repaired).toBeNull()
    await again.close()
    // Two lines had no signature of their writer’s: the decision, and nothing can say so but the log.
    expect(await check(copy)).toMatchObject({ intact: true, repaired: 0, unvouched: 1 })
  })

  it('is not opened, and not touched, if anything but its last line is wrong', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 5)
    const [path] = segmentFiles(directory.path)
    const bytes = readFileSync(path!)
    bytes[bytes.indexOf('"sequence":2')]! ^= 1
    writeFileSync(path!, bytes)
    expect(() => AuditLog.open(directory.path, { key: KEY })).toThrow(
      /audit-00000001\.jsonl is damaged: its line 4 is not what its hash says/,
    )
    expect(readFileSync(path!)).toEqual(bytes)
    expect(readdirSync(directory.path).filter((name) => /torn|lock/.test(name))).toEqual([])
  })

  it('is not opened if a segment between others is missing', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 40, { segmentBytes: 4096 })
    DISK.remove(segmentFiles(directory.path)[1]!)
    expect(() => AuditLog.open(directory.path, { key: KEY })).toThrow(/segment 2 before it is missing/)
  })

  it('is not opened if it ends before the checkpoint of its anchor, so that the next checkpoint does not hide the cut', async () => {
    using directory = scratchDirectory()
    await logWith(directory.path, 5)
    const [path] = segmentFiles(directory.path)
    const lines = linesOf(readFileSync(path!, 'utf8'))
    truncateSync(path!, lines.at(-3)!.end)
    expect(() => AuditLog.open(directory.path, { key: KEY })).toThrow(/ends at record 6, before the checkpoint 8 of its anchor/)
  })

  it.each([
    ['another log', /does not have the checkpoint/],
    ['no checkpoint at all', /anchor .* cannot be used/],
  ])('is not opened with the anchor of %s', async (what, why) => {
    using directory = scratchDirectory()
    const [mine, other] = [join(directory.path, 'mine'), join(directory.path, 'other')]
    await logWith(mine, 5)
    await logWith(other, 5)
    if (what === 'another log') copyFileSync(join(other, 'audit.anchor'), join(mine, 'audit.anchor'))
    else writeFileSync(join(mine, 'audit.anchor'), `${linesOf(readFileSync(segmentFiles(mine)[0]!, 'utf8'))[2]!.text}\n`)
    expect(() => AuditLog.open(mine, { key: KEY })).toThrow(why)
  })
})

/** What was cut away is beside the segment, and the log says so. */
function expectNothingLost(path: string, written: string, kept: number, log: AuditLog): void {
  const tail = written.slice(kept)
  if (tail === '') return
  expect(log.repaired).not.toBeNull()
  expect(linesIn(path)).toContainEqual(expect.objectContaining({ type: 'repaired', ...log.repaired }))
  const text = () =>
    segmentFiles(path)
      .map((file) => readFileSync(file, 'utf8'))
      .join('')
  if (log.repaired!.movedTo === null) expect(text()).toContain(`${tail}\n`)
  else expect(readFileSync(join(path, log.repaired!.movedTo), 'utf8')).toBe(tail)
}

describe('SIGKILL', () => {
  const WRITER = join(import.meta.dirname, '..', 'support', 'audit-writer.ts')

  /** Lets a process write until some time after its first record. @returns the records that it was told are written */
  async function writtenUntilKilled(directory: string, from: number, afterMs: number): Promise<readonly number[]> {
    const child = spawn(process.execPath, [WRITER, directory, String(from)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [told, errors] = ['', '']
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      if (told === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      told += text
    })
    const [, signal] = await once(child, 'close')
    expect([signal, errors]).toEqual(['SIGKILL', ''])
    // The last line may be a piece of one.
    return told.split('\n').slice(0, -1).map(Number)
  }

  it('at any time loses no record that was acknowledged, and the next writer goes on at once', async () => {
    using directory = scratchDirectory()
    const told: number[] = []
    for (let round = 0; round < 12; round++)
      told.push(...(await writtenUntilKilled(directory.path, round * 1_000_000, Math.random() * 60)))
    const log = AuditLog.open(directory.path)
    await log.close()
    expect(readdirSync(directory.path).filter((name) => name.endsWith('.lock'))).toEqual([])
    const found = new Set(decisionsIn(directory.path))
    expect(told.length).toBeGreaterThan(12)
    expect(told.filter((sequence) => !found.has(sequence))).toEqual([])
    const verification = await verifySegments(findSegments([directory.path]).segments)
    expect(verification).toMatchObject({ intact: true, lost: 0 })
    expect(verification.segments).toBeGreaterThan(1)
    expect(existsSync(join(directory.path, 'audit.anchor'))).toBe(true)
  })
})
