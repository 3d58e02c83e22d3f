// One YAML file of the threat model: parsed, checked against its schema, and able to say on which line a value stands.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Problem, ThreatModelError } from './model.ts'

type Path = readonly PropertyKey[]

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
  const document = parseDocument(text, { lineCounter: lines })
  const [syntax] = document.errors
  if (syntax) {
    throw new ThreatModelError([
      {
        file,
        line: lines.linePos(syntax.pos[0]).line,
        text: `this is not YAML: ${sentence(syntax.message)}; correct the file there`,
      },
    ])
  }
  const lineOf = (place: Path): number => {
    for (let length = place.length; length > 0; length--) {
      const node = document.getIn(place.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const parsed = schema.safeParse(document.toJS())
  if (!parsed.success) throw new ThreatModelError(explain(parsed.error, file, lineOf))
  return { file, data: parsed.data, sha256: createHash('sha256').update(text).digest('hex'), lineOf }
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new ThreatModelError([
      { file, line: 1, text: `the file cannot be read (${code}); restore it, or name another threat model` },
    ])
  }
}

function explain(error: z.ZodError, file: string, lineOf: (path: Path) => number): [Problem, ...Problem[]] {
  const problems = error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    const path = unknown === undefined ? issue.path : [...issue.path, unknown]
    const place = issue.path.map(String).join('.') || 'the file'
    return { file, line: lineOf(path), text: `${place}: ${issue.message}; docs/threat-model.schema.json says what is expected` }
  })
  return problems as [Problem, ...Problem[]]
}

// The parser adds a picture of the place below its first line.
function sentence(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
}
