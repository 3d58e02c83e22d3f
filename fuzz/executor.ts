// Runs programs of host calls through the executor guest in this thread, and puts every single call, and everything that leaves the guest, before oracles.
import { EXECUTOR_CALLS, executorModule, RECORDS, resultOffset, SURVIVED } from '../src/attacks/executor/module.ts'
import { type Call, encodeCall, fillBytes, type Program, resolveArguments } from '../src/attacks/executor/program.ts'
import { shrinkProgram } from '../src/attacks/executor/shrink.ts'
import { HandleOracle } from '../src/oracles/handles.ts'
import { judgeHostCall, type ObservedCall } from '../src/oracles/host-call.ts'
import { admit } from '../src/sandbox/admission/admit.ts'
import { type Ending, Guest } from '../src/sandbox/isolation/guest.ts'
import { executorPolicy, GRANTS, OPEN, Surroundings } from './surroundings.ts'

const admitted = admit(executorModule(), executorPolicy)
if (admitted.verdict === 'refused') throw new Error(`the executor guest was refused: ${admitted.refusal.message}`)
const { bytes, memoryExport, startExport, imports, functions } = admitted
const spec = { imports, memoryExport, startExport, functions: [...functions.keys()], grants: GRANTS }

/** Endings that a program of host calls may come to. */
const ENDINGS: ReadonlySet<Ending['kind']> = new Set(['returned', 'exited', 'output-limit', 'stopped'])

/** @returns what is wrong, in one sentence, or null */
export function runProgram(program: Program): string | null {
  const surroundings = new Surroundings(program.seed)
  const guest = new Guest(spec, surroundings)
  const loaded = guest.load(bytes)
  if (loaded.kind !== 'returned') return `the executor guest did not load: ${JSON.stringify(loaded)}`
  const run = new Run(guest, program)
  const problem = run.toItsEnd()
  return problem ?? surroundings.problem(guest.changes())
}

/** The program without the calls that its defect does not need. */
export const smallest = (program: Program): Program => shrinkProgram(program, (smaller) => runProgram(smaller) !== null)

class Run {
  readonly #guest: Guest
  readonly #program: Program
  readonly #memory: Uint8Array
  readonly #handles = new HandleOracle(OPEN)
  /** Arguments of the calls so far. */
  readonly #made: (readonly bigint[])[] = []

  constructor(guest: Guest, program: Program) {
    this.#guest = guest
    this.#program = program
    this.#memory = new Uint8Array(guest.memory!.buffer)
  }

  toItsEnd(): string | null {
    for (const call of this.#program.calls) {
      const problem = this.#step(call)
      if (problem === 'over') return null
      if (problem !== null) return problem
    }
    return null
  }

  /** One call; `over` once the guest has ended. */
  #step(call: Call): string | 'over' | null {
    const entry = EXECUTOR_CALLS[call.index]!
    for (const fill of call.fills) this.#memory.set(fillBytes(fill), fill.at)
    const args = resolveArguments(this.#program, call, this.#made, this.#memory)
    this.#made.push(args)
    const record = encodeCall(call.index, args)
    this.#memory.set(record, RECORDS)
    const before = this.#memory.slice()
    const ending = this.#guest.call('run', [RECORDS, RECORDS + record.length])
    if (!ENDINGS.has(ending.kind)) return `${entry.name} ended the guest with ${JSON.stringify(ending)}`
    if (ending.kind !== 'returned') return this.#afterDeath(ending.kind)
    const slot = RECORDS + resultOffset(entry)
    const errno = new DataView(this.#memory.buffer).getUint32(slot, true)
    const ignore = { offset: slot, size: 4 }
    const seen: ObservedCall = {
      call: entry,
      args: as(entry, args),
      before,
      after: this.#memory,
      errno,
      ignore,
      survived: errno === SURVIVED,
    }
    return judgeHostCall(seen) ?? this.#handles.judge(seen)
  }

  /** A guest that has ended can do nothing more, whatever it is asked to. */
  #afterDeath(was: Ending['kind']): string {
    const calls = this.#guest.hostCalls
    const again = this.#guest.call('run', [RECORDS, RECORDS + 1])
    return again.kind === was && this.#guest.hostCalls === calls
      ? 'over'
      : `a host call was made after the guest had ended (${was})`
  }
}

/** As the call gets them: of a number that is too large for an i32, the guest passes the low half. */
const as = ({ parameters }: ObservedCall['call'], args: readonly bigint[]): bigint[] =>
  args.map((arg, i) => (parameters[i]!.type === 'i32' ? BigInt.asUintN(32, arg) : arg))
