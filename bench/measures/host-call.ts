// Calls from the guest to its host: answered in the guest's own thread, and by the broker in another process.
import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { createSandbox } from '../../src/sandbox/index.ts'
import { writer } from '../../src/wasm/index.ts'
import { runBare } from '../rivals/bare.ts'
import { callingModule } from '../rivals/caller.ts'
import { EXTISM_USER, extismPlugin } from '../rivals/extism.ts'
import { runWasi } from '../rivals/node-wasi.ts'
import { AIMS, overhead, ratioTo } from '../support/aims.ts'
import { inChild } from '../support/child.ts'
import { timed, timedNow } from '../support/clock.ts'
import { contest, rowOf } from '../support/contest.ts'
import { amount } from '../support/effort.ts'
import type { Measure } from '../support/measure.ts'

const { instruction } = writer
const WASI = 'wasi_snapshot_preview1'
const zero = instruction.i32Const(0)
const clockCall = (count: number) =>
  callingModule(WASI, 'clock_res_get', count, writer.functionType(['i32', 'i32'], ['i32']), [
    instruction.i32Const(1),
    instruction.i32Const(8),
  ])

export const localCall: Measure = {
  id: 'host-call/local',
  async *run(effort) {
    const calls = amount(effort, 500_000, 1000)
    const bytes = clockCall(calls)
    const perCall = (ms: number) => (ms * 1e6) / calls
    await using sandbox = createSandbox({
      isolation: { level: 'inline' },
      quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
    })
    await using instance = await sandbox.create(bytes)
    const module = new WebAssembly.Module(bytes)
    let hits = 0
    const imports = { [WASI]: { clock_res_get: () => hits++ & 0 } }
    const ticking = callingModule(EXTISM_USER, 'tick', calls, writer.functionType([], ['i64']))
    const plugin = await extismPlugin(ticking, false, { functions: { [EXTISM_USER]: { tick: () => 0n } } })
    const samples = await contest(effort, amount(effort, 9, 2), async () => perCall(await timed(() => instance.call('run'))), {
      'a bare import': () => perCall(timedNow(() => runBare(module, imports))),
      'node:wasi': () => perCall(timedNow(() => runWasi(module))),
      'Extism inline': async () => perCall(await timed(() => plugin.call('run'))),
    })
    await plugin.close()
    yield rowOf(
      {
        id: 'host-call/local',
        what: 'a local host call (clock_res_get)',
        unit: 'ns',
        note: 'The bare import counts and returns 0; Extism calls a host function that returns 0, without arguments or memory.',
      },
      samples,
      ratioTo('a bare import', AIMS.localCall),
    )
  },
}

const NOT_THERE = Array.from({ length: 4 }, () => zero)

export const brokeredCall: Measure = {
  id: 'host-call/brokered',
  async *run(effort) {
    const calls = amount(effort, 3000, 50)
    const type = writer.functionType(['i32', 'i32', 'i32', 'i32', 'i32'], ['i32'])
    const bytes = callingModule('gauntlet_v1', 'kv_get', calls, type, [...NOT_THERE, instruction.i32Const(8)])
    await using sandbox = createSandbox({ capabilities: { kv: { namespace: 'bench' } } })
    await using instance = await sandbox.create(bytes)
    const samples = await contest(
      effort,
      amount(effort, 9, 2),
      async () => ((await timed(() => instance.call('run'))) * 1000) / calls,
      {
        'a bare pipe': () => barePipe(calls),
        'Extism in a worker': () => inChild('extism-calls'),
      },
    )
    yield rowOf(
      {
        id: 'host-call/brokered',
        what: 'a brokered host call (kv_get of a value that is not there)',
        unit: 'µs',
        note: 'The bare pipe is a round trip of 100 bytes between a worker in a child process and this one. Extism’s host function gives 0.',
      },
      samples,
      overhead('a bare pipe', AIMS.brokeredCallUs, 'µs'),
    )
  },
}

/** Microseconds of one round trip between a worker in a child process and this process. */
const barePipe = (trips: number) =>
  inChild('bare-pipe', [String(trips)], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
    started: (child: ChildProcess) => {
      const pipe = child.stdio[4] as Duplex
      pipe.on('data', (chunk: Buffer) => pipe.write(chunk))
      pipe.on('error', () => {})
    },
  })
