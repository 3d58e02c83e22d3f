// One YAML file of the threat model: parsed, checked against its schema, and able to say on which line a value stands.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Problem, ThreatModelError } from './model.ts'

type Path = readonly PropertyKey[]

/** Far above any file that a person writes, far below what would hurt. */
const MAX_BYTES = 4 * 2 ** 20

export interface SourceFile<T> {
  readonly file: string
  readonly data: T
  /** SHA-256 of its text. */
  readonly sha256: string
  /** Line of the value at `path`, or of the nearest value above it. */
  lineOf(path: Path): number
}

/**
 * @param path where the file is
 * @param file how messages and reports call it
 * @throws {ThreatModelError} if it cannot be read, is not YAML, or does not follow the schema
 */
export function readSourceFile<S extends z.ZodType>(path: string, file: string, schema: S): SourceFile<z.infer<S>> {
  const lines = new LineCounter()
  const text = readText(path, file)
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true })
  const refused = (why: string, line = 1) =>
    new ThreatModelError([{ file, line, text: `this is not YAML that is read here: ${why}; correct the file there` }])
  // A tag that is not known is a warning, and the value another one than was meant.
  const syntax = document.errors[0] ?? document.warnings[0]
  if (syntax) throw refused(sentence(syntax.message), lines.linePos(syntax.pos[0]).line)
  // Under 1.1 `no` is false, and `<<` takes keys from elsewhere.
  if (document.directives?.yaml.version !== '1.2') throw refused('it asks for another version of YAML than 1.2')
  const lineOf = (place: Path): number => {
    for (let length = place.length; length > 0; length--) {
      const node = document.getIn(place.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const parsed = schema.safeParse(readValue(document, refused))
  if (!parsed.success) throw new ThreatModelError(explain(parsed.error, file, lineOf))
  return { file, data: parsed.data, sha256: createHash('sha256').update(text).digest('hex'), lineOf }
}

/** An overlay is somebody's word: a few lines of aliases can stand for more than any machine holds (SUP-01). */
function readValue(document: ReturnType<typeof parseDocument>, refused: (why: string) => ThreatModelError): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    if (error instanceof ReferenceError) throw refused('it has an alias, which stands for text that is elsewhere')
    throw error
  }
}

function readText(path: string, file: string): string {
  const unreadable = (why: string) =>
    new ThreatModelError([{ file, line: 1, text: `the file cannot be read (${why}); restore it, or name another threat model` }])
  let bytes: Uint8Array
  try {
    const read = readBounded(path)
    if (typeof read === 'string') throw unreadable(read)
    bytes = read
  } catch (error) {
    if (error instanceof ThreatModelError) throw error
    throw unreadable(error instanceof Error && 'code' in error ? String(error.code) : 'unknown error')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('it is not UTF-8 text')
  }
}

/** The bytes, or why they are not read. Without O_NONBLOCK a named pipe would be waited for. */
function readBounded(path: string): Uint8Array | string {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const info = fstatSync(descriptor)
    if (!info.isFile()) return 'it is no regular file'
    if (info.size > MAX_BYTES) return `it has ${info.size} bytes, and may have ${MAX_BYTES}`
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function explain(error: z.ZodError, file: string, lineOf: (path: Path) => number): [Problem, ...Problem[]] {
  const problems = error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    const path = unknown === undefined ? issue.path : [...issue.path, unknown]
    const place = issue.path.map(String).join('.') || 'the file'
    return {
      file,
      line: lineOf(path),
      text: `${oneLine(`${place}: ${issue.message}`)}; docs/threat-model.schema.json says what is expected`,
    }
  })
  return problems as [Problem, ...Problem[]]
}

/** A key of the file may have any character in it, and a problem is one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ')

// The parser adds a picture of the place below its first line.
function sentence(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
}
