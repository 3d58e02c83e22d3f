// `gauntlet lower`: a program of host calls as a module of its own, with a header that makes it a corpus case.
import { basename } from 'node:path'
import { importsOf, lowerProgram } from '../attacks/executor/lower.ts'
import { entryOf, type Program } from '../attacks/executor/program.ts'
import { ProgramError, parseProgram } from '../attacks/executor/text.ts'
import type { Capability } from '../sandbox/host/abi/index.ts'
import { inputError, usageError } from './cli-error.ts'
import { type Output, write } from './terminal.ts'
import { readText } from './text-file.ts'
import { writeWholeFile } from './write-file.ts'

export interface LowerOptions {
  /** File to be written; standard output if there is none. */
  readonly out?: string
  readonly force?: true
  /** Threats of the case, separated by commas. */
  readonly threats: string
}

/** @param what a text file with a program, such as a finding's */
export async function lower(what: string, { out, force, threats }: LowerOptions, output: Output): Promise<void> {
  const ids = threats.split(',')
  const wrong = ids.find((id) => !/^[A-Z]{3}-\d{2}$/.test(id))
  if (wrong !== undefined)
    throw usageError(`"${wrong}" is no threat; --threats takes ids of the threat model such as MEM-21,MEM-02.`)
  if (out !== undefined && !basename(out).startsWith(`${ids[0]}-`))
    throw usageError(`A case is named after its main threat; write to a name like "${ids[0]}-${basename(out)}".`)
  const program = programIn(what, await readText(what))
  const text = `${header(program, ids)}\n${lowerProgram(program)}\n${twin(program)}\n`
  if (out === undefined) return write(output, text)
  await writeWholeFile(out, Buffer.from(text), {
    mode: 0o644,
    replace: force === true,
    remedy: 'name another file, or add --force',
  })
}

/** The lines of a program, which a finding's message may stand before: from its seed on. */
function programIn(file: string, text: string): Program {
  const start = text.search(/^(?:seed \d|0x[0-9a-f]+ = |#0 )/m)
  if (start < 0) throw inputError(`${file} holds no program of host calls; a program is lines like "#0 fd_close(fd=1)".`)
  try {
    const program = parseProgram(text.slice(start))
    if (program.calls.length > 0) return program
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error
    throw inputError(`${file} cannot be read as a program of host calls: ${error.message}`)
  }
  throw inputError(`${file} holds a program without a call.`)
}

/** What the policy of the harness grants and the profile of the corpus does not: without it the module would be refused, which shows nothing. */
const GRANTS: ReadonlyMap<Capability, string> = new Map<Capability, string>([
  [
    'fs',
    'fs: {mounts: [{kind: memory, at: /}, {kind: memory, at: /read-only, writable: false}, {kind: memory, at: /read-only/below}]}',
  ],
  ['kv', 'kv: {namespace: executor}'],
  ['net', 'net: {http: {allow: ["http://127.0.0.1:7"]}, addresses: {allow: [loopback]}}'],
])

/** What the right answers are, only a person knows: all that is said is that the guest ends, and is not alive where it must not be. */
function header(program: Program, threats: readonly string[]): string {
  const entries = [...new Set(program.calls.map(entryOf))]
  const wanted = new Set(entries.flatMap(({ capabilities }) => capabilities))
  const grants = [...GRANTS].flatMap(([capability, grant]) => (wanted.has(capability) ? [grant] : []))
  const policy = grants.length > 0 ? `, policy: {capabilities: {${grants.join(', ')}}}` : ''
  return [
    `;;! title: ${JSON.stringify(`Host calls in a row: ${entries.map(({ name }) => name).join(', ')}`.slice(0, 160))}`,
    `;;! threats: [${threats.join(', ')}]`,
    ';;! provenance: a program of host calls of the executor guest',
    `;;! run: {calls: [{call: run}]${policy}}`,
    ';;! expect: {outcomes: [completed, exited, limit]}',
  ].join('\n')
}

/** The same imports, and no call: they are granted, or the attack would show nothing. */
function twin(program: Program): string {
  const imports = importsOf(program).map((line) => `  ${line}`)
  return [
    ';;! --- twin',
    ';;! inherit: true',
    ';;! expect: {outcomes: [completed]}',
    '(module',
    ...imports,
    '  (func (export "run")))',
  ].join('\n')
}
