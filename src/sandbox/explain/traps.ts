// The kinds of trap, explained.
import type { Trap } from '../result.ts'
import type { Entry } from './entry.ts'

const SOURCE = 'Build the guest with debugging information and look at the place where it traps.'

export const TRAP_ENTRIES: Readonly<Record<Trap, Entry>> = {
  unreachable: {
    title: 'an unreachable instruction',
    meaning: 'The guest carried out `unreachable`.',
    cause: [
      'A panic, an abort or a failed assertion: compilers end with this instruction.',
      'An import that a tool replaced by a stub.',
    ],
    remedy:
      'Read `stderr`: most languages write the reason of a panic there. If the policy grants no standard error, grant `capabilities.stdio`.',
  },
  'out-of-bounds-memory': {
    title: 'a memory access out of bounds',
    meaning: 'A load, store or bulk operation reached beyond the end of linear memory, or of a data segment or array.',
    cause: ['A bad pointer in the guest.', 'A `memory.grow` answered -1, and the program did not look.'],
    remedy: `${SOURCE} If memory was refused, raise \`quotas.memoryBytes\`.`,
  },
  'out-of-bounds-table': {
    title: 'a table access out of bounds',
    meaning: 'An index lies beyond the end of a table or of an element segment.',
    cause: ['A function pointer in the guest that is none.', 'A `table.grow` answered -1, and the program did not look.'],
    remedy: `${SOURCE} If growth was refused, raise \`quotas.tableElements\`.`,
  },
  'indirect-call-mismatch': {
    title: 'an indirect call of the wrong type',
    meaning: 'An indirect call met a function of another type, or no function.',
    cause: ['A function pointer that was cast to another type.', 'A null function pointer.'],
    remedy: `${SOURCE} In C and C++, compile with warnings for casts of function types.`,
  },
  'integer-divide-by-zero': {
    title: 'an integer division by zero',
    meaning: 'An integer was divided by zero, or its remainder taken.',
    cause: ['A divisor that the program does not check.'],
    remedy: SOURCE,
  },
  'integer-overflow': {
    title: 'an integer overflow in a division',
    meaning: 'The smallest integer was divided by -1, and the quotient cannot be represented.',
    cause: ['A dividend that the program does not check.'],
    remedy: SOURCE,
  },
  'invalid-conversion-to-integer': {
    title: 'a float that no integer can hold',
    meaning: 'A NaN, an infinity or a value that is too large was converted to an integer.',
    cause: ['A compiler that does not use saturating conversions, and a value that the program does not check.'],
    remedy: `${SOURCE} With \`saturating-float-to-int\` most compilers avoid this trap.`,
  },
  'null-reference': {
    title: 'a null reference',
    meaning: 'A reference that is null was used as if it were none.',
    cause: ['A language with garbage collection whose program used null.'],
    remedy: SOURCE,
  },
  'cast-failure': {
    title: 'a failed cast',
    meaning: 'A reference was cast to a type that it does not have.',
    cause: ['A wrong cast in the source of the guest, which its compiler did not prove.'],
    remedy: SOURCE,
  },
  'unaligned-atomic': {
    title: 'an atomic access that is not aligned',
    meaning: 'The address of an atomic access is not a multiple of its size.',
    cause: ['A pointer in the guest that is cast to a larger type.'],
    remedy: SOURCE,
  },
  'stack-overflow': {
    title: 'the stack is used up',
    meaning: 'The calls of the guest, nested into each other, took all of the stack of its thread.',
    cause: ['Recursion without end.', 'Deep recursion over input of the guest’s, such as a parser without a limit.'],
    remedy: `${SOURCE} Let the guest use a loop, or limit the depth of its input; or raise \`quotas.stackBytes\`.`,
  },
  'call-depth': {
    title: 'calls nested too deep',
    meaning:
      'The guest nested more calls into each other than `quotas.callDepth` allows. It is the same at every run with the same input.',
    cause: ['Recursion without end.', 'Deep recursion over input of the guest’s, such as a parser without a limit.'],
    remedy: `${SOURCE} If the guest is worth it, raise \`quotas.callDepth\`, or set it to null; then the stack of the engine is the limit.`,
  },
  'allocation-failure': {
    title: 'the engine could not allocate',
    meaning: 'An object of the guest, such as a table or an array, was too large for the engine or for the memory that is left.',
    cause: ['A very large array or growth.', 'A machine that is short of memory.'],
    remedy: `${SOURCE} See \`quotas.residentBytes\` and \`resourceUsage.peakResidentBytes\`.`,
  },
  other: {
    title: 'another kind of trap',
    meaning: 'The engine reported a trap of a kind that the sandbox does not know.',
    cause: ['A newer engine with another wording.'],
    remedy: 'Report it with the version of Node and the module.',
  },
}
