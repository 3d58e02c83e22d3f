// What a command needs of WASI preview 1, for AssemblyScript: arguments, environment, standard streams, clock, exit.
// @ts-nocheck: the types are those of AssemblyScript.
import {
  args_get,
  args_sizes_get,
  clock_time_get,
  environ_get,
  environ_sizes_get,
  fd_read,
  fd_write,
  proc_exit,
} from './wasi_snapshot_preview1'

const REALTIME = 0
export const STDOUT = 1
export const STDERR = 2

/** Both lists come as a number of pointers to texts that end in NUL. */
function list(sizes: (count: u32, size: u32) => u32, get: (pointers: u32, texts: u32) => u32): string[] {
  const two = new StaticArray<u32>(2)
  const at = changetype<usize>(two)
  if (sizes(<u32>at, <u32>at + 4) !== 0) return []
  const pointers = new StaticArray<u32>(two[0])
  const texts = new ArrayBuffer(two[1])
  if (get(<u32>changetype<usize>(pointers), <u32>changetype<usize>(texts)) !== 0) return []
  const strings: string[] = []
  for (let i = 0; i < pointers.length; i++) {
    let end: usize = pointers[i]
    while (load<u8>(end) !== 0) end++
    strings.push(String.UTF8.decodeUnsafe(pointers[i], end - pointers[i]))
  }
  return strings
}

export function args(): string[] {
  return list(args_sizes_get, args_get)
}

/** Empty if there is no such variable. */
export function variable(name: string): string {
  const all = list(environ_sizes_get, environ_get)
  for (let i = 0; i < all.length; i++) {
    if (all[i].startsWith(`${name}=`)) return all[i].substring(name.length + 1)
  }
  return ''
}

export function write(stream: u32, text: string): void {
  const bytes = String.UTF8.encode(text)
  const vector = new StaticArray<u32>(3)
  const at = <u32>changetype<usize>(vector)
  let done: u32 = 0
  while (done < <u32>bytes.byteLength) {
    vector[0] = <u32>changetype<usize>(bytes) + done
    vector[1] = <u32>bytes.byteLength - done
    if (fd_write(stream, at, 1, at + 8) !== 0 || vector[2] === 0) return
    done += vector[2]
  }
}

/** The first line of standard input, up to 256 bytes; empty if there is none. */
export function firstLine(): string {
  const buffer = new ArrayBuffer(256)
  const vector = new StaticArray<u32>(3)
  const at = <u32>changetype<usize>(vector)
  vector[0] = <u32>changetype<usize>(buffer)
  vector[1] = <u32>buffer.byteLength
  if (fd_read(0, at, 1, at + 8) !== 0) return ''
  return String.UTF8.decode(buffer.slice(0, vector[2])).split('\n')[0]
}

/** Nanoseconds since the epoch; 0 without a clock. */
export function now(): u64 {
  const time = new StaticArray<u64>(1)
  return clock_time_get(REALTIME, 1_000_000, <u32>changetype<usize>(time)) === 0 ? time[0] : 0
}

export function exit(code: u32): void {
  proc_exit(code)
}

/** What the compiler calls when the program fails: `--use abort=wasi/abort`. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  write(STDERR, `${message || 'abort'} at ${file || '?'}:${line.toString()}:${column.toString()}\n`)
  proc_exit(255)
}
