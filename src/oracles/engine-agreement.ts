// V8 as an oracle: does it accept the bytes, and if not, is it because of their format, their meaning, or its own bounds?

import { MalformedModule, ModuleLimitExceeded, readModule, type WasmModule } from '../wasm/index.ts'

/**
 * - `malformed`: the bytes break the binary grammar or an index; the reader must refuse them as well.
 * - `validation`: types, alignments, lanes, constness, declared references: meaning, which the reader leaves to the engine.
 * - `limit`: a bound of this implementation on what is otherwise a module.
 * - `unclassified`: a message that the table below does not know. Look at it, decide, and add it.
 */
export type RejectionClass = 'malformed' | 'validation' | 'limit' | 'unclassified'

interface Rule {
  readonly pattern: RegExp
  readonly class: Exclude<RejectionClass, 'unclassified'>
  readonly because: string
}

const validation = (pattern: RegExp, because: string): Rule => ({ pattern, class: 'validation', because })
const malformed = (pattern: RegExp, because: string): Rule => ({ pattern, class: 'malformed', because })
const limit = (pattern: RegExp, because: string): Rule => ({ pattern, class: 'limit', because })

/** First match wins. Patterns are anchored where a message could otherwise hold another one. */
export const CLASSIFICATION: readonly Rule[] = [
  // Operand stack
  validation(/^[\w.]+(?: null)?\[\d+\] expected (?:sub)?type /, 'an operand of the wrong type'),
  validation(
    /^[\w.]+\[\d+\] expected (?:either|object reference|reference type|subtype of)/,
    'an operand that is no fitting reference',
  ),
  validation(/^not enough arguments on the stack/, 'the operand stack is too low'),
  validation(/^expected \d+ elements on the stack for /, 'the operand stack has the wrong height at the end of a block'),
  validation(/^type error in (?:branch|fallthru|return|merge|constant expression|operand)/, 'the wrong type leaves a block'),
  validation(/^start-arity and end-arity of one-armed if must match/, 'an if without else must not change the stack'),
  validation(/^br_table: label arity inconsistent/, 'labels of one br_table must agree'),
  validation(/^Invalid types? for (?:ref\.|br_on|select)/i, 'a cast between unrelated type hierarchies'),
  validation(/^br_on_cast(?:_fail)? must target a branch of arity/, 'the target of a cast branch takes no reference'),
  validation(
    /^Invalid number of types\. Select accepts exactly one type/,
    'the grammar has a list here, validation asks for one entry',
  ),
  validation(/^catch kind generates \d+ operands?, target block expects/, 'a catch clause does not fit its label'),
  validation(/^rethrow not targeting catch or catch-all/, 'the label is in range but of the wrong kind'),
  validation(/^return_call(?:_indirect|_ref)?: tail call (?:type error|return types mismatch)/, 'a tail call with other results'),
  // Immediates that the grammar leaves open
  validation(/^invalid alignment(?: for atomic operation)?; expected/, 'alignment against the width of the access'),
  validation(/^invalid lane index/, 'a lane is any byte in the grammar'),
  validation(/^invalid shuffle mask/, 'sixteen lanes are any bytes in the grammar'),
  // Types and kinds
  validation(/^(?:array|struct)\.[gs]et(?:_[su])?: (?:Immediate|immediate|Field)/, 'packed or immutable fields'),
  validation(/^array\.new_(?:data|elem) can only be used with/, 'the element type does not fit the segment'),
  validation(/^(?:array\.init_\w+|array\.copy|array\.fill|table\.\w+)[:[ ]/, 'element types do not fit'),
  validation(/^struct\.new_default|^array\.new_default|is not defaultable/, 'a default value for a type that has none'),
  validation(
    /^call_(?:indirect|ref)|^(?:return_call_indirect|table \d+): immediate table/,
    'a call through a table of another type',
  ),
  validation(/^(?:table \d+|Element segment of type) .*is not a (?:super|sub)-?type of/, 'element types do not fit the table'),
  validation(/^Table of non-defaultable table .* needs initial value/, 'a non-null element type needs an initial value'),
  validation(/^type \d+ has invalid explicit supertype/, 'a subtype does not match its supertype'),
  validation(/^type \d+ extends final type/, 'a final type has a subtype'),
  validation(/^tag signature \d+ has non-void return/, 'exceptions have no results'),
  validation(/^immutable global #\d+ cannot be assigned/, 'mutability'),
  validation(/^undeclared reference to function/, 'ref.func to a function that nothing outside of code mentions'),
  validation(/^invalid start function: non-zero parameter or return count/, 'the type of the start function'),
  validation(
    /^(?:invalid types for )?br_on_cast.* is not a subtype of|^invalid types for br_on/,
    'the target of a cast is no subtype',
  ),
  // Bounds of the implementation
  limit(/is larger than implementation limit/, 'initial or maximum size of a memory or table'),
  limit(/^(?:size|maximum size) .*exceeds? maximum|exceeds the maximum/, 'a count or size above the JS API limits'),
  // Format
  malformed(/^BufferSource argument is empty/, 'no bytes'),
  malformed(/^expected (?:magic word|version|\d+ bytes)/, 'header, or more bytes needed'),
  malformed(
    /^unexpected section|^unknown section code|^Multiple .* sections not allowed|^The .* section must appear/,
    'section order',
  ),
  malformed(/^section .*(?:extends past end|shorter|longer)|^section was (?:shorter|longer)/, 'section size'),
  malformed(/length overflow|extra bits in varint|expected more bytes|LEB/, 'integers'),
  malformed(/UTF-8/i, 'names'),
  malformed(/[Ii]nvalid (?:\w+ )?opcode/, 'unknown opcodes'),
  malformed(/function body must end with "end" opcode|operators remaining|trailing code after function end/, 'the end of a body'),
  malformed(
    /does not match (?:a|an) (?:if|try)|else already present|catch after catch-all|delegate does not match/,
    'block structure',
  ),
  malformed(
    /[Ii]nvalid|illegal|unknown|out of (?:bounds|range)|is not a (?:signature|function|struct|array)|must be/,
    'indices, flags and type bytes',
  ),
  malformed(
    /count (?:is|mismatch|\d+ mismatch)|counts? .*(?:mismatch|expected)|Duplicate export|not constant|not allowed/,
    'counts, names, constants',
  ),
]

export interface Rejection {
  readonly class: RejectionClass
  /** V8's message without its wrapping and position. */
  readonly message: string
}

/** Compiles the bytes. Returns the module, or why V8 refused. */
export function compile(bytes: Uint8Array): WebAssembly.Module | Rejection {
  try {
    return new WebAssembly.Module(Uint8Array.from(bytes))
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error
    return classify(error.message)
  }
}

export function classify(text: string): Rejection {
  const message = text
    .replace(/^WebAssembly\.Module\(\): /, '')
    .replace(/^Compiling function #\d+(?::".*")? failed: /s, '')
    .replace(/ @\+\d+$/, '')
  return { class: CLASSIFICATION.find((rule) => rule.pattern.test(message))?.class ?? 'unclassified', message }
}

/** Imports and exports as the engine lists them: same order, names and kinds. */
export function interfaceDifference(module: WasmModule, compiled: WebAssembly.Module): string | undefined {
  const ours = {
    imports: module.imports.map((entry) => ({ module: entry.module, name: entry.name, kind: entry.type.kind as string })),
    exports: module.exports.map((entry) => ({ name: entry.name, kind: entry.kind as string })),
  }
  const theirs = {
    imports: WebAssembly.Module.imports(compiled).map(({ module, name, kind }) => ({ module, name, kind: kind as string })),
    exports: WebAssembly.Module.exports(compiled).map(({ name, kind }) => ({ name, kind: kind as string })),
  }
  return JSON.stringify(ours) === JSON.stringify(theirs) ? undefined : 'imports or exports differ'
}

/**
 * What the engine takes although the binary grammar does not have it. The reader is stricter; each entry is a place where
 * a second decoder could read something else.
 */
export const ENGINE_IS_LAXER: ReadonlyMap<string, string> = new Map([
  ['heap-type', 'V8 reads the negative numbers of abstract heap types in several bytes; the grammar has one byte (5.3.3)'],
  ['value-type', 'V8 reads the negative numbers of block types in several bytes; the grammar has one byte (5.4.2)'],
  ['tag-attribute', 'V8 reads the attribute of a tag as a u32 of several bytes; the grammar has one byte (5.3.10)'],
  [
    'reference-type',
    'V8 takes a number type as the element type of a passive segment; the grammar has a reference type (5.5.12)',
  ],
])

export type Comparison = 'both accept' | 'both refuse' | 'reader alone refuses' | 'engine alone refuses'

/** What reader and engine said about the same bytes, and what is wrong with that, if anything is. */
export interface Agreement {
  readonly comparison: Comparison
  /** The reader's code, if it refused. */
  readonly refusal: string | null
  readonly problem: string | null
}

/**
 * The reader must accept nothing that the engine calls malformed (or host and engine could read different imports out of the same bytes,
 * MOD-02, MOD-03), must see the same imports and exports, and refuses more only where that is known and wanted.
 */
export function compareWithEngine(bytes: Uint8Array): Agreement {
  const compiled = compile(bytes)
  const accepted = compiled instanceof WebAssembly.Module
  const read = tryToRead(bytes)
  if (typeof read === 'string') {
    const problem = accepted && !ENGINE_IS_LAXER.has(read) ? `the reader refuses (${read}) what the engine accepts` : null
    return { comparison: accepted ? 'reader alone refuses' : 'both refuse', refusal: read, problem }
  }
  if (accepted) return { comparison: 'both accept', refusal: null, problem: interfaceDifference(read, compiled) ?? null }
  const meant = compiled.class === 'validation' || compiled.class === 'limit'
  return {
    comparison: 'engine alone refuses',
    refusal: null,
    problem: meant ? null : `the reader accepts what the engine calls ${compiled.class}: ${compiled.message}`,
  }
}

/** The module, or the code of the refusal. */
function tryToRead(bytes: Uint8Array): WasmModule | string {
  try {
    return readModule(bytes)
  } catch (error) {
    if (error instanceof MalformedModule || error instanceof ModuleLimitExceeded) return error.code
    throw error
  }
}
