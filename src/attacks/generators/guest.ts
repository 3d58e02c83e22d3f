// Pieces of text from which generators put guests together: imports out of the ABI table, data, and checks that end the guest with their number.
import { ABI } from '../../sandbox/host/abi/index.ts'

/** The import of each host call under its own name, as the ABI table types it. */
export const importsOf = (...names: readonly string[]): string =>
  [...new Set(names)]
    .map((name) => {
      const entry = ABI.find((one) => one.name === name)
      if (!entry) throw new Error(`There is no host call ${name}.`)
      const params = entry.parameters.length > 0 ? ` (param ${entry.parameters.map(({ type }) => type).join(' ')})` : ''
      return `(import "${entry.module}" "${name}" (func $${name}${params}${entry.result === 'errno' ? ' (result i32)' : ''}))`
    })
    .join('\n')

const encoder = new TextEncoder()
export const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? encoder.encode(text) : text)

/** As the text format writes any bytes. */
export const escaped = (text: string | Uint8Array): string =>
  [...bytesOf(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')

const littleEndian = (value: number) => Uint8Array.from([value, value >>> 8, value >>> 16, value >>> 24])

/** Texts in a guest's memory, one behind the other. */
export class Texts {
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = []
  #next: number

  constructor(from: number) {
    this.#next = from
  }

  /** Address and length, as two constants for a call. */
  put(text: string | Uint8Array): string {
    const bytes = bytesOf(text)
    const at = this.#next
    this.#parts.push({ at, bytes })
    this.#next = (at + bytes.length + 8) & ~7
    return `(i32.const ${at}) (i32.const ${bytes.length})`
  }

  /** One `ciovec` that points to a text: its address. */
  vector(text: string): string {
    const bytes = bytesOf(text)
    const to = this.#next
    this.put(bytes)
    const at = this.#next
    this.put(Uint8Array.from([...littleEndian(to), ...littleEndian(bytes.length)]))
    return `(i32.const ${at})`
  }

  get data(): string {
    return this.#parts.map(({ at, bytes }) => `(data (i32.const ${at}) "${escaped(bytes)}")`).join('\n')
  }
  /** First address that is not used. */
  get end(): number {
    return this.#next
  }
}

/** `works`: the call must succeed; `fails`: it must not; `either`: whatever it says, what it does is judged from outside. */
export type Wanted = 'works' | 'fails' | 'either'

/** Instructions that end the guest with `number` unless the call's errno is as wanted. */
export function checked(number: number, call: string, wanted: Wanted): string {
  if (wanted === 'either') return `(drop ${call})`
  const wrong = wanted === 'works' ? call : `(i32.eqz ${call})`
  return `(if ${wrong} (then (call $proc_exit (i32.const ${number}))))`
}

/** Rights of preview 1 that generators ask for. */
export const RIGHT = { read: 1 << 1, seek: 1 << 2, tell: 1 << 5, write: 1 << 6, setSize: 1 << 22, setTimes: 1 << 23 } as const
export const CREATE = 1
export const DIRECTORY = 2
export const EXCLUSIVE = 4
export const TRUNCATE = 8

/**
 * `$dump(fd, lookup flags, path, length)`: opens for reading and writes what it gets to standard output; the errno of what fails first.
 * `$make(fd, path, length, vector)`: a new file with the bytes of the vector. Both use the memory from 0 to 1023, and the buffer at 0x8000.
 */
export const FILE_CALLS = ['path_open', 'fd_read', 'fd_write', 'fd_close', 'proc_exit'] as const
export const FILE_FUNCTIONS = `
  (func $dump (param $fd i32) (param $flags i32) (param $path i32) (param $length i32) (result i32) (local $errno i32)
    (local.set $errno (call $path_open (local.get $fd) (local.get $flags) (local.get $path) (local.get $length) (i32.const 0)
      (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (i32.store (i32.const 8) (i32.const 0x8000)) (i32.store (i32.const 12) (i32.const 0x1000))
    (local.set $errno (call $fd_read (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16)))
    (if (i32.eqz (local.get $errno)) (then
      (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
    (drop (call $fd_close (i32.load (i32.const 0))))
    (local.get $errno))
  (func $make (param $fd i32) (param $path i32) (param $length i32) (param $vector i32) (result i32) (local $errno i32)
    (local.set $errno (call $path_open (local.get $fd) (i32.const 0) (local.get $path) (local.get $length) (i32.const ${CREATE | TRUNCATE})
      (i64.const ${RIGHT.write}) (i64.const 0) (i32.const 0) (i32.const 0)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (local.set $errno (call $fd_write (i32.load (i32.const 0)) (local.get $vector) (i32.const 1) (i32.const 16)))
    (drop (call $fd_close (i32.load (i32.const 0))))
    (local.get $errno))`
