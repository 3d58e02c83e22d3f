// V8's trap messages, turned into an enumerated kind. The texts are V8's own (src/common/message-template.h), never the guest's.
import type { Trap } from '../result.ts'

const KINDS: readonly (readonly [RegExp, Trap])[] = [
  [/^unreachable$/, 'unreachable'],
  [
    /memory access out of bounds|(data|array) segment|array access(es)? out of bounds|array element access/,
    'out-of-bounds-memory',
  ],
  [/table (index|access|element).*out of bounds|element segment|table index is out of bounds/, 'out-of-bounds-table'],
  [/signature mismatch|null function/, 'indirect-call-mismatch'],
  [/divide by zero|remainder by zero/, 'integer-divide-by-zero'],
  [/divide result unrepresentable/, 'integer-overflow'],
  [/float unrepresentable/, 'invalid-conversion-to-integer'],
  [/null pointer|null reference/, 'null-reference'],
  [/illegal cast/, 'cast-failure'],
  [/unaligned/, 'unaligned-atomic'],
  [/too large|[Oo]ut of memory|allocat/, 'allocation-failure'],
]

/** The kind of a trap; `other` for a text that is not known, such as that of a newer engine. */
export function trapOf(error: WebAssembly.RuntimeError): Trap {
  return KINDS.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'other'
}
