// Programs of host calls per second through the executor guest, which is what a fuzzer of the boundary lives on.
import { runOneOfMany, runProgram, runUnjudged } from '../../fuzz/executor.ts'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { FAMILIES } from '../../src/attacks/executor/families.ts'
import type { Program } from '../../src/attacks/executor/program.ts'
import { Random } from '../../src/attacks/random.ts'
import { AIMS, atLeast } from '../support/aims.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount, type Effort } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { rateOver } from '../support/rate.ts'
import type { Row } from '../support/row.ts'
import { median } from '../support/statistics.ts'

/** Bytes that are always the same, as a fuzzer would have them. @param families bits, as the switches of the programs have them */
function inputs(count: number, families: number): Uint8Array[] {
  const random = new Random(1)
  return Array.from({ length: count }, () => {
    const input = Uint8Array.from({ length: 64 }, () => random.below(256))
    // Calls that are made once and at once: what is made 600 times over says nothing about the programs.
    input[1] = families
    return input
  })
}

const decode = (input: Uint8Array): Program => decodeProgram(input, 65_536)

async function rowFor(effort: Effort, name: string, families: number, judge: boolean): Promise<Row> {
  const bytes = inputs(amount(effort, 500, 20), families)
  const programs = bytes.map(decode)
  const calls = programs.reduce((sum, program) => sum + program.calls.length, 0) / programs.length
  if (calls < 1) throw new Error('the programs are empty')
  const slice = amount(effort, 1000, 30)
  const samples = await contest(effort, amount(effort, 5, 1), () => rateOver(slice, programs, runUnjudged), {
    'with all oracles': () => rateOver(slice, programs, runOneOfMany),
    'with all oracles, and a guest of its own for each': () => rateOver(slice, programs, runProgram),
    'only from bytes to programs': () => rateOver(slice, bytes, decode),
  })
  return rowOf(
    {
      id: `executor/${name}`,
      what: `programs of host calls per second through the executor guest, ${calls.toFixed(1)} calls each on average, of ${name === 'all' ? 'all families' : `the family ${name}`}`,
      unit: 'per s',
      note: `That is ${Math.round(median(samples.ours) * calls).toLocaleString('en')} host calls per second. Everything that a program can change is made anew for the next one.`,
    },
    samples,
    judge ? ({ ours }) => atLeast(median(ours), AIMS.programsPerSecond, 'per s') : undefined,
  )
}

export const executor: Measure = {
  id: 'executor',
  async *run(effort) {
    yield await rowFor(effort, 'all', 0, true)
  },
}

/** What bounds it: families whose calls go through the broker take longer than those that are answered in the guest's own thread. */
export const executorByFamily: Measure = {
  id: 'executor',
  async *run(effort) {
    yield* executor.run(effort)
    for (const [bit, family] of FAMILIES.entries()) yield await rowFor(effort, family, 1 << bit, false)
  },
}
