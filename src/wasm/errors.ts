// The two ways in which the reader refuses a module: it breaks the format, or it is larger than the caller allows.

/** Stable reasons why bytes are not a module, one per rule of the binary format. Messages may change, codes may not. */
export const MALFORMED_CODES = [
  'bad-magic',
  'bad-version',
  'component',
  'unexpected-end',
  'leb128-too-long',
  'leb128-unused-bits',
  'vector-length',
  'invalid-utf8',
  'unknown-section',
  'duplicate-section',
  'section-order',
  'section-size',
  'value-type',
  'heap-type',
  'reference-type',
  'composite-type',
  'supertype-count',
  'mutability',
  'limits-flags',
  'limits-range',
  'import-kind',
  'export-kind',
  'tag-attribute',
  'table-attribute',
  'segment-flags',
  'element-kind',
  'unknown-opcode',
  'memarg-flags',
  'offset-range',
  'cast-flags',
  'catch-kind',
  'reserved-byte',
  'constant-expression',
  'block-structure',
  'missing-end',
  'body-size',
  'locals-overflow',
  'function-count',
  'data-count',
  'data-count-missing',
  'invalid-index',
  'type-kind',
  'duplicate-export',
] as const

export type MalformedCode = (typeof MALFORMED_CODES)[number]

/** The bytes are not a core module of WebAssembly 3.0. The message names the place and the rule and holds no guest text. */
export class MalformedModule extends Error {
  readonly code: MalformedCode
  /** Byte offset in the module at which the rule was broken. */
  readonly offset: number

  constructor(code: MalformedCode, offset: number, what: string) {
    super(`At byte ${offset}: ${what}.`)
    this.name = 'MalformedModule'
    this.code = code
    this.offset = offset
  }
}

/** The module is (so far) well formed but exceeds a reader limit. Thrown before memory is spent on what exceeds it. */
export class ModuleLimitExceeded extends Error {
  readonly code = 'limit-exceeded'
  /** Name of the exceeded field of `ReaderLimits`. */
  readonly limit: string
  /** What the module has or declares, in the limit's unit. */
  readonly actual: number
  readonly max: number
  /** Byte offset in the module at which the limit was exceeded. */
  readonly offset: number

  constructor(limit: string, actual: number, max: number, offset: number) {
    super(`At byte ${offset}: ${limit} is ${max}, the module has ${actual}.`)
    this.name = 'ModuleLimitExceeded'
    this.limit = limit
    this.actual = actual
    this.max = max
    this.offset = offset
  }
}
