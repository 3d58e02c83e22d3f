// A small host of its own: filters for a text editor. A filter is a WebAssembly module that gets one function, to hand out its text.
const MOST_TEXT = 64 * 1024

export class FilterError extends Error {
  readonly kind: 'refused' | 'failed'
  constructor(kind: FilterError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/** Ends the filter where it stands; it is thrown through the guest and caught below it. */
class Ended extends Error {
  readonly code: number
  constructor(code: number) {
    super('the filter has ended')
    this.code = code
  }
}

export interface Filtered {
  readonly text: Uint8Array
  /** With which it exited; null if it came to its end without. */
  readonly code: number | null
  /** What the last function returned. */
  readonly values: readonly string[]
}

/** Functions that a filter may import, by module and name: own keys of objects without prototype, and nothing else can be linked. */
function importsFor(memory: () => ArrayBufferLike, emit: (bytes: Uint8Array) => boolean): WebAssembly.Imports {
  const within = (at: number, length: number): Uint8Array | null =>
    at + length <= memory().byteLength ? new Uint8Array(memory(), at, length) : null
  /** @returns an error number of WASI: 0, 8 (bad descriptor), 21 (bad address), 51 (no space) */
  const fdWrite = (fd: number, list: number, count: number, written: number): number => {
    if (fd !== 1) return 8
    const [vectors, result] = [within(list >>> 0, (count >>> 0) * 8), within(written >>> 0, 4)]
    if (!vectors || !result) return 21
    const view = new DataView(vectors.slice().buffer)
    const parts = Array.from({ length: count >>> 0 }, (_, index) =>
      within(view.getUint32(index * 8, true), view.getUint32(index * 8 + 4, true)),
    )
    if (parts.some((part) => part === null)) return 21
    const bytes = Buffer.concat(parts.map((part) => part!))
    if (!emit(bytes)) return 51
    new DataView(result.buffer, result.byteOffset).setUint32(0, bytes.length, true)
    return 0
  }
  return bare({
    filter: bare({
      emit: (at: number, length: number): number => {
        const bytes = within(at >>> 0, length >>> 0)
        return bytes && emit(bytes.slice()) ? 0 : 1
      },
    }),
    wasi_snapshot_preview1: bare({
      fd_write: fdWrite,
      proc_exit: (code: number): never => {
        throw new Ended(code)
      },
    }),
  })
}

const bare = <T extends object>(value: T): T => Object.freeze(Object.assign(Object.create(null), value))

export const OFFERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['filter', ['emit']],
  ['wasi_snapshot_preview1', ['fd_write', 'proc_exit']],
])

/**
 * Runs a filter: its `_start`, or the functions that are named.
 *
 * @throws {FilterError} and nothing else
 */
export function runFilter(
  bytes: Uint8Array,
  calls: readonly { readonly call: string; readonly args?: readonly (number | bigint)[] }[],
): Filtered {
  const text: Uint8Array[] = []
  let length = 0
  const emit = (part: Uint8Array): boolean => {
    if (length + part.length > MOST_TEXT) return false
    length += part.length
    text.push(part)
    return true
  }
  let memory: WebAssembly.Memory | null = null
  let values: string[] = []
  const nothing = new ArrayBuffer(0)
  const imports = importsFor(() => memory?.buffer ?? nothing, emit)
  try {
    const exports = link(bytes, imports)
    const exported = exports['memory']
    if (exported instanceof WebAssembly.Memory) memory = exported
    for (const { call, args = [] } of calls.length > 0 ? calls : [{ call: '_start' }]) {
      const entry = Object.hasOwn(exports, call) ? exports[call] : undefined
      if (typeof entry !== 'function') throw new FilterError('refused', 'it exports no such function')
      const result = (entry as (...args: readonly unknown[]) => unknown)(...args)
      values = result === undefined ? [] : [result].flat().map(String)
    }
    return { text: Buffer.concat(text), code: null, values }
  } catch (error) {
    if (error instanceof Ended) return { text: Buffer.concat(text), code: error.code, values: [] }
    if (error instanceof FilterError) throw error
    throw new FilterError('failed', 'the filter failed')
  }
}

function link(bytes: Uint8Array, imports: WebAssembly.Imports): WebAssembly.Exports {
  try {
    const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
    for (const { module: from, name } of WebAssembly.Module.imports(module))
      if (!OFFERED.get(from)?.includes(name)) throw new Error('it imports what filters do not get')
    return new WebAssembly.Instance(module, imports).exports
  } catch (error) {
    // A filter can end in its start function, or fail there: that is after it was linked.
    if (error instanceof Ended || error instanceof WebAssembly.RuntimeError) throw error
    throw new FilterError('refused', 'this is no filter')
  }
}
