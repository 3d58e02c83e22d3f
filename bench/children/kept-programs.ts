// What bounds the guided executor: the programs that a guided run kept, each in one of several easier ways. Folder of inputs, way, milliseconds; the
// answer is executions per second.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runOneOfMany, runUnjudged } from '../../fuzz/executor.ts'
import { LITERALS } from '../../fuzz/literals.ts'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { PAGE } from '../../src/attacks/executor/module.ts'
import type { Program } from '../../src/attacks/executor/program.ts'
import { rateOver } from '../support/rate.ts'

const [folder, way, milliseconds] = process.argv.slice(2)
const programs = readdirSync(folder!).map((file) => decodeProgram(readFileSync(join(folder!, file)), PAGE, LITERALS))

const once = ({ seed, calls }: Program): Program => ({ seed, calls: calls.map(({ times: _, ...call }) => call) })

const WAYS: Readonly<Record<string, () => number>> = {
  unjudged: () => rateOver(Number(milliseconds), programs, runUnjudged),
  once: () => rateOver(Number(milliseconds), programs.map(once), runOneOfMany),
  'once-unjudged': () => rateOver(Number(milliseconds), programs.map(once), runUnjudged),
}
// Once for the compilers.
for (const program of programs) runOneOfMany(program)
process.send!(WAYS[way!]!())
