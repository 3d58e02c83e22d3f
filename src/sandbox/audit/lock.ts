// One writer at a time: a lock file for each, whose name says which process it belongs to, so that one whose process is gone counts for nothing.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { AuditLogError } from './error.ts'

/** A process: its number, and when it began, since numbers are used again. */
export interface Owner {
  readonly pid: number
  /** Beginning of the process and of the system's own boot; `unknown` where the system does not tell. */
  readonly start: string
  readonly host: string
}

const NAME = /^audit\.(\d{1,10})\.([0-9a-z-]{1,64})\.([A-Za-z0-9-]{1,64})\.[0-9a-f]{8}\.lock$/

export class Lock {
  readonly #disk: Disk
  readonly #path: string

  private constructor(disk: Disk, path: string) {
    this.#disk = disk
    this.#path = path
  }

  /**
   * First our own file, then a look at the others: of two that do so at the same time at least one sees the other, and none ever takes away a file
   * that counts. At worst both give up.
   *
   * @throws {AuditLogError} `locked`, with the process that has it
   */
  static take(disk: Disk, directory: string, owner: Owner = thisProcess(), isAlive = alive): Lock {
    const mine = `audit.${owner.pid}.${owner.start}.${owner.host}.${randomBytes(4).toString('hex')}.lock`
    const lock = new Lock(disk, join(directory, mine))
    disk.close(disk.create(lock.#path))
    try {
      for (const name of disk.names(directory)) {
        const other = name === mine ? null : ownerOf(name)
        if (!other) continue
        if (isAlive(other)) throw locked(directory, name, other)
        disk.remove(join(directory, name))
      }
    } catch (error) {
      lock.release()
      throw error
    }
    return lock
  }

  release(): void {
    try {
      this.#disk.remove(this.#path)
    } catch {
      // It counts for nothing once this process is gone.
    }
  }
}

function locked(directory: string, name: string, { pid, host }: Owner): AuditLogError {
  const who = pid === process.pid && host === thisHost() ? 'this very process' : `the process ${pid} on ${host}`
  return new AuditLogError(
    'locked',
    directory,
    `The audit log ${directory} is being written by ${who}; give each writer a directory of its own, or delete ${name} if that process is gone.`,
  )
}

function ownerOf(name: string): Owner | null {
  const found = NAME.exec(name)
  return found && { pid: Number(found[1]), start: found[2]!, host: found[3]! }
}

const thisHost = () =>
  hostname()
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 64) || 'unknown'

export const thisProcess = (): Owner => ({ pid: process.pid, start: startOf(process.pid) ?? 'unknown', host: thisHost() })

/** When in doubt it is: a log that is locked in vain says how to go on, one with two writers is lost. */
function alive({ pid, start, host }: Owner): boolean {
  // Another machine, or another container: its processes cannot be seen from here.
  if (host !== thisHost()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: there is one, and it is somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startOf(pid)
  return start === 'unknown' || now === null || now === start
}

/** Null where the system does not tell; `gone` for a process that has ended and that nobody has taken note of. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    // proc(5): state is the field behind the name, which is in brackets and may have any character in it; the start time is the 20th after that.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : `${fields[19]}-${boot}`
  } catch {
    return null
  }
}
