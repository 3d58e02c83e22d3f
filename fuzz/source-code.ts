// TypeScript as a rule sees it: code without comments, and without what stands in strings. Enough for rules about words; no parser.

export interface SourceCode {
  /** The text, as long as it was: comments and the insides of strings are blanks. */
  readonly code: string
  /** What is imported from where, dynamically or not, by a literal. */
  readonly imports: readonly string[]
}

/** A comment, a string, a template without its substitutions, or a regular expression behind something that no value ends with. */
const NOT_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(?<=[=(,:;!&|?{}\n]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g

export function readSourceCode(text: string): SourceCode {
  const blank = (part: string) => part.replace(/[^\n'"]/g, ' ')
  // Substitutions of a template are code, so templates are left as they are: a rule may see a word too many in one, never one too few.
  return { code: text.replace(NOT_CODE, blank), imports: [...text.matchAll(IMPORT)].map((found) => found[2]!) }
}
