// The sandbox's file calls as a program makes them: a real guest, the real gate, and plain values in and out.
import { admit } from '../../src/sandbox/admission/admit.ts'
import type { Channel } from '../../src/sandbox/host/channel.ts'
import { type ErrnoName, errnoName } from '../../src/sandbox/host/errno.ts'
import type { MountSpec, TreeChange } from '../../src/sandbox/host/fs/file-system.ts'
import { RIGHTS } from '../../src/sandbox/host/rights.ts'
import { Guest, type GuestSpec } from '../../src/sandbox/isolation/guest.ts'
import type { Policy } from '../../src/sandbox/policy/schema.ts'
import { grantsOf } from '../../src/sandbox/run-input.ts'
import { callingModule, callsNamed } from './calling-guest.ts'
import type { OpenHow } from './file-system.ts'
import { witness } from './witness.ts'

const CALLS = callsNamed(
  'fd_allocate',
  'fd_close',
  'fd_fdstat_get',
  'fd_fdstat_set_flags',
  'fd_fdstat_set_rights',
  'fd_filestat_get',
  'fd_filestat_set_size',
  'fd_pread',
  'fd_pwrite',
  'fd_read',
  'fd_readdir',
  'fd_renumber',
  'fd_seek',
  'fd_tell',
  'fd_write',
  'path_create_directory',
  'path_filestat_get',
  'path_link',
  'path_open',
  'path_readlink',
  'path_remove_directory',
  'path_rename',
  'path_symlink',
  'path_unlink_file',
)

export type Answered = { readonly fails: ErrnoName | string } | { readonly gives: unknown }

/** Where things lie in the guest's memory. */
const [FIRST, SECOND, VECTOR, BUFFER, RESULT] = [0x1000, 0x2000, 0x3000, 0x4000, 0x100]
const BUFFER_BYTES = 0x1000
/** Those with which contents are changed. */
const WRITING = RIGHTS.fd_write | RIGHTS.fd_allocate | RIGHTS.fd_filestat_set_size
const ALL_RIGHTS = Object.values(RIGHTS).reduce((all, right) => all | right, 0n)
const KINDS: ReadonlyMap<number, string> = new Map([
  [3, 'directory'],
  [4, 'file'],
  [7, 'link'],
])
const WHENCE = { set: 0, cur: 1, end: 2 } as const
const decoder = new TextDecoder()

/** Admitted once for each policy. */
const admissions = new WeakMap<Policy, Extract<ReturnType<typeof admit>, { readonly verdict: 'admitted' }>>()
let compiled: WebAssembly.Module | null = null

function admittedUnder(policy: Policy) {
  const known = admissions.get(policy)
  if (known) return known
  const admitted = admit(callingModule(CALLS), policy)
  if (admitted.verdict === 'refused') throw new Error(`the guest of the model was refused: ${admitted.refusal.message}`)
  admissions.set(policy, admitted)
  return admitted
}

export class FileCalls {
  readonly #guest: Guest
  readonly #memory: Uint8Array
  readonly #view: DataView

  /** @param channel to the broker, for mounts that are live */
  constructor(policy: Policy, mounts: readonly MountSpec[], channel: Channel) {
    const { memoryExport, startExport, imports, functions, bytes } = admittedUnder(policy)
    const spec: GuestSpec = {
      imports,
      memoryExport,
      startExport,
      functions: [...functions.keys()],
      grants: grantsOf({}, policy, mounts),
    }
    this.#guest = new Guest(spec, {
      output: () => {},
      event: () => {},
      report: () => {},
      channel,
      stopRequested: () => false,
      sleep: () => {},
    })
    const loaded = this.#guest.load(compiled ?? bytes)
    if (loaded.kind !== 'returned') throw new Error(`the guest of the model did not load: ${JSON.stringify(loaded)}`)
    compiled = this.#guest.module
    this.#memory = new Uint8Array(this.#guest.memory!.buffer)
    this.#view = new DataView(this.#guest.memory!.buffer)
  }

  changes(): readonly TreeChange[] {
    return this.#guest.changes()
  }

  open(fd: number, path: string, how: OpenHow): Answered {
    const oflags = Number(how.create) | (Number(how.directory) << 1) | (Number(how.exclusive) << 2) | (Number(how.truncate) << 3)
    const base = how.write ? ALL_RIGHTS : ALL_RIGHTS & ~RIGHTS.fd_write
    const args = [fd, Number(how.follow), ...this.#text(FIRST, path), oflags, base, ALL_RIGHTS, Number(how.append), RESULT]
    return this.#call('path_open', args, () => this.#view.getUint32(RESULT, true))
  }

  close(fd: number): Answered {
    return this.#call('fd_close', [fd])
  }

  renumber(from: number, to: number): Answered {
    return this.#call('fd_renumber', [from, to])
  }

  read(fd: number, length: number): Answered {
    return this.#call('fd_read', [fd, this.#vector(length), 1, RESULT], () => this.#read())
  }

  readAt(fd: number, offset: number, length: number): Answered {
    return this.#call('fd_pread', [fd, this.#vector(length), 1, BigInt(offset), RESULT], () => this.#read())
  }

  write(fd: number, text: string): Answered {
    return this.#call('fd_write', [fd, this.#vector(text), 1, RESULT], () => this.#view.getUint32(RESULT, true))
  }

  writeAt(fd: number, offset: number, text: string): Answered {
    const args = [fd, this.#vector(text), 1, BigInt(offset), RESULT]
    return this.#call('fd_pwrite', args, () => this.#view.getUint32(RESULT, true))
  }

  seek(fd: number, whence: keyof typeof WHENCE, offset: number): Answered {
    const args = [fd, BigInt(offset), WHENCE[whence], RESULT]
    return this.#call('fd_seek', args, () => Number(this.#view.getBigUint64(RESULT, true)))
  }

  tell(fd: number): Answered {
    return this.#call('fd_tell', [fd, RESULT], () => Number(this.#view.getBigUint64(RESULT, true)))
  }

  setSize(fd: number, size: number): Answered {
    return this.#call('fd_filestat_set_size', [fd, BigInt(size)])
  }

  allocate(fd: number, offset: number, length: number): Answered {
    return this.#call('fd_allocate', [fd, BigInt(offset), BigInt(length)])
  }

  setAppend(fd: number, append: boolean): Answered {
    return this.#call('fd_fdstat_set_flags', [fd, Number(append)])
  }

  dropWrite(fd: number): Answered {
    return this.#setRights(fd, (rights) => rights & ~WRITING)
  }

  takeWrite(fd: number): Answered {
    return this.#setRights(fd, (rights) => rights | RIGHTS.fd_write)
  }

  /** Of a file its own rights are changed, of a directory those that it passes on. */
  #setRights(fd: number, change: (rights: bigint) => bigint): Answered {
    const told = this.#call('fd_fdstat_get', [fd, BUFFER])
    if ('fails' in told) return told
    const isDirectory = this.#memory[BUFFER] === 3
    const [base, inheriting] = [this.#view.getBigUint64(BUFFER + 8, true), this.#view.getBigUint64(BUFFER + 16, true)]
    return this.#call('fd_fdstat_set_rights', isDirectory ? [fd, base, change(inheriting)] : [fd, change(base), inheriting])
  }

  stat(fd: number): Answered {
    return this.#call('fd_filestat_get', [fd, BUFFER], () => this.#stat())
  }

  statAt(fd: number, path: string, follow: boolean): Answered {
    return this.#call('path_filestat_get', [fd, Number(follow), ...this.#text(FIRST, path), BUFFER], () => this.#stat())
  }

  /** @param room size of the buffer: what does not fit is asked for again, with the cookie */
  list(fd: number, room: number): Answered {
    const names: string[] = []
    let cookie = 0n
    for (;;) {
      const answer = this.#call('fd_readdir', [fd, BUFFER, room, cookie, RESULT], () => this.#view.getUint32(RESULT, true))
      if ('fails' in answer) return answer
      const used = answer.gives as number
      let at = 0
      while (at + 24 <= used) {
        const length = this.#view.getUint32(BUFFER + at + 16, true)
        if (at + 24 + length > used) break
        cookie = this.#view.getBigUint64(BUFFER + at, true)
        const name = this.#string(BUFFER + at + 24, length)
        if (name !== '.' && name !== '..') names.push(`${name} ${KINDS.get(this.#memory[BUFFER + at + 20]!) ?? 'unknown'}`)
        at += 24 + length
      }
      if (used < room) return { gives: names.sort() }
      if (at === 0) return { fails: 'no entry fits into the buffer' }
    }
  }

  readLink(fd: number, path: string): Answered {
    return this.#call('path_readlink', [fd, ...this.#text(FIRST, path), BUFFER, BUFFER_BYTES, RESULT], () => this.#read())
  }

  makeDirectory(fd: number, path: string): Answered {
    return this.#call('path_create_directory', [fd, ...this.#text(FIRST, path)])
  }

  removeDirectory(fd: number, path: string): Answered {
    return this.#call('path_remove_directory', [fd, ...this.#text(FIRST, path)])
  }

  unlink(fd: number, path: string): Answered {
    return this.#call('path_unlink_file', [fd, ...this.#text(FIRST, path)])
  }

  symlink(target: string, fd: number, path: string): Answered {
    return this.#call('path_symlink', [...this.#text(FIRST, target), fd, ...this.#text(SECOND, path)])
  }

  link(fd: number, path: string, follow: boolean, toFd: number, toPath: string): Answered {
    const from = this.#text(FIRST, path)
    return this.#call('path_link', [fd, Number(follow), ...from, toFd, ...this.#text(SECOND, toPath)])
  }

  rename(fd: number, path: string, toFd: number, toPath: string): Answered {
    return this.#call('path_rename', [fd, ...this.#text(FIRST, path), toFd, ...this.#text(SECOND, toPath)])
  }

  #call(name: string, args: readonly (number | bigint)[], value: () => unknown = () => null): Answered {
    const ending = this.#guest.call(name, args)
    if (ending.kind !== 'returned') return { fails: `${name} ended the guest: ${JSON.stringify(ending)}` }
    const errno = errnoName(Number(ending.values[0]))
    witness({ call: name, grant: 'granted', outcome: errno ?? String(ending.values[0]) })
    return errno === 'success' ? { gives: value() } : { fails: errno ?? 'an unknown error' }
  }

  #text(at: number, text: string): [pointer: number, length: number] {
    const bytes = new TextEncoder().encode(text)
    this.#memory.set(bytes, at)
    return [at, bytes.length]
  }

  #vector(content: string | number): number {
    const length = typeof content === 'number' ? content : this.#text(BUFFER, content)[1]
    this.#view.setUint32(VECTOR, BUFFER, true)
    this.#view.setUint32(VECTOR + 4, length, true)
    return VECTOR
  }

  #read(): string {
    return this.#string(BUFFER, this.#view.getUint32(RESULT, true))
  }

  #string(at: number, length: number): string {
    return decoder.decode(this.#memory.subarray(at, at + length))
  }

  #stat(): unknown {
    const kind = KINDS.get(this.#memory[BUFFER + 16]!) ?? 'unknown'
    if (kind === 'directory') return { kind }
    const size = Number(this.#view.getBigUint64(BUFFER + 32, true))
    return kind === 'link' ? { kind, size } : { kind, size, links: Number(this.#view.getBigUint64(BUFFER + 24, true)) }
  }
}
