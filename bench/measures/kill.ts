// How long a guest that does not want to end lives beyond its limit: every case of the corpus that a limit has to end, and compile bombs.
import { join } from 'node:path'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { HAS_PROC } from '../../src/campaign/processes.ts'
import { createSandbox, type ExecutionResult, GuestNotReady, type PolicyInput, type Sandbox } from '../../src/sandbox/index.ts'
import { writer } from '../../src/wasm/index.ts'
import { AIMS, atMost } from '../support/aims.ts'
import { inChild } from '../support/child.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'
import { PROJECT_DIR } from '../support/project.ts'
import { whenQuiet } from '../support/quiet.ts'

/** The wall-clock limit that all of them meet, milliseconds. */
const LIMIT = 200
/** How long a rival's guest may outlive its end before we give up on it, milliseconds. */
const RIVAL_PATIENCE = 3000

interface Nasty {
  readonly id: string
  readonly what: string
  readonly bytes: Uint8Array
  readonly policy: PolicyInput
  /** Null: the one that it has. */
  readonly entry: string | null
  readonly values: readonly (number | bigint)[]
}

/** Cases whose attack ends by a limit of time, and that need nothing around them. */
async function fromCorpus(): Promise<Nasty[]> {
  const { attacks } = await loadCorpus(join(PROJECT_DIR, 'corpus'))
  return attacks.flatMap(({ id, title, bytes, run, expect, setting, conditions }) => {
    const byTime = expect.details?.some((detail) => ['wall-clock-limit', 'cpu-limit'].includes(detail)) ?? false
    const [first, ...others] = run.calls ?? []
    if (!byTime || setting || conditions || others.length > 0) return []
    const { wallClockMs: _wall, cpuMs: _cpu, ...quotas } = run.limits ?? {}
    const policy = { ...(run.policy as PolicyInput | undefined) }
    return {
      id,
      what: title,
      bytes,
      policy: { ...policy, quotas: { ...quotas, ...policy.quotas } },
      entry: first?.call ?? null,
      values: first?.args ?? [],
    }
  })
}

/** A module that an optimising compiler chews on for seconds: many functions, each a long chain of dependent arithmetic in nested loops. */
function compileBomb(): Nasty {
  const { instruction } = writer
  const step = writer.bytes(
    instruction.localGet(0),
    instruction.i32Const(7),
    0x6c,
    instruction.localGet(1),
    0x6a,
    instruction.localSet(0),
  )
  const turn = writer.concat([...Array.from({ length: 400 }, () => step), instruction.localGet(0), instruction.brIf(0)])
  const body = writer.body(writer.bytes(instruction.loop(instruction.loop(turn)), instruction.localGet(0), instruction.end))
  const functions = 4000
  const bytes = writer.moduleOf(
    writer.typeSection(writer.functionType(['i32', 'i32'], ['i32']), writer.functionType()),
    writer.functionSection(...Array.from({ length: functions }, () => 0), 1),
    writer.exportSection(writer.bytes(writer.name('run'), 0, writer.u32(functions))),
    writer.codeSection(
      ...Array.from({ length: functions }, () => body),
      // Each is called once, so that an engine that compiles at the first call compiles all.
      writer.body(
        writer.concat([
          ...Array.from({ length: functions }, (_, i) =>
            writer.bytes(instruction.i32Const(0), instruction.i32Const(0), instruction.call(i), instruction.drop),
          ),
          instruction.end,
        ]),
      ),
    ),
  )
  return {
    id: 'compile-bomb',
    what: 'Four thousand functions that take long to compile',
    bytes,
    policy: {},
    entry: 'run',
    values: [],
  }
}

/** Milliseconds from the limit to the result; the guest's thread or process is gone by then, and that is checked. */
async function latency(sandbox: Sandbox, nasty: Nasty): Promise<number> {
  const result = await end(sandbox, nasty)
  if (result.outcome !== 'wall-clock-limit') throw new Error(`${nasty.id} ended with ${result.outcome}: ${result.message}`)
  if (HAS_PROC && !(await whenQuiet())) throw new Error(`${nasty.id}: something below this process still runs after the result`)
  return result.executionTimeMs - LIMIT
}

async function end(sandbox: Sandbox, { bytes, policy, entry, values }: Nasty): Promise<ExecutionResult> {
  const quotas = { ...policy.quotas, wallClockMs: LIMIT, cpuMs: 60_000 }
  try {
    await using instance = await sandbox.create(bytes, { ...policy, quotas })
    return await instance.call(entry ?? [...instance.functions.keys()][0]!, ...values)
  } catch (error) {
    if (error instanceof GuestNotReady) return error.result
    throw error
  }
}

/** The same guest in a worker that is ended by `terminate()`, in a process of its own. */
const rivalLatency = ({ bytes, entry }: Nasty): Promise<number> =>
  inChild('worker-kill', [entry ?? 'run', String(LIMIT), String(RIVAL_PATIENCE)], {
    started: (child) => void child.send(Buffer.from(bytes).toString('base64')),
  })

export const kill: Measure = {
  id: 'kill',
  async *run(effort) {
    const cases = [...(await fromCorpus()), compileBomb()]
    await using sandbox = createSandbox()
    const all: number[] = []
    const failures: string[] = []
    for (const nasty of effort.quick ? cases.slice(0, 2) : cases) {
      try {
        const samples = await contest(effort, amount(effort, 5, 1), () => latency(sandbox, nasty), {
          'worker.terminate()': () => rivalLatency(nasty),
        })
        all.push(...samples.ours)
        yield rowOf({ id: `kill/${nasty.id}`, what: nasty.what, unit: 'ms' }, samples, ({ ours }) =>
          atMost(Math.max(...ours), AIMS.killMs, 'ms'),
        )
      } catch (error) {
        effort.signal.throwIfAborted()
        // A guest that gets away is no reason not to look at the others.
        failures.push((error as Error).message)
      }
    }
    if (failures.length > 0) throw new Error(failures.join('; '))
    yield rowOf(
      {
        id: 'kill/all',
        what: `from a limit of ${LIMIT} ms to a guest that is verifiably gone, all of the above`,
        unit: 'ms',
        note: 'The aim is for the longest of all.',
      },
      { ours: all, rivals: new Map(), absent: new Map() },
      ({ ours }) => atMost(Math.max(...ours), AIMS.killMs, 'ms'),
    )
  },
}
