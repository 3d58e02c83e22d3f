// One writer at a time: a lock counts as long as its process may be alive, and not longer.
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DISK } from '../../../src/sandbox/audit/disk.ts'
import { Lock, thisProcess } from '../../../src/sandbox/audit/lock.ts'
import { scratchDirectory } from '../support/audit.ts'

const locksIn = (directory: string) => readdirSync(directory).filter((name) => name.endsWith('.lock'))
const me = thisProcess()
/** The lock file of another process. */
const plant = (directory: string, { pid, start, host }: typeof me) =>
  writeFileSync(join(directory, `audit.${pid}.${start}.${host}.00000000.lock`), '')
/** A process that has ended. */
const gone = () => spawnSync(process.execPath, ['--version']).pid

describe('a lock', () => {
  it('is there until it is released, and is held once', () => {
    using directory = scratchDirectory()
    const lock = Lock.take(DISK, directory.path)
    expect(locksIn(directory.path)).toHaveLength(1)
    expect(() => Lock.take(DISK, directory.path)).toThrow(/this very process/)
    expect(locksIn(directory.path)).toHaveLength(1)
    lock.release()
    lock.release()
    expect(locksIn(directory.path)).toEqual([])
  })

  it('of a process that is gone is taken over', () => {
    using directory = scratchDirectory()
    plant(directory.path, { ...me, pid: gone() })
    Lock.take(DISK, directory.path).release()
    expect(locksIn(directory.path)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('of an earlier process with the same number is taken over', () => {
    using directory = scratchDirectory()
    plant(directory.path, { ...me, start: `1${me.start}` })
    Lock.take(DISK, directory.path).release()
    expect(locksIn(directory.path)).toEqual([])
  })

  it.each([
    ['that is alive', { ...me, pid: process.ppid, start: 'unknown' }, `process ${process.ppid}`],
    ['on another machine, which cannot be seen from here', { ...me, host: 'elsewhere', pid: 1 }, 'on elsewhere'],
  ])('of a process %s is respected, and stays', (_, owner, who) => {
    using directory = scratchDirectory()
    plant(directory.path, owner)
    expect(() => Lock.take(DISK, directory.path)).toThrow(who)
    expect(locksIn(directory.path)).toHaveLength(1)
  })

  it('is never held by two that look at the same time', () => {
    using directory = scratchDirectory()
    // The other one makes its file after ours and before we look.
    const names = (path: string) => {
      plant(path, { ...me, pid: process.ppid, start: 'unknown' })
      return DISK.names(path)
    }
    expect(() => Lock.take({ ...DISK, names }, directory.path)).toThrow(/is being written by/)
  })
})
