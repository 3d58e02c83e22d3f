// Runs programs of host calls through the executor guest in this thread, and puts every single call before the oracle.
import { EXECUTOR_CALLS, executorModule, resultOffset, SURVIVED } from '../src/attacks/executor/module.ts'
import { encodeCall, encodeVectors, type Program, RECORDS, VECTORS } from '../src/attacks/executor/program.ts'
import { judgeHostCall } from '../src/oracles/host-call.ts'
import { admit } from '../src/sandbox/admission/admit.ts'
import { type Ending, Guest, type GuestSpec } from '../src/sandbox/isolation/guest.ts'
import { resolvePolicy } from '../src/sandbox/policy/resolve.ts'
import { grantsOf } from '../src/sandbox/run-input.ts'

const policy = resolvePolicy({
  isolation: { level: 'inline' },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null, outputBytes: 4096 },
  capabilities: { random: { seed: 1 } },
})
const input = { args: ['executor', 'one', ''], env: { NAME: 'value' }, stdin: 'twelve bytes' }

const admitted = admit(executorModule(), policy)
if (admitted.verdict === 'refused') throw new Error(`the executor guest was refused: ${admitted.refusal.message}`)
const { bytes, memoryExport, startExport, imports, functions } = admitted

/** Endings that a program of host calls may come to. */
const ENDINGS: ReadonlySet<Ending['kind']> = new Set(['returned', 'exited', 'output-limit'])

/** @returns what is wrong, in one sentence, or null */
export function runProgram(program: Program): string | null {
  let output = 0
  const spec: GuestSpec = {
    imports,
    memoryExport,
    startExport,
    functions: [...functions.keys()],
    grants: grantsOf(input, policy),
  }
  const guest = new Guest(spec, {
    output: (_, part) => {
      output += part.length
    },
    event: () => {},
    stopRequested: () => false,
  })
  const loaded = guest.load(bytes)
  if (loaded.kind !== 'returned') return `the executor guest did not load: ${loaded.kind}`
  const memory = new Uint8Array(guest.memory!.buffer)
  memory.set(encodeVectors(program), VECTORS)
  for (const call of program.calls) {
    const problem = step(guest, memory, call)
    if (problem === 'over') break
    if (problem !== null) return problem
  }
  return output > policy.quotas.outputBytes ? `${output} bytes were written under a cap of ${policy.quotas.outputBytes}` : null
}

/** One call; `over` once the guest has ended. */
function step(guest: Guest, memory: Uint8Array, call: Program['calls'][number]): string | 'over' | null {
  const entry = EXECUTOR_CALLS[call.index]!
  const record = encodeCall(call)
  memory.set(record, RECORDS)
  const before = memory.slice()
  const ending = guest.call('run', [RECORDS, RECORDS + record.length])
  if (!ENDINGS.has(ending.kind)) return `${entry.name} ended the guest with ${JSON.stringify(ending)}`
  if (ending.kind !== 'returned') return afterDeath(guest, ending.kind)
  const slot = RECORDS + resultOffset(entry)
  const errno = new DataView(memory.buffer).getUint32(slot, true)
  return judgeHostCall({
    call: entry,
    args: call.args,
    before,
    after: memory,
    errno,
    ignore: { offset: slot, size: 4 },
    survived: errno === SURVIVED,
  })
}

/** A guest that has ended can do nothing more, whatever it is asked to. */
function afterDeath(guest: Guest, was: Ending['kind']): string {
  const calls = guest.hostCalls
  const again = guest.call('run', [RECORDS, RECORDS + 1])
  return again.kind === was && guest.hostCalls === calls ? 'over' : `a host call was made after the guest had ended (${was})`
}
