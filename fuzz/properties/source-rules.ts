// The sandbox's own source makes no code of text, loads nothing by a computed name, reaches for no internals, and starts no shell: whatever a guest
// could get into a string stays a string. A rule over the source, because no run can show that a way is not there.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Property, PropertyFailure } from '../../src/campaign/property.ts'
import { readSourceCode, type SourceCode } from '../source-code.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDERS = ['src/sandbox', 'src/wasm']

interface Rule {
  readonly what: string
  readonly threats: readonly string[]
  /** The piece of the source that breaks it, or null. */
  readonly broken: (source: SourceCode) => string | null
  /** Files that may, each for a reason that its own comments give. */
  readonly allowed: readonly string[]
}

const inCode =
  (pattern: RegExp) =>
  ({ code }: SourceCode): string | null =>
    pattern.exec(code)?.[0] ?? null
const importing =
  (...modules: readonly string[]) =>
  ({ imports }: SourceCode): string | null =>
    imports.find((name) => modules.includes(name.replace(/^node:/, ''))) ?? null

const RULES: readonly Rule[] = [
  {
    what: 'makes code of text',
    threats: ['HST-13'],
    broken: inCode(/\beval\b|\bFunction\s*\(|\bsetTimeout\s*\(\s*['"`]|\bsetInterval\s*\(\s*['"`]|\beval\s*:\s*true/),
    // Tries whether it is possible, inside the jail, to say so.
    allowed: ['src/sandbox/isolation/probe.ts'],
  },
  {
    what: 'imports a module that runs code from text or looks into the engine',
    threats: ['HST-13', 'HST-02'],
    broken: importing('vm', 'inspector', 'inspector/promises', 'repl', 'trace_events', 'v8', 'wasi'),
    // A constant, to get hold of the collector where nothing of a guest is.
    allowed: ['src/sandbox/isolation/collect.ts'],
  },
  {
    what: 'loads a module by a name that is computed',
    threats: ['HST-04'],
    broken: inCode(/\bimport\s*\(\s*(?!['"])|\brequire\s*\(|\bcreateRequire\b|\bregisterHooks\b/),
    allowed: [],
  },
  {
    what: 'loads its module system, or code that is no file of its own',
    threats: ['HST-04'],
    broken: ({ imports }) => imports.find((name) => /^(?:data|https?|file):/.test(name)) ?? null,
    allowed: [],
  },
  {
    what: 'reaches for internal bindings',
    threats: ['HST-02'],
    broken: inCode(/\.\s*(?:binding|_linkedBinding|dlopen)\s*\(|\binternalBinding\b/),
    allowed: [],
  },
  {
    what: 'starts programs',
    threats: ['OUT-08'],
    broken: importing('child_process', 'cluster'),
    // The jail, and the constant commands that find out how one can be hardened, and whether one can start any.
    allowed: ['src/sandbox/isolation/jail-process.ts', 'src/sandbox/isolation/hardening.ts', 'src/sandbox/isolation/probe.ts'],
  },
  {
    what: 'starts a shell',
    threats: ['OUT-08'],
    broken: inCode(/\bimport\s*\{[^}]*\bexec(?:Sync|File|FileSync)?\b[^}]*\}|\bshell\s*:|\bprocess\s*\.\s*execve\b/),
    allowed: [],
  },
]

/** Words that must be met where they are allowed: a rule that has stopped to see anything is no rule. */
const SEEN: readonly (readonly [rule: number, file: string])[] = RULES.flatMap(({ allowed }, rule) =>
  allowed.map((file) => [rule, file] as const),
)

function sourceFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(ROOT, folder, name)),
  ).sort()
}

const property: Property = {
  name: 'source-rules',
  threats: [...new Set(RULES.flatMap(({ threats }) => threats))],
  // All of it each time, whatever the seed: there is nothing to choose.
  run: async () => {
    let executions = 0
    let failure: PropertyFailure | undefined
    const seen = new Set<string>()
    for (const path of sourceFiles()) {
      const file = relative(ROOT, path).replaceAll('\\', '/')
      const source = readSourceCode(readFileSync(path, 'utf8'))
      for (const [index, { what, broken, allowed }] of RULES.entries()) {
        executions++
        const found = broken(source)
        if (found === null) continue
        seen.add(`${index} ${file}`)
        if (!allowed.includes(file)) failure ??= { message: `${file} ${what}: ${found.trim()}`, counterexample: file }
      }
    }
    const blind = SEEN.find(([rule, file]) => !seen.has(`${rule} ${file}`))
    if (blind) {
      const message = `${blind[1]} is allowed what the rule "${RULES[blind[0]]!.what}" does not find there: mend the rule, or take it back`
      failure ??= { message, counterexample: blind[1] }
    }
    return { executions, ...(failure && { failure }) }
  },
}
export default property
