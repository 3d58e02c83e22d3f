// Runs programs of host calls through the executor guest in this thread, and puts every single call, and everything that leaves the guest, before oracles.
import { EXECUTOR_CALLS, MAX_PAGES, PAGE, RECORDS, resultOffset, SURVIVED } from '../src/attacks/executor/module.ts'
import { type Call, fillBytes, type Program, resolveArguments, writeCall } from '../src/attacks/executor/program.ts'
import { shrinkProgram } from '../src/attacks/executor/shrink.ts'
import { HandleOracle } from '../src/oracles/handles.ts'
import { judgeHostCall, judgeRepeatedCall, type ObservedCall } from '../src/oracles/host-call.ts'
import type { Ending } from '../src/sandbox/isolation/guest.ts'
import { type ExecutorGuest, ownGuest, ReusedGuest } from './executor-guests.ts'
import { OPEN, Surroundings } from './surroundings.ts'

/** Endings that a program of host calls may come to. */
const ENDINGS: ReadonlySet<Ending['kind']> = new Set(['returned', 'exited', 'output-limit', 'stopped'])

/** @returns what is wrong, in one sentence, or null. The program has a guest of its own. */
export function runProgram(program: Program): string | null {
  const surroundings = new Surroundings(program.seed)
  return runIn(ownGuest(surroundings), surroundings, program)
}

function runIn(guest: ExecutorGuest, surroundings: Surroundings, program: Program): string | null {
  return new Run(guest, program).toItsEnd() ?? surroundings.problem(guest.changes())
}

/** How often a program has a guest of its own although nothing calls for it: what a used guest could hide shows then, and costs little. */
const OWN_EVERY = 64
let reused = new ReusedGuest()
let programs = 0

/**
 * The same for many programs: in a guest that is used again, with the same oracles. What is wrong there is run again in a guest of its own; what that does
 * not show is wrong all the same, and said so, because then one program has left something for the next.
 */
export function runOneOfMany(program: Program): string | null {
  if (programs++ % OWN_EVERY === 0) return runProgram(program)
  const surroundings = new Surroundings(program.seed)
  reused.begin(surroundings)
  const problem = runIn(reused, surroundings, program)
  if (problem === null) return null
  reused = new ReusedGuest()
  return runProgram(program) ?? `${problem}; only in a guest that had run other programs`
}

/** The calls alone, with nobody who judges them: what the guest and the host take, for the bench. */
export function runUnjudged(program: Program): void {
  reused.begin(new Surroundings(program.seed))
  const made: (readonly bigint[])[] = []
  for (const call of program.calls) {
    const memory = new Uint8Array(reused.memory.buffer)
    for (const fill of call.fills) memory.set(fillBytes(fill), fill.at)
    const args = resolveArguments(program, call, made, memory)
    made.push(args)
    const end = writeCall(new DataView(memory.buffer), RECORDS, call, args)
    if (reused.run(RECORDS, end).kind !== 'returned') return
  }
}

/** The program without what its defect does not need. */
export const smallest = (program: Program): Program => shrinkProgram(program, (smaller) => runProgram(smaller) !== null)

/** What the guest's memory must be, as far as the calls before say; one for all programs, because it takes longer to have another than to use it. */
const EXPECTED = new Uint8Array(MAX_PAGES * PAGE)

class Run {
  readonly #guest: ExecutorGuest
  readonly #program: Program
  #memory: Uint8Array
  #view: DataView
  #size: number
  readonly #handles = new HandleOracle(OPEN)
  /** Arguments of the calls so far. */
  readonly #made: (readonly bigint[])[] = []

  constructor(guest: ExecutorGuest, program: Program) {
    this.#guest = guest
    this.#program = program
    this.#memory = new Uint8Array(guest.memory.buffer)
    this.#view = new DataView(guest.memory.buffer)
    this.#size = this.#memory.length
    EXPECTED.fill(0)
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
    for (const fill of call.fills) this.#put(fillBytes(fill), fill.at)
    const args = resolveArguments(this.#program, call, this.#made, this.#memory)
    this.#made.push(args)
    const end = writeCall(this.#view, RECORDS, call, args)
    EXPECTED.set(this.#memory.subarray(RECORDS, end), RECORDS)
    const ending = this.#guest.run(RECORDS, end)
    const size = this.#grown(call)
    if (size !== null) return size
    if (!ENDINGS.has(ending.kind) && !isOverflow(call, ending))
      return `${entry.name} ended the guest with ${JSON.stringify(ending)}`
    if (ending.kind !== 'returned') return this.#afterDeath(ending.kind)
    const slot = RECORDS + resultOffset(entry)
    const errno = this.#view.getUint32(slot, true)
    const seen: ObservedCall = {
      call: entry,
      args: as(entry, args),
      before: EXPECTED.subarray(0, this.#memory.length),
      after: this.#memory,
      errno,
      ignore: call.times === undefined ? { offset: slot, size: 8 } : { offset: RECORDS, size: end - RECORDS },
      survived: errno === SURVIVED || this.#view.getUint32(slot + 4, true) !== 0,
    }
    const problem = this.#judge(call, seen)
    EXPECTED.set(this.#memory)
    return problem
  }

  #put(bytes: Uint8Array, at: number): void {
    this.#memory.set(bytes, at)
    EXPECTED.set(bytes, at)
  }

  #judge({ times = 1 }: Call, seen: ObservedCall): string | null {
    if (times === 1) return judgeHostCall(seen) ?? this.#handles.judge(seen)
    this.#handles.judgeRepeated(seen)
    return judgeRepeatedCall(seen)
  }

  /** The guest's memory grew, if there was room, by just so many pages, and nothing else made it grow. */
  #grown({ grow = 0 }: Call): string | null {
    const { buffer } = this.#guest.memory
    const wanted = this.#size + grow * PAGE
    if (wanted <= MAX_PAGES * PAGE) this.#size = wanted
    if (buffer.byteLength !== this.#size) return `the memory has ${buffer.byteLength} bytes instead of ${this.#size}`
    if (this.#view.buffer === buffer) return null
    this.#memory = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
    return null
  }

  /** A guest that has ended can do nothing more, whatever it is asked to. */
  #afterDeath(was: Ending['kind']): string {
    const calls = this.#guest.hostCalls
    const again = this.#guest.run(RECORDS, RECORDS + 1)
    return again.kind === was && this.#guest.hostCalls === calls
      ? 'over'
      : `a host call was made after the guest had ended (${was})`
  }
}

/** Far down, the stack may end, in the guest or in the host. */
const isOverflow = ({ depth = 0 }: Call, ending: Ending) =>
  depth > 0 && ending.kind === 'trapped' && ending.trap === 'stack-overflow'

/** As the call gets them: of a number that is too large for an i32, the guest passes the low half. */
const as = ({ parameters }: ObservedCall['call'], args: readonly bigint[]): bigint[] =>
  args.map((arg, i) => (parameters[i]!.type === 'i32' ? BigInt.asUintN(32, arg) : arg))
