// A lowered program does what the program does: the same host calls, the same arguments, the same answers, the same memory, the same end.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { executorPolicy, GRANTS, Surroundings } from '../../../fuzz/surroundings.ts'
import { assemble } from '../../../src/attacks/assemble.ts'
import { decodeProgram } from '../../../src/attacks/executor/decode.ts'
import { lowerProgram } from '../../../src/attacks/executor/lower.ts'
import { executorModule, RECORDS } from '../../../src/attacks/executor/module.ts'
import { fillBytes, type Program, resolveArguments, writeCall } from '../../../src/attacks/executor/program.ts'
import { parseProgram } from '../../../src/attacks/executor/text.ts'
import { Random } from '../../../src/attacks/random.ts'
import { admit } from '../../../src/sandbox/admission/admit.ts'
import { Guest } from '../../../src/sandbox/isolation/guest.ts'

/** Calls whose answers are the clock's, which is another one each time; and the end of one, which nobody waits for. */
const CLOCKS = /clock_time_get|poll_oneoff|filestat|http|tcp|dns|tls/

interface Seen {
  readonly endings: readonly string[]
  readonly hostCalls: number
  readonly changes: string
  /** Digest. */
  readonly memory: string
}

function load(bytes: Uint8Array, seed: number): Guest {
  const admitted = admit(Uint8Array.from(bytes), executorPolicy)
  if (admitted.verdict === 'refused') throw new Error(admitted.refusal.message)
  const { imports, memoryExport, startExport, functions } = admitted
  const spec = { imports, memoryExport, startExport, functions: [...functions.keys()], grants: GRANTS }
  const guest = new Guest(spec, new Surroundings(seed))
  expect(guest.load(admitted.bytes).kind).toBe('returned')
  return guest
}

const seen = (guest: Guest, endings: readonly string[]): Seen => ({
  endings,
  hostCalls: guest.hostCalls,
  changes: JSON.stringify(guest.changes(), (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  memory: createHash('sha256').update(new Uint8Array(guest.memory!.buffer)).digest('hex'),
})

const kindOf = (ending: ReturnType<Guest['call']>) => JSON.stringify(ending.kind === 'returned' ? 'returned' : ending)

function interpreted(program: Program): Seen {
  const guest = load(executorModule(), program.seed)
  const made: (readonly bigint[])[] = []
  const endings: string[] = []
  for (const call of program.calls) {
    const memory = new Uint8Array(guest.memory!.buffer)
    for (const fill of call.fills) memory.set(fillBytes(fill), fill.at)
    const args = resolveArguments(program, call, made, memory)
    made.push(args)
    const end = writeCall(new DataView(memory.buffer), RECORDS, call, args)
    endings.push(kindOf(guest.call('run', [RECORDS, end])))
    if (endings.at(-1) !== '"returned"') break
  }
  return seen(guest, endings)
}

async function lowered(program: Program): Promise<Seen> {
  const guest = load(await assemble(lowerProgram(program)), program.seed)
  const endings: string[] = []
  for (const at of program.calls.keys()) {
    endings.push(kindOf(guest.call(`call${at}`, [])))
    if (endings.at(-1) !== '"returned"') break
  }
  return seen(guest, endings)
}

describe('lowerProgram', () => {
  it('does what the program does, over sixty programs of every family and manner', async () => {
    let compared = 0
    for (let seed = 0; compared < 60; seed++) {
      const random = new Random(seed)
      const input = Uint8Array.from({ length: 70 }, () => random.below(256))
      const program = decodeProgram(input, 65_536)
      const text = lowerProgram(program)
      if (CLOCKS.test(text)) continue
      compared++
      expect(await lowered(program), text).toEqual(interpreted(program))
    }
  })

  it('reads results of earlier calls where those were told to put them, through results of others too', async () => {
    const program = parseProgram(
      [
        '0x300 = hex 40030000',
        '#0 args_sizes_get(argc=0x100, argv_buf_size=0x104)',
        '#1 args_sizes_get(argc=0x200, argv_buf_size=#0.argc)',
        '#2 fd_tell(fd=#1.argv_buf_size, offset=0xfffffffc)',
        '#3 fd_seek(fd=0, offset=#2.offset, whence=0, newoffset=#1.argc) times 3',
        '#4 random_get(buf=#0.argv_buf_size, buf_len=#1.argc) grow 1, depth 5',
      ].join('\n'),
    )
    expect(await lowered(program)).toEqual(interpreted(program))
  })

  it('traps at the end for a guest that was alive where it must not be', async () => {
    const bytes = await assemble(lowerProgram(parseProgram('#0 proc_exit(rval=1)\n#1 sched_yield()')))
    const run = (exits: () => void) => {
      const wasi = { proc_exit: exits, sched_yield: () => 0 }
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: wasi })
      return exports['run'] as () => void
    }
    expect(run(() => {})).toThrow('unreachable')
    expect(
      run(() => {
        throw new Error('the guest has ended')
      }),
    ).toThrow('unreachable')
    const honest = await assemble(lowerProgram(parseProgram('#0 sched_yield()')))
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(honest), {
      wasi_snapshot_preview1: { sched_yield: () => 0 },
    })
    expect((exports['run'] as () => void)()).toBeUndefined()
  })
})
