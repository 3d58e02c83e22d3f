// Guests that are a list of host calls: texts are laid into their memory, and a call that does not succeed ends the guest with its errno.
import { ABI, type AbiFunction } from '../../../src/sandbox/host/abi/index.ts'
import { wat } from './wat.ts'

/** A number for a parameter of its type; a text or bytes for a pointer and its length; or an expression. */
export type Operand = number | bigint | string | Uint8Array | { readonly wat: string }

/** Where calls put their results, and where memory of the script's own begins. */
export const OUT = 0
export const FREE = 65_536
const TEXTS = 1024

const rowOf = (name: string): AbiFunction => {
  const row = ABI.find((entry) => entry.name === name)
  if (!row) throw new Error(`there is no host call ${name}`)
  return row
}
const escaped = (bytes: Uint8Array) => [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')

export class Script {
  readonly #used = new Map<string, AbiFunction>([['proc_exit', rowOf('proc_exit')]])
  readonly #texts: string[] = []
  #at = TEXTS

  /** The call; it gives the errno. */
  errno(name: string, ...operands: readonly Operand[]): string {
    const row = rowOf(name)
    this.#used.set(name, row)
    const words: string[] = []
    for (const operand of operands) {
      if (typeof operand === 'number' || typeof operand === 'bigint')
        words.push(`(${row.parameters[words.length]!.type}.const ${operand})`)
      else if (typeof operand === 'object' && 'wat' in operand) words.push(operand.wat)
      else words.push(...this.#laid(operand))
    }
    return `(call $${name} ${words.join(' ')})`
  }

  /** The call, which must succeed. */
  call(name: string, ...operands: readonly Operand[]): string {
    return `(call $must ${this.errno(name, ...operands)})`
  }

  /** The call, which must be answered so; otherwise the guest exits with 200. */
  refused(errno: number, name: string, ...operands: readonly Operand[]): string {
    return `(if (i32.ne (i32.const ${errno}) ${this.errno(name, ...operands)}) (then (call $proc_exit (i32.const 200))))`
  }

  #laid(content: string | Uint8Array): [string, string] {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    const at = this.#at
    this.#at += bytes.length
    if (this.#at > FREE) throw new Error('the texts of a script do not fit')
    this.#texts.push(`(data (i32.const ${at}) "${escaped(bytes)}")`)
    return [`(i32.const ${at})`, `(i32.const ${bytes.length})`]
  }

  /** @param functions each body by the name of its export */
  module(functions: Readonly<Record<string, string>>, pages: number): Uint8Array<ArrayBuffer> {
    const imports = [...this.#used.values()].map(({ module, name, parameters, result }) => {
      const types = parameters.map(({ type }) => type).join(' ')
      return `(import "${module}" "${name}" (func $${name} (param ${types})${result === 'errno' ? ' (result i32)' : ''}))`
    })
    const bodies = Object.entries(functions).map(([name, body]) => `(func (export "${name}") ${body})`)
    return wat(`(module ${imports.join('\n')} (memory (export "memory") ${pages}) ${this.#texts.join('\n')}
      (func $must (param i32) (if (local.get 0) (then (call $proc_exit (local.get 0))))) ${bodies.join('\n')})`)
  }
}

/** The value of 32 bits at an address: a handle that a call has put there, a size. */
export const at = (address: number): Operand => ({ wat: `(i32.load (i32.const ${address}))` })
export const store = (address: number, value: Operand): string =>
  `(i32.store (i32.const ${address}) ${typeof value === 'object' && 'wat' in value ? value.wat : `(i32.const ${value})`})`

/** A module with one entry, or several by their names. */
export function script(build: (s: Script) => readonly string[] | Readonly<Record<string, readonly string[]>>, pages = 2) {
  const made = new Script()
  const built = build(made)
  const entries = Array.isArray(built) ? { _start: built as readonly string[] } : (built as Record<string, readonly string[]>)
  return made.module(Object.fromEntries(Object.entries(entries).map(([name, lines]) => [name, lines.join('\n')])), pages)
}
