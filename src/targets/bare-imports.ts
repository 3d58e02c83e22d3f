// The import objects of the naive host: `env` and just enough WASI preview 1 for a compiled program, over DataView, without checks.

/** What the functions of one run share. */
export interface NaiveGuest {
  /** Set once the instance exists; a start function that makes host calls is too early for it. */
  memory: WebAssembly.Memory
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: Uint8Array
  stdinPosition: number
  readonly stdout: Uint8Array[]
  readonly stderr: Uint8Array[]
  readonly random: (bytes: Uint8Array) => void
}

/** Thrown by `proc_exit` to unwind the guest, and caught by the host outside: the way most shims do it. */
export class NaiveExit extends Error {
  readonly code: number
  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

const SUCCESS = 0
const EBADF = 8
const EINVAL = 28
const ESPIPE = 70

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const view = (guest: NaiveGuest): DataView => new DataView(guest.memory.buffer)
const bytesAt = (guest: NaiveGuest, pointer: number, length: number): Uint8Array =>
  new Uint8Array(guest.memory.buffer, pointer, length)

export function naiveEnv(guest: NaiveGuest): WebAssembly.ModuleImports {
  return {
    log(pointer: number, length: number): void {
      guest.stdout.push(encoder.encode(`${decoder.decode(bytesAt(guest, pointer, length))}\n`))
    },
    exit(code: number): never {
      throw new NaiveExit(code)
    },
    now: (): number => Date.now(),
    abort(): never {
      throw new Error('abort')
    },
  }
}

/** Writes strings one after the other, each ended by NUL, with a table of pointers: the shape of `args_get` and `environ_get`. */
function putStrings(guest: NaiveGuest, strings: readonly string[], table: number, buffer: number): number {
  for (const text of strings) {
    view(guest).setUint32(table, buffer, true)
    table += 4
    const bytes = encoder.encode(`${text}\0`)
    bytesAt(guest, buffer, bytes.length).set(bytes)
    buffer += bytes.length
  }
  return SUCCESS
}

function putSizes(guest: NaiveGuest, strings: readonly string[], count: number, size: number): number {
  view(guest).setUint32(count, strings.length, true)
  const total = strings.reduce((sum, text) => sum + encoder.encode(text).length + 1, 0)
  view(guest).setUint32(size, total, true)
  return SUCCESS
}

const environment = (guest: NaiveGuest): string[] => Object.entries(guest.env).map(([key, value]) => `${key}=${value}`)

function write(guest: NaiveGuest, fd: number, iovs: number, count: number, written: number): number {
  if (fd !== 1 && fd !== 2) return EBADF
  let total = 0
  for (let i = 0; i < count; i++) {
    const pointer = view(guest).getUint32(iovs + i * 8, true)
    const length = view(guest).getUint32(iovs + i * 8 + 4, true)
    ;(fd === 1 ? guest.stdout : guest.stderr).push(bytesAt(guest, pointer, length).slice())
    total += length
  }
  view(guest).setUint32(written, total, true)
  return SUCCESS
}

function read(guest: NaiveGuest, fd: number, iovs: number, count: number, done: number): number {
  if (fd !== 0) return EBADF
  let total = 0
  for (let i = 0; i < count; i++) {
    const pointer = view(guest).getUint32(iovs + i * 8, true)
    const length = view(guest).getUint32(iovs + i * 8 + 4, true)
    const chunk = guest.stdin.subarray(guest.stdinPosition, guest.stdinPosition + length)
    bytesAt(guest, pointer, chunk.length).set(chunk)
    guest.stdinPosition += chunk.length
    total += chunk.length
  }
  view(guest).setUint32(done, total, true)
  return SUCCESS
}

function clock(guest: NaiveGuest, id: number, pointer: number): number {
  if (id > 3) return EINVAL
  const nanoseconds = id === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint()
  view(guest).setBigUint64(pointer, nanoseconds, true)
  return SUCCESS
}

/** `fdstat`: 24 bytes, a character device with every right. */
function fdstat(guest: NaiveGuest, fd: number, pointer: number): number {
  if (fd > 2) return EBADF
  const data = view(guest)
  data.setUint8(pointer, 2)
  data.setUint16(pointer + 2, 0, true)
  data.setBigUint64(pointer + 8, 0xffff_ffff_ffff_ffffn, true)
  data.setBigUint64(pointer + 16, 0xffff_ffff_ffff_ffffn, true)
  return SUCCESS
}

function filestat(guest: NaiveGuest, fd: number, pointer: number): number {
  if (fd > 2) return EBADF
  bytesAt(guest, pointer, 64).fill(0)
  view(guest).setUint8(pointer + 16, 2)
  return SUCCESS
}

export function naiveWasi(guest: NaiveGuest): WebAssembly.ModuleImports {
  return {
    args_get: (table: number, buffer: number) => putStrings(guest, guest.args, table, buffer),
    args_sizes_get: (count: number, size: number) => putSizes(guest, guest.args, count, size),
    environ_get: (table: number, buffer: number) => putStrings(guest, environment(guest), table, buffer),
    environ_sizes_get: (count: number, size: number) => putSizes(guest, environment(guest), count, size),
    clock_res_get(_id: number, pointer: number) {
      view(guest).setBigUint64(pointer, 1n, true)
      return SUCCESS
    },
    clock_time_get: (id: number, _precision: bigint, pointer: number) => clock(guest, id, pointer),
    random_get(pointer: number, length: number) {
      guest.random(bytesAt(guest, pointer, length))
      return SUCCESS
    },
    sched_yield: () => SUCCESS,
    proc_exit(code: number): never {
      throw new NaiveExit(code)
    },
    fd_write: (fd: number, iovs: number, count: number, written: number) => write(guest, fd, iovs, count, written),
    fd_read: (fd: number, iovs: number, count: number, done: number) => read(guest, fd, iovs, count, done),
    fd_close: (fd: number) => (fd <= 2 ? SUCCESS : EBADF),
    fd_seek: () => ESPIPE,
    fd_tell: () => ESPIPE,
    fd_fdstat_get: (fd: number, pointer: number) => fdstat(guest, fd, pointer),
    fd_fdstat_set_flags: () => SUCCESS,
    fd_filestat_get: (fd: number, pointer: number) => filestat(guest, fd, pointer),
    fd_prestat_get: () => EBADF,
    fd_prestat_dir_name: () => EBADF,
  }
}
