// Asks the engine about every opcode there can be: does it know it? Run as a script, prints the answers as JSON.

import { pathToFileURL } from 'node:url'
import { compile } from '../../../src/oracles/engine-agreement.ts'
import { PREFIXES } from '../../../src/wasm/index.ts'
import { bytes, END, prefixed } from '../../../src/wasm/writer.ts'
import { richModule } from './rich-module.ts'

export interface Probe {
  readonly prefix: number
  readonly code: number
  readonly known: boolean
  readonly message: string
}

/** Sub-opcodes that are tried; the largest that V8 knows is below 0x200. */
const SUB_OPCODES = 1024

const UNKNOWN = /invalid (?:\w+ )?opcode/i

function probe(prefix: number, code: number): Probe {
  const opcode = prefix === 0 ? Uint8Array.of(code) : prefixed(prefix, code)
  const answer = compile(richModule(bytes(0x00, opcode, new Uint8Array(24), END)))
  const message = answer instanceof WebAssembly.Module ? '' : answer.message
  return { prefix, code, known: !UNKNOWN.test(message), message }
}

export function probeAllOpcodes(): readonly Probe[] {
  const probes: Probe[] = []
  for (let byte = 0; byte < 256; byte++) if (!(PREFIXES as readonly number[]).includes(byte)) probes.push(probe(0, byte))
  for (const prefix of PREFIXES) for (let code = 0; code < SUB_OPCODES; code++) probes.push(probe(prefix, code))
  return probes
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(JSON.stringify(probeAllOpcodes().map(({ prefix, code, known }) => ({ prefix, code, known }))))
}
