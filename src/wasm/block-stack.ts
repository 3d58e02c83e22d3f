// Follows blocks by an explicit stack of one byte per level, so that nesting costs the reader no stack of its own.

import { MalformedModule } from './errors.ts'

/** What may follow within the innermost block. */
const PLAIN = 0 // nothing but `end`: block, loop, else, try_table, catch_all, and the body itself
const IF = 1 // `else` or `end`
const TRY = 2 // `catch`, `catch_all`, `delegate` or `end`
const CATCH = 3 // `catch`, `catch_all` or `end`

const OPCODE = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  end: 0x0b,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
} as const

export class BlockStack {
  private kinds = new Uint8Array(64)
  /** Open blocks, the sequence itself included; 0 once its own `end` was read. */
  depth = 0
  /** Highest depth since `reset`. */
  maxDepth = 0

  reset(): void {
    this.depth = 0
    this.maxDepth = 0
    this.push(PLAIN)
  }

  /** Applies a single-byte opcode; refuses `else`, `catch`, `catch_all` and `delegate` where no matching block is innermost. */
  follow(opcode: number, offset: number): void {
    if (opcode > OPCODE.tryTable) return
    switch (opcode) {
      case OPCODE.block:
      case OPCODE.loop:
      case OPCODE.tryTable:
        this.push(PLAIN)
        break
      case OPCODE.if:
        this.push(IF)
        break
      case OPCODE.try:
        this.push(TRY)
        break
      case OPCODE.else:
        this.change(IF, IF, PLAIN, offset)
        break
      case OPCODE.catch:
        this.change(TRY, CATCH, CATCH, offset)
        break
      case OPCODE.catchAll:
        this.change(TRY, CATCH, PLAIN, offset)
        break
      case OPCODE.delegate:
        this.change(TRY, TRY, PLAIN, offset)
        this.depth--
        break
      case OPCODE.end:
        this.depth--
    }
  }

  /** The innermost block, of kind `one` or `other`, becomes one of kind `next`. */
  private change(one: number, other: number, next: number, offset: number): void {
    const kind = this.kinds[this.depth - 1]!
    if (kind !== one && kind !== other) {
      throw new MalformedModule('block-structure', offset, 'else, catch, catch_all or delegate has no block to belong to')
    }
    this.kinds[this.depth - 1] = next
  }

  private push(kind: number): void {
    if (this.depth === this.kinds.length) {
      const larger = new Uint8Array(this.kinds.length * 2)
      larger.set(this.kinds)
      this.kinds = larger
    }
    this.kinds[this.depth++] = kind
    if (this.depth > this.maxDepth) this.maxDepth = this.depth
  }
}
