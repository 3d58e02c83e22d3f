// A smaller program with the same defect: calls that nothing needs are left out, so that what is shown is what matters.
import type { Argument, Call, Program } from './program.ts'

/** @param fails whether a program still has the defect; the given one has it */
export function shrinkProgram(program: Program, fails: (smaller: Program) => boolean): Program {
  let best = program
  // From the end: what comes last is needed by nobody.
  for (let at = program.calls.length - 1; at >= 0; at--) {
    const smaller = without(best, at)
    if (smaller && fails(smaller)) best = smaller
  }
  return best
}

/** The program without one call; null if another one uses its results. */
function without({ seed, calls }: Program, at: number): Program | null {
  const left = calls.toSpliced(at, 1)
  if (left.some(({ args }) => args.some((argument) => argument.kind === 'result' && argument.call === at))) return null
  const moved = (argument: Argument): Argument =>
    argument.kind === 'result' && argument.call > at ? { ...argument, call: argument.call - 1 } : argument
  return { seed, calls: left.map((call): Call => ({ ...call, args: call.args.map(moved) })) }
}
