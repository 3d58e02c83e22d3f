// Another program out of one or two: what fuzzers do to bytes, done to calls, arguments and results, so that what was meant keeps its meaning.
import type { Chooser } from '../random.ts'
import { EXECUTOR_CALLS } from './module.ts'
import { type Argument, type Call, MANNERS, type Manner, type Program, resultBytes, value } from './program.ts'

/** Twice what decoding makes: a spliced program has both of what it is made of. */
const MOST_CALLS = 24
/** Another change follows in four of five cases: five on average, which is what syzkaller found best (prog/mutation.go). Zeros end it at once. */
const GO_ON = 5

type Change = (program: Program, other: Program, choose: Chooser) => Program

/**
 * The weights are syzkaller's. Splicing is the most likely because what two programs reach together neither reaches alone; removing the least, because
 * a shorter program seldom reaches anything new, and the minimiser does it better.
 */
const CHANGES: readonly (readonly [weight: number, change: Change])[] = [
  [50, (program, _, choose) => changeArgument(program, choose, squashed)],
  [200, splice],
  [100, insert],
  [100, (program, _, choose) => changeArgument(program, choose, moved)],
  [60, changeManner],
  [10, remove],
]
const WHOLE = CHANGES.reduce((sum, [weight]) => sum + weight, 0)

/** @param other gives calls; it may be the program itself */
export function mutateProgram(program: Program, other: Program, choose: Chooser): Program {
  let mutant = program
  do mutant = pickChange(choose)(mutant, other, choose)
  while (choose.below(GO_ON) !== 0)
  return mutant
}

function pickChange(choose: Chooser): Change {
  let at = choose.below(WHOLE)
  for (const [weight, change] of CHANGES) {
    if (at < weight) return change
    at -= weight
  }
  return remove
}

/** References of calls that have come to other places. @param to the new place of an earlier call; null if it is gone */
const placed = (call: Call, to: (call: number) => number | null): Call => ({
  ...call,
  args: call.args.map((argument): Argument => {
    if (argument.kind === 'value') return argument
    const now = to(argument.call)
    // What nothing answered any more is 0, as where a result lies outside of the memory.
    return now === null ? value(0) : { ...argument, call: now }
  }),
})

function inserted(program: Program, at: number, calls: readonly Call[]): Program {
  const room = calls.slice(0, MOST_CALLS - program.calls.length)
  const before = program.calls.slice(0, at)
  const after = program.calls.slice(at).map((call) => placed(call, (to) => (to >= at ? to + room.length : to)))
  return { ...program, calls: [...before, ...room.map((call) => placed(call, (to) => to + at)), ...after] }
}

/** The beginning of another program somewhere in this one, with its own results. */
function splice(program: Program, other: Program, choose: Chooser): Program {
  const at = choose.below(program.calls.length + 1)
  return inserted(program, at, other.calls.slice(0, 1 + choose.below(Math.max(1, other.calls.length))))
}

/** One call of another program; where it used a result, it uses one of this program. */
function insert(program: Program, other: Program, choose: Chooser): Program {
  if (other.calls.length === 0 || program.calls.length >= MOST_CALLS) return program
  const at = choose.below(program.calls.length + 1)
  const call = choose.pick(other.calls)
  const own: Call = {
    ...call,
    args: call.args.map((argument) => (argument.kind === 'value' ? argument : result(program, at, choose))),
  }
  const [before, after] = [program.calls.slice(0, at), program.calls.slice(at)]
  return { ...program, calls: [...before, own, ...after.map((each) => placed(each, (to) => (to >= at ? to + 1 : to)))] }
}

function remove(program: Program, _: Program, choose: Chooser): Program {
  if (program.calls.length < 2) return program
  const at = choose.below(program.calls.length)
  const calls = program.calls.toSpliced(at, 1).map((call) => placed(call, (to) => (to === at ? null : to > at ? to - 1 : to)))
  return { ...program, calls }
}

function changeManner(program: Program, _: Program, choose: Chooser): Program {
  const { calls } = program
  if (calls.length === 0) return program
  const at = choose.below(calls.length)
  const manner = choose.pick(MANNERS)
  const { [manner]: had, ...without } = calls[at]!
  // Taken away, or given: seldom deep or often, because that takes long.
  const given: Manner = had === undefined ? { [manner]: manner === 'grow' ? 1 : 1 + choose.below(40) } : {}
  return { ...program, calls: calls.with(at, { ...without, ...given }) }
}

type ArgumentChange = (argument: Argument, program: Program, at: number, choose: Chooser) => Argument

function changeArgument(program: Program, choose: Chooser, change: ArgumentChange): Program {
  const { calls } = program
  const fitting = calls.flatMap(({ args }, at) => (args.length > 0 ? [at] : []))
  if (fitting.length === 0) return program
  const at = choose.pick(fitting)
  const call = calls[at]!
  const index = choose.below(call.args.length)
  return {
    ...program,
    calls: calls.with(at, { ...call, args: call.args.with(index, change(call.args[index]!, program, at, choose)) }),
  }
}

/** Whatever the argument meant: any bits, or a result of any earlier call. */
const squashed: ArgumentChange = (_, program, at, choose) =>
  choose.below(3) === 0
    ? result(program, at, choose)
    : value(BigInt(choose.below(2 ** 32)) | (choose.below(4) === 0 ? BigInt(choose.below(2 ** 32)) << 32n : 0n))

/** A little off: by one, by a bit, by a sign. */
const moved: ArgumentChange = (argument, program, at, choose) => {
  if (argument.kind === 'result') return choose.below(4) === 0 ? value(choose.below(16)) : result(program, at, choose)
  const number = argument.value
  const bit = 1n << BigInt(choose.below(choose.below(2) === 0 ? 32 : 64))
  const near = [number + 1n, number - 1n, number ^ bit, -number, number * 2n, number / 2n]
  return value(BigInt.asUintN(64, choose.pick(near)))
}

/** A number that a call before the one at this place answered; 0 if there is none. */
function result({ calls }: Program, at: number, choose: Chooser): Argument {
  const results = calls
    .slice(0, at)
    .flatMap(({ index }, call) =>
      EXECUTOR_CALLS[index]!.parameters.flatMap((parameter): Argument[] =>
        resultBytes(parameter) === null ? [] : [{ kind: 'result', call, parameter: parameter.name }],
      ),
    )
  return results.length > 0 ? choose.pick(results) : value(0)
}
