// Programs of host calls per second through the executor guest, which is what a fuzzer of the boundary lives on.

import { runProgram } from '../../fuzz/executor.ts'
import { executorPolicy, GRANTS, Surroundings } from '../../fuzz/surroundings.ts'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { EXECUTOR_CALLS, executorModule, RECORDS } from '../../src/attacks/executor/module.ts'
import { encodeCall, fillBytes, type Program, resolveArguments } from '../../src/attacks/executor/program.ts'
import { admit } from '../../src/sandbox/admission/admit.ts'
import { Guest } from '../../src/sandbox/isolation/guest.ts'
import { AIMS, atLeast } from '../support/aims.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { median } from '../support/statistics.ts'

/** Programs of the fuzzers' own making, from bytes that are always the same. */
function programs(count: number): Program[] {
  let state = 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  }
  return Array.from({ length: count }, () => decodeProgram(Uint8Array.from({ length: 64 }, next), 65_536))
}

/** A guest that runs program after program; a new one once a program has ended it. */
class Runner {
  readonly #load: () => Guest
  #guest: Guest | null = null
  constructor() {
    const admitted = admit(executorModule(), executorPolicy)
    if (admitted.verdict === 'refused') throw new Error(admitted.refusal.message)
    const { imports, memoryExport, startExport, functions, bytes } = admitted
    this.#load = () => {
      const guest = new Guest(
        { imports, memoryExport, startExport, functions: [...functions.keys()], grants: GRANTS },
        new Surroundings(1),
      )
      guest.load(bytes)
      return guest
    }
  }

  run(program: Program): void {
    this.#guest ??= this.#load()
    const memory = new Uint8Array(this.#guest.memory!.buffer)
    const made: (readonly bigint[])[] = []
    for (const call of program.calls) {
      for (const fill of call.fills) memory.set(fillBytes(fill), fill.at)
      const args = resolveArguments(program, call, made, memory)
      made.push(args)
      const record = encodeCall(call.index, args)
      memory.set(record, RECORDS)
      if (this.#guest.call('run', [RECORDS, RECORDS + record.length]).kind !== 'returned') {
        this.#guest = null
        return
      }
    }
  }
}

function rate(milliseconds: number, all: readonly Program[], run: (program: Program) => void): number {
  const start = performance.now()
  let done = 0
  do {
    for (const program of all) run(program)
    done += all.length
  } while (performance.now() - start < milliseconds)
  return (done * 1000) / (performance.now() - start)
}

export const executor: Measure = {
  id: 'executor',
  async *run(effort) {
    const all = programs(amount(effort, 500, 20))
    const calls = all.reduce((sum, program) => sum + program.calls.length, 0) / all.length
    if (!all.some(({ calls }) => calls.some(({ index }) => EXECUTOR_CALLS[index]))) throw new Error('the programs are empty')
    const runner = new Runner()
    const slice = amount(effort, 1000, 30)
    const samples = await contest(effort, amount(effort, 5, 1), () => rate(slice, all, (program) => runner.run(program)), {
      'with all oracles': () => rate(slice, all, (program) => void runProgram(program)),
    })
    yield rowOf(
      {
        id: 'executor',
        what: `programs of host calls per second through the executor guest, ${calls.toFixed(1)} calls each on average`,
        unit: 'per s',
        note: 'Decoding, encoding and the calls, in one guest as long as it lives; with oracles each program has a guest of its own. More is better.',
      },
      samples,
      ({ ours }) => atLeast(median(ours), AIMS.programsPerSecond, 'per s'),
    )
  },
}
