// The disk fails: each operation once, or from some moment on. What was acknowledged is there, what was not is counted, and the log can be opened again.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DISK, type Disk } from '../../../src/sandbox/audit/disk.ts'
import { AuditLog, type AuditLogOptions } from '../../../src/sandbox/audit/log.ts'
import { check, decision, decisionsIn, KEY, linesIn, scratchDirectory } from '../support/audit.ts'

const noSpace = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })

interface Faults {
  /** Number of the operation that fails, from 1 on. */
  readonly at: number
  /** Whether all after it fail too, as on a full disk. */
  readonly forGood: boolean
}

/** Operations that a full or broken disk lets fail; reading, cutting, closing and removing work on a full one. */
const FALLIBLE = ['makeDirectory', 'create', 'write', 'sync', 'syncLater', 'syncDirectory', 'rename'] as const

function failing(faults: Faults): { readonly disk: Disk; readonly operations: () => number } {
  let operations = 0
  const disk: Record<string, unknown> = { ...DISK }
  for (const name of FALLIBLE) {
    const real = DISK[name] as (...args: readonly unknown[]) => unknown
    disk[name] = (...args: readonly unknown[]) => {
      operations++
      const fails = operations === faults.at || (faults.forGood && operations > faults.at)
      if (!fails) return real(...args)
      // A full disk takes what there is room for.
      if (name === 'write') real(args[0], (args[1] as Uint8Array).subarray(0, 10))
      if (name === 'syncLater') return Promise.reject(noSpace())
      throw noSpace()
    }
  }
  return { disk: disk as Disk, operations: () => operations }
}

const OPTIONS: AuditLogOptions = { key: KEY, segmentBytes: 4096, checkpointRecords: 4 }

/** Opens, writes and closes. @returns the records that were acknowledged, and the log if there was one */
async function use(directory: string, disk: Disk, options: AuditLogOptions): Promise<{ told: number[]; log: AuditLog | null }> {
  const told: number[] = []
  let log: AuditLog
  try {
    log = AuditLog.openOn(disk, directory, options)
  } catch (error) {
    expect(error).toMatchObject({ name: 'AuditLogError', problem: 'unwritable', code: 'ENOSPC' })
    return { told, log: null }
  }
  for (let i = 1; i <= 15; i++) {
    try {
      await log.write(decision(i))
      told.push(i)
    } catch (error) {
      expect(error).toMatchObject({
        name: 'AuditLogError',
        code: 'ENOSPC',
        message: expect.stringContaining('cannot be written (ENOSPC)'),
      })
    }
  }
  await log.close()
  return { told, log }
}

describe.each([
  ['once', false, 'checkpoint'],
  ['for good', true, 'checkpoint'],
  ['once', false, 'each'],
  ['for good', true, 'each'],
] as const)('a disk that fails %s', (_, forGood, durability) => {
  it(`at any operation loses nothing that was acknowledged (durability ${durability})`, async () => {
    using directory = scratchDirectory()
    const options = { ...OPTIONS, durability }
    const counted = failing({ at: Number.POSITIVE_INFINITY, forGood: false })
    await use(join(directory.path, 'counted'), counted.disk, options)
    expect(counted.operations()).toBeGreaterThan(40)
    for (let at = 1; at <= counted.operations(); at++) {
      const path = join(directory.path, `at-${at}`)
      mkdirSync(path)
      const { told, log } = await use(path, failing({ at, forGood }).disk, options)
      // Somebody who looks at the log knows that something is missing.
      if (log && told.length < 15) expect(log.failure, `operation ${at}`).not.toBeNull()
      if (log && durability === 'checkpoint') expect(log.lost, `operation ${at}`).toBe(15 - told.length)
      // The disk is well again.
      const again = AuditLog.open(path, options)
      await again.write(decision(1000))
      await again.close()
      expect(await check(path), `operation ${at}`).toMatchObject({ intact: true, anchored: true })
      expect(decisionsIn(path), `operation ${at}`).toEqual(expect.arrayContaining([...told, 1000]))
      if (!forGood && log && durability === 'checkpoint' && log.lost > 0) expectLossTold(path, log, told)
      rmSync(path, { recursive: true })
    }
  }, 120_000)
})

/** Records came again after those that were lost, unless nobody knows what is on the disk; then there are none. */
function expectLossTold(path: string, log: AuditLog, told: readonly number[]): void {
  const lost = linesIn(path).reduce((sum, { type, count }) => sum + (type === 'lost' ? Number(count) : 0), 0)
  if (told.at(-1) === 15) expect(lost).toBe(log.lost)
}

describe('after a failed fsync', () => {
  it('nothing is acknowledged any more, because nobody knows what is on the disk', async () => {
    using directory = scratchDirectory()
    let fails = false
    const disk: Disk = { ...DISK, syncLater: (file) => (fails ? Promise.reject(noSpace()) : DISK.syncLater(file)) }
    const log = AuditLog.openOn(disk, directory.path, { ...OPTIONS, durability: 'each' })
    await log.write(decision(1))
    fails = true
    await expect(log.write(decision(2))).rejects.toThrow('ENOSPC')
    fails = false
    expect(() => log.write(decision(3))).toThrow('ENOSPC')
    await log.close()
    expect(decisionsIn(directory.path)).not.toContain(3)
  })
})

describe('a disk that is full for a while', () => {
  it('leaves a gap that the log itself tells of, and no piece of a record', async () => {
    using directory = scratchDirectory()
    let full = false
    const write: Disk['write'] = (file, bytes) => {
      if (!full) return DISK.write(file, bytes)
      DISK.write(file, bytes.subarray(0, 20))
      throw noSpace()
    }
    const log = AuditLog.openOn({ ...DISK, write }, directory.path, OPTIONS)
    await log.write(decision(1))
    full = true
    for (const i of [2, 3, 4]) expect(() => log.write(decision(i))).toThrow('ENOSPC')
    full = false
    await log.write(decision(5))
    await log.close()
    expect(decisionsIn(directory.path)).toEqual([1, 5])
    expect(linesIn(directory.path)).toContainEqual(expect.objectContaining({ type: 'lost', count: 3 }))
    expect(await check(directory.path)).toMatchObject({ intact: true, lost: 3 })
    expect([log.lost, log.failure?.code]).toEqual([3, 'ENOSPC'])
  })

  it('is no worse if what was half written cannot be cut away at once', async () => {
    using directory = scratchDirectory()
    let full = false
    const write: Disk['write'] = (file, bytes) => {
      if (!full) return DISK.write(file, bytes)
      DISK.write(file, bytes.subarray(0, 20))
      throw noSpace()
    }
    const cut: Disk['cut'] = (file, size) => {
      if (full) throw noSpace()
      DISK.cut(file, size)
    }
    const log = AuditLog.openOn({ ...DISK, write, cut }, directory.path, OPTIONS)
    full = true
    for (const i of [1, 2]) expect(() => log.write(decision(i))).toThrow('ENOSPC')
    full = false
    await log.write(decision(3))
    await log.close()
    expect(await check(directory.path)).toMatchObject({ intact: true, lost: 2 })
  })
})
