// Oracle for handles over the calls of one guest: a number means what it was given out for, until it is closed, and nothing before and after (MEM-24).
import type { AbiFunction, HandleKind } from '../sandbox/host/abi/index.ts'
import type { ObservedCall } from './host-call.ts'

type Kinds = readonly HandleKind[]

const CLOSES: ReadonlySet<string> = new Set(['fd_close', 'http_close', 'crypto_close'])

/** What path_open opens is one of two. */
const KINDS_OF: Readonly<Record<HandleKind, Kinds>> = {
  stream: ['stream'],
  file: ['file', 'directory'],
  directory: ['directory'],
  socket: ['socket'],
  response: ['response'],
  key: ['key'],
}

export class HandleOracle {
  readonly #open: Map<number, Kinds>
  /** What is open is not known any more: a handle was written over by another output, or may have been closed by a call that failed. */
  #lost = false

  /** @param open what the guest has from the start */
  constructor(open: ReadonlyMap<number, HandleKind>) {
    this.#open = new Map([...open].map(([fd, kind]) => [fd, KINDS_OF[kind]]))
  }

  /** What is wrong with the call, in one sentence; null if nothing is. Calls are judged in the order in which they are made. */
  judge(seen: ObservedCall): string | null {
    if (this.#lost) return null
    if (seen.errno !== 0) {
      this.#lost = CLOSES.has(seen.call.name) && this.#open.has(Number(seen.args[0]))
      return null
    }
    return this.#used(seen) ?? this.#changed(seen)
  }

  /** For a call that was made several times: what it opened and closed on the way is not known. */
  judgeRepeated({ call }: ObservedCall): void {
    const opens = call.parameters.some(({ meaning }) => meaning.kind === 'pointer' && meaning.yields)
    this.#lost ||= opens || CLOSES.has(call.name) || call.name === 'fd_renumber'
  }

  #used({ call, args }: ObservedCall): string | null {
    for (const [index, { meaning }] of call.parameters.entries()) {
      if (meaning.kind !== 'fd') continue
      const fd = Number(args[index])
      const kinds = this.#open.get(fd)
      if (!kinds) return `${call.name} succeeded on the handle ${fd}, which is not open`
      if (!kinds.some((kind) => meaning.of.includes(kind))) return `${call.name} succeeded on the handle ${fd}, a ${kinds[0]}`
    }
    return null
  }

  #changed(seen: ObservedCall): string | null {
    const { call, args } = seen
    const [first, second] = [Number(args[0]), Number(args[1])]
    if (CLOSES.has(call.name)) this.#open.delete(first)
    if (call.name === 'fd_renumber' && first !== second) {
      this.#open.set(second, this.#open.get(first)!)
      this.#open.delete(first)
    }
    const index = call.parameters.findIndex(({ meaning }) => meaning.kind === 'pointer' && meaning.yields)
    return index < 0 ? null : this.#opened(seen, index)
  }

  #opened({ call, args, after }: ObservedCall, index: number): string | null {
    const { meaning } = call.parameters[index]!
    if (meaning.kind !== 'pointer' || !meaning.yields) return null
    if (isOverwritten(call, args, index)) {
      this.#lost = true
      return null
    }
    const fd = new DataView(after.buffer, after.byteOffset).getUint32(Number(args[index]), true)
    if (this.#open.has(fd)) return `${call.name} gave out the handle ${fd}, which is open`
    this.#open.set(fd, KINDS_OF[meaning.yields])
    return null
  }
}

/** Whether the guest let another output lie over the handle; those are of 8 bytes at most. */
const isOverwritten = ({ parameters }: AbiFunction, args: readonly bigint[], index: number) =>
  parameters.some(({ meaning }, other) => {
    if (other === index || meaning.kind !== 'pointer' || meaning.direction === 'in') return false
    const distance = args[index]! - args[other]!
    return distance > -4n && distance < 8n
  })
